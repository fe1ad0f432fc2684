import { PROTOCOL_TABLE, type ProtocolName, protocolOfPath } from "../../base/index.ts";
import { nearest } from "../did-you-mean.ts";
import { isObject, type Path } from "../path.ts";
import type { Problem } from "../problems.ts";
import type { targetSchema } from "../schema/target.ts";
import { REQUEST_PLACEHOLDERS } from "../types.ts";
import type { Context } from "./context.ts";
import { checkHeaders } from "./headers.ts";

const AT_KEY = { code: "PLAN_CONFLICT", atKey: true, bare: true } as const;

export type WrittenTarget = ReturnType<typeof targetSchema.parse>;

/** What the checks of a target need to know. */
interface TargetView {
  readonly written: WrittenTarget;
  readonly cut: ReadonlySet<string>;
  fault(field: string | Path, problem: Omit<Problem, "path">): void;
  warn(code: string, message: string, hint: string): void;
}

/** Whether the fields of a target make sense, alone and together. */
export function checkTarget(
  written: WrittenTarget,
  protocol: ProtocolName | undefined,
  cut: ReadonlySet<string>,
  ctx: Context,
): void {
  const view: TargetView = {
    written,
    cut,
    fault: (field, problem) => {
      ctx.findings.fault({ ...problem, path: ["target", ...(typeof field === "string" ? [field] : field)] });
    },
    warn: (code, message, hint) => {
      ctx.findings.warnings.push({ code, message, hint });
    },
  };
  checkHeaders(written.headers ?? {}, ["target", "headers"], ctx);
  checkPaths(view);
  checkPlaceholders(written.request, ["request"], view);
  checkTrustAndTimes(view);
  checkConnections(view, protocol);
  if (protocol) checkProtocol(view, protocol);
}

/** `$`, then any of `.name`, `["name"]`, `[0]`. */
const JSON_PATH = /^\$(?:\.[\p{L}\p{N}_$-]+|\[\d+\]|\["(?:[^"\\]|\\.)*"\]|\['(?:[^'\\]|\\.)*'\])*$/u;

function checkPaths(view: TargetView): void {
  for (const [name, path] of Object.entries(view.written.events ?? {})) {
    if (path === undefined || JSON_PATH.test(path)) continue;
    const hint = "Write a path such as $.choices[0].delta.content.";
    view.fault(["events", name], { code: "PLAN_JSON_PATH", message: "expected a JSON path", hint });
  }
}

function checkPlaceholders(value: unknown, path: Path, view: TargetView): void {
  if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      checkPlaceholders(item, [...path, Array.isArray(value) ? Number(key) : key], view);
    }
  }
  if (typeof value !== "string") return;
  for (const [, name = ""] of value.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)) {
    if (REQUEST_PLACEHOLDERS.some((known) => known === name)) continue;
    const meant = nearest(name, REQUEST_PLACEHOLDERS);
    view.fault(path, {
      code: "PLAN_UNKNOWN_NAME",
      message: `\`{{${name}}}\` is no placeholder`,
      hint: meant ? `Did you mean \`{{${meant}}}\`?` : `Use one of ${REQUEST_PLACEHOLDERS.join(", ")}.`,
    });
  }
}

function checkTrustAndTimes({ written, warn }: TargetView): void {
  if (written.tls?.verify === false) {
    warn(
      "PLAN_TLS_UNVERIFIED",
      "the server's certificate is not verified",
      "Name its authority in target.tls.ca instead.",
    );
  }
  const { firstToken = 30_000, total = 300_000 } = written.timeouts ?? {};
  if (firstToken > total) {
    const message = "target.timeouts.firstToken is longer than total, so it never runs out";
    warn("PLAN_TIMEOUTS", message, "Raise total, or lower firstToken.");
  }
}

/** Whether a URL's scheme asks for a websocket. */
export function isSocketUrl(url: string): boolean {
  return /^wss?:/i.test(url);
}

function checkConnections({ written, fault }: TargetView, protocol: ProtocolName | undefined): void {
  if (written.http === "1.1" && written.connections?.streams !== undefined) {
    const message = "a connection of HTTP/1.1 has no streams";
    fault(["connections", "streams"], { ...AT_KEY, message, hint: "Remove streams, or http." });
  }
  const { per, keepAlive, warm = 0 } = written.connections ?? {};
  if (keepAlive === false && per !== undefined && per !== "request") {
    const hint = "Remove keepAlive, or write per: request.";
    fault(["connections", "per"], { ...AT_KEY, message: "without keepAlive a connection is its request's", hint });
  }
  if (warm > 0 && (keepAlive === false || per === "request" || protocol === "websocket")) {
    const message = "no connection is opened before the request that it is for";
    fault(["connections", "warm"], { ...AT_KEY, message, hint: "Remove warm." });
  }
  if (protocol === "websocket") {
    if (per === "pool") {
      const message = "a websocket is not shared between sessions";
      fault(["connections", "per"], { ...AT_KEY, message, hint: "Use per: session, or per: request." });
    }
    if (written.http === "2") {
      fault("http", { ...AT_KEY, message: "a websocket begins as HTTP/1.1 here", hint: "Remove http." });
    }
    return;
  }
  if (written.websocket !== undefined) {
    fault("websocket", { ...AT_KEY, message: "only protocol websocket has one", hint: "Remove websocket." });
  }
  if (protocol !== undefined && isSocketUrl(written.url)) {
    const hint = "Begin the URL with http:// or https://, or use protocol: websocket.";
    fault("url", { code: "PLAN_CONFLICT", message: `${protocol} is spoken over HTTP`, hint });
  }
}

function checkProtocol(view: TargetView, protocol: ProtocolName): void {
  const { body, asksPaths } = PROTOCOL_TABLE[protocol];
  if (body === "own") checkOwnBody(view, protocol);
  if (body === "template") checkTemplate(view, protocol);
  if (body === "either") checkEither(view, protocol);
  if (asksPaths) checkAsksPaths(view, protocol);
  else checkKnowsPaths(view, protocol);
  checkModel(view, protocol);
  checkPath(view, protocol);
}

function checkOwnBody({ written, fault }: TargetView, protocol: ProtocolName): void {
  if (written.request === undefined) return;
  const hint = "Move fields such as temperature to target.parameters.";
  fault("request", { ...AT_KEY, message: `${protocol} writes the body itself`, hint });
}

/** What an example of a protocol's request is. */
const EXAMPLES: Partial<Record<ProtocolName, string>> = {
  mcp: 'Add `request: { name: "search", arguments: { query: "{{turn.prompt}}" } }` with a tool that the server has.',
};
const USUAL_EXAMPLE = 'Add `request: { message: "{{turn.prompt}}" }` in the form that the target takes.';

function checkTemplate({ written, cut, fault }: TargetView, protocol: ProtocolName): void {
  if (written.parameters !== undefined) {
    const message = `${protocol} takes its whole body from request`;
    fault("parameters", { ...AT_KEY, message, hint: "Move the fields to target.request." });
  }
  if (written.request === undefined && !cut.has("request") && written.method !== "GET") {
    const hint = EXAMPLES[protocol] ?? USUAL_EXAMPLE;
    fault("request", { code: "PLAN_MISSING", message: `${protocol} needs a request body`, hint, bare: true });
  }
}

function checkEither({ written, fault }: TargetView, protocol: ProtocolName): void {
  if (written.request === undefined || written.parameters === undefined) return;
  const message = `${protocol} takes its whole body from request, where there is one`;
  fault("parameters", { ...AT_KEY, message, hint: "Move the fields to target.request, or remove request." });
}

function checkKnowsPaths({ written, fault }: TargetView, protocol: ProtocolName): void {
  if (written.events !== undefined) {
    const hint = "Remove events, or use protocol: http-sse.";
    fault("events", { ...AT_KEY, message: `${protocol} knows where its answers are`, hint });
  }
  if (written.method !== undefined && written.method !== "POST") {
    fault("method", { code: "PLAN_CONFLICT", message: `${protocol} is asked by POST`, hint: "Remove method." });
  }
}

function checkAsksPaths({ written, cut, fault }: TargetView, protocol: ProtocolName): void {
  if (written.events !== undefined || cut.has("events")) return;
  const message = `${protocol} needs to know where the answer's text is`;
  const hint = 'Add `events: { token: "$.delta" }` with the JSON path in the target\'s answers.';
  fault(["events", "token"], { code: "PLAN_MISSING", message, hint, bare: true });
}

function checkModel({ written, cut, fault, warn }: TargetView, protocol: ProtocolName): void {
  const { model } = PROTOCOL_TABLE[protocol];
  if (model === undefined || written.model !== undefined || cut.has("model") || written.request !== undefined) return;
  if (model === "assistant" && written.parameters?.["assistant_id"] === undefined) {
    const hint = "Add `model:` with the id of an assistant, or the name of a graph.";
    fault("model", {
      code: "PLAN_MISSING",
      message: `${protocol} needs to know which assistant runs`,
      hint,
      bare: true,
    });
  }
  if (model === "model" && written.parameters?.["model"] === undefined) {
    const message = `target.model is missing; most servers of ${protocol} need it`;
    warn("PLAN_NO_MODEL", message, "Add `model:` with a name that the server lists, as at GET /v1/models.");
  }
}

function checkPath({ written, fault }: TargetView, protocol: ProtocolName): void {
  const { endpoint } = PROTOCOL_TABLE[protocol];
  if (endpoint?.base !== "/v1" || !URL.canParse(written.url)) return;
  const told = protocolOfPath(new URL(written.url).pathname);
  if (told === undefined || told === protocol || /\/v1\/?$/.test(new URL(written.url).pathname)) return;
  fault("url", {
    code: "PLAN_CONFLICT",
    message: `the URL is an address of ${told}, not of ${protocol}`,
    hint: `Use protocol: ${told}, or end the URL at /v1.`,
  });
}
