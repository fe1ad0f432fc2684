import { type Json, parseYaml } from "../../../plan/index.ts";
import { BOUNDS } from "../bounds.ts";
import { at, isRecord, listOf, textOf, toJson } from "../json.ts";
import { reference } from "../reference.ts";
import type { Call, Draft, Importer, Left, Source } from "../types.ts";
import { lineOf, unreadable } from "../unreadable.ts";

const METHODS = ["post", "put", "patch", "get"] as const;

/** OpenAPI 3 in JSON or YAML: an example of each operation's body is a request. */
export const openapi: Importer = {
  name: "openapi",
  title: "OpenAPI document",
  recognises: ({ text, json }) =>
    json === undefined
      ? /^["']?(?:openapi|swagger)["']?\s*:/m.test(text) && /^["']?paths["']?\s*:/m.test(text)
      : textOf(at(json, "openapi") ?? at(json, "swagger")) !== undefined,
  read,
};

function read({ name, text, json }: Source): Draft {
  const document = json ?? documentOf(name, text);
  const version = textOf(at(document, "openapi"));
  if (version === undefined || !version.startsWith("3"))
    throw unreadable(name, "only OpenAPI 3 is read", "Convert the document to OpenAPI 3.");
  const left: Left[] = [];
  const base = serverOf(document, left);
  const operations = Object.entries(recordOf(at(document, "paths"))).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (isRecord(at(item, method)) ? [{ path, method, operation: at(item, method) }] : [])),
  );
  const calls = operations.slice(0, BOUNDS.calls).map(({ path, method, operation }): Call => {
    const place = `paths.${path}.${method}`;
    const reader = new SchemaReader(document);
    const content = at(reader.resolved(at(operation, "requestBody")), "content");
    const media = at(content, "application/json") ?? (isRecord(content) ? Object.values(content)[0] : undefined);
    const body = reader.exampleOf(media);
    const answer = answerOf(operation, reader);
    if (/\{[^}]*\}/.test(path))
      left.push({ place, what: "parameters in its path: each stands in the plan's URL as an example" });
    return {
      place,
      method: method.toUpperCase(),
      url: base + path.replaceAll(/\{([^}]*)\}/g, (_, parameter: string) => reference(parameter.toUpperCase(), "1")),
      headers: headersOf(document, operation),
      ...(body === undefined ? {} : { body }),
      ...(answer === undefined ? {} : { answer }),
      group: "user",
      weight: 1,
    };
  });
  return { what: `an OpenAPI document of ${operations.length} operations`, calls, slo: [], left };
}

function documentOf(name: string, text: string): unknown {
  const { raw, problems } = parseYaml(text);
  const [problem] = problems;
  if (raw === undefined)
    throw unreadable(
      name,
      `the document cannot be read: ${problem?.message ?? "it is empty"}`,
      "Mend it.",
      lineOf(problem?.place),
    );
  return raw;
}

function serverOf(document: unknown, left: Left[]): string {
  const [first, ...others] = listOf(at(document, "servers"));
  if (others.length > 0)
    left.push({
      place: "servers",
      what: `${others.map((other) => textOf(at(other, "url")) ?? "").join(", ")}: the first server is the target`,
    });
  const url = textOf(at(first, "url")) ?? "";
  const filled = url.replaceAll(
    /\{([^}]*)\}/g,
    (_, name: string) => textOf(at(first, "variables", name, "default")) ?? name,
  );
  return filled.replace(/\/+$/, "");
}

/** Headers that the document's security asks for, with a reference for the secret. */
function headersOf(document: unknown, operation: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  const required = listOf(at(operation, "security") ?? at(document, "security"))[0];
  for (const name of Object.keys(isRecord(required) ? required : {})) {
    const scheme = at(document, "components", "securitySchemes", name);
    const header = textOf(at(scheme, "name"));
    if (at(scheme, "type") === "http")
      headers["authorization"] = `${at(scheme, "scheme") === "basic" ? "Basic" : "Bearer"} ${reference("API_KEY")}`;
    else if (at(scheme, "type") === "apiKey" && at(scheme, "in") === "header" && header !== undefined)
      headers[header.toLowerCase()] = reference(header.toUpperCase());
    else if (at(scheme, "type") === "oauth2" || at(scheme, "type") === "openIdConnect")
      headers["authorization"] = `Bearer ${reference("API_KEY")}`;
  }
  return headers;
}

function answerOf(operation: unknown, reader: SchemaReader): Call["answer"] {
  const responses = at(operation, "responses");
  const good = isRecord(responses)
    ? Object.entries(responses).find(([status]) => status.startsWith("2"))?.[1]
    : undefined;
  const content = at(reader.resolved(good), "content");
  if (!isRecord(content)) return undefined;
  const type =
    Object.keys(content).find((name) => name.includes("event-stream")) ??
    Object.keys(content).find((name) => name.includes("json"));
  if (type === undefined) return undefined;
  const example = reader.exampleOf(content[type]);
  const text = JSON.stringify(example ?? {});
  return { contentType: type, text: type.includes("event-stream") ? `data: ${text}\n\n` : text };
}

/** Makes examples of schemas; bounded in depth and in the references that it follows. */
class SchemaReader {
  readonly #document: unknown;
  #left = 300;

  constructor(document: unknown) {
    this.#document = document;
  }

  /** What a reference inside the document stands for; others are not followed. */
  resolved(value: unknown): unknown {
    let found = value;
    for (let hops = 0; hops < 20; hops++) {
      const target = textOf(at(found, "$ref"));
      if (target === undefined) return found;
      if (!target.startsWith("#/")) return undefined;
      const names = target
        .slice(2)
        .split("/")
        .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
      found = at(this.#document, ...names);
    }
    return undefined;
  }

  exampleOf(media: unknown): Json | undefined {
    const given = at(media, "example") ?? at(Object.values(recordOf(at(media, "examples")))[0], "value");
    return given === undefined ? this.#schema(at(media, "schema"), "", 0) : toJson(given);
  }

  #schema(written: unknown, name: string, depth: number): Json | undefined {
    const schema = this.resolved(written);
    if (!isRecord(schema) || depth > 12 || --this.#left < 0) return undefined;
    const given =
      schema["example"] ??
      listOf(schema["examples"])[0] ??
      schema["default"] ??
      schema["const"] ??
      listOf(schema["enum"])[0];
    if (given !== undefined) return toJson(given);
    const parts = listOf(schema["allOf"]);
    if (parts.length > 0) {
      const all = parts.map((part) => this.#schema(part, name, depth + 1));
      const own = this.#object(schema, depth);
      return Object.fromEntries([...all, own].flatMap((part) => (isRecord(part) ? Object.entries(part) : [])));
    }
    const one = listOf(schema["oneOf"] ?? schema["anyOf"]).find(
      (option) => at(this.resolved(option), "type") !== "null",
    );
    if (one !== undefined) return this.#schema(one, name, depth + 1);
    const type = textOf(schema["type"]) ?? listOf(schema["type"]).find((known) => known !== "null");
    if (type === "array") {
      const item = this.#schema(schema["items"], name, depth + 1);
      return item === undefined ? [] : [item];
    }
    if (type === "object" || isRecord(schema["properties"])) return this.#object(schema, depth);
    return SCALARS[String(type)]?.(name);
  }

  #object(schema: Readonly<Record<string, unknown>>, depth: number): Json {
    const required = listOf(schema["required"]);
    const entries: [string, Json][] = [];
    for (const [key, property] of Object.entries(recordOf(schema["properties"]))) {
      const telling =
        /^(?:stream|messages?|prompt|question|query|input|text|content|role|answer|delta|response)$/i.test(key);
      if (required.length > 0 && !required.includes(key) && !telling) continue;
      const value = this.#schema(property, key, depth + 1);
      if (value !== undefined && key !== "__proto__") entries.push([key, value]);
    }
    return Object.fromEntries(entries);
  }
}

const SCALARS: Readonly<Record<string, (name: string) => Json>> = {
  string: (name) => (name === "role" ? "user" : "What can you do for me?"),
  integer: () => 1,
  number: () => 1,
  boolean: () => true,
};

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
