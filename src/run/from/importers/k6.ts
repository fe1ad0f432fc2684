import type { CallExpression, Expression, Node, Program, SpreadElement } from "acorn";
import { BOUNDS } from "../bounds.ts";
import { callsOf, thinkOf } from "../script/calls.ts";
import { Evaluator, isFunction, isNode, nameOf, type Scope, walk } from "../script/javascript.ts";
import { Choice, member, type Value } from "../script/value.ts";
import type { Call, Draft, Importer, Left, Source } from "../types.ts";
import { unreadable } from "../unreadable.ts";
import { limitsOfK6 } from "./k6-limits.ts";
import { loadOfK6 } from "./k6-load.ts";

const METHODS: Readonly<Record<string, string>> = {
  post: "POST",
  put: "PUT",
  patch: "PATCH",
  get: "GET",
  del: "DELETE",
};

/** k6 scripts: read as syntax, never run. */
export const k6: Importer = {
  name: "k6",
  title: "k6 script",
  recognises: ({ text }) => /from\s+['"]k6(?:\/[\w/-]+)?['"]|require\(\s*['"]k6/.test(text),
  read,
};

async function read(source: Source): Promise<Draft> {
  if (source.text.length > BOUNDS.script)
    throw unreadable(source.name, "the script is larger than 2 MB", "Keep its data in files of their own.");
  const script = new Script(source.text, await parsed(source));
  const options = script.options();
  const left: Left[] = [];
  const load = loadOfK6(options, left);
  const calls = script.calls(load.execs, left);
  return {
    what: "a k6 script",
    calls,
    ...(load.stages.length === 0 ? {} : { stages: { value: load.stages, from: "options of the script" } }),
    slo: limitsOfK6(member(options, "thresholds"), left),
    left,
  };
}

async function parsed({ name, text }: Source): Promise<Program> {
  const { parse } = await import("acorn");
  try {
    return parse(text, { ecmaVersion: "latest", sourceType: "module", locations: true, allowHashBang: true });
  } catch (error) {
    if (error instanceof RangeError) throw unreadable(name, "the script nests too deeply", "Flatten it.");
    if (!(error instanceof SyntaxError)) throw error;
    const line =
      "loc" in error && typeof error.loc === "object" && error.loc !== null && "line" in error.loc
        ? Number(error.loc.line)
        : undefined;
    throw unreadable(
      name,
      `the script is no JavaScript: ${error.message}`,
      "Mend it; a script in TypeScript is read once it is compiled to JavaScript.",
      line,
    );
  }
}

class Script {
  readonly #evaluator: Evaluator;
  readonly #names = new Map<string, Node>();
  /** Names of a function's own. */
  readonly #locals = new Map<Node, Map<string, Node>>();
  readonly #functionNames = new Map<Node, string>();
  /** Calls by the name of what is called: `http.post`, `sleep`. */
  readonly #calls: { readonly name: string; readonly node: CallExpression; readonly functions: readonly Node[] }[] = [];

  constructor(text: string, program: Program) {
    this.#evaluator = new Evaluator(text);
    walk(program, (node, functions) => this.#note(node, functions));
  }

  #note(node: Node, functions: readonly Node[]): void {
    const inner = functions.at(-1);
    if (node.type === "VariableDeclarator" && "id" in node && "init" in node && isNode(node.id) && isNode(node.init)) {
      const name = nameOf(node.id);
      if (name === undefined) return;
      if (isFunction(node.init)) this.#functionNames.set(node.init, name);
      const names = inner === undefined ? this.#names : (this.#locals.get(inner) ?? new Map<string, Node>());
      if (inner !== undefined) this.#locals.set(inner, names);
      names.set(name, node.init);
    }
    if (node.type === "FunctionDeclaration" && "id" in node && isNode(node.id))
      this.#functionNames.set(node, nameOf(node.id) ?? "");
    if (node.type === "ExportDefaultDeclaration" && "declaration" in node && isNode(node.declaration))
      this.#functionNames.set(node.declaration, "default");
    if (!isCall(node)) return;
    const { callee } = node;
    const name =
      callee.type === "MemberExpression"
        ? `${nameOf(callee.object) ?? ""}.${nameOf(callee.property) ?? ""}`
        : nameOf(callee);
    if (name !== undefined) this.#calls.push({ name, node, functions });
  }

  options(): Value | undefined {
    const node = this.#names.get("options");
    return node === undefined ? undefined : this.#evaluator.of(node, { names: this.#names, given: new Map() });
  }

  /** @param execs scenario by the function that it runs */
  calls(execs: ReadonlyMap<string, string>, left: Left[]): Call[] {
    const found: Call[] = [];
    for (const { name, node, functions } of this.#calls) {
      const [object, method = ""] = name.split(".");
      const place = `line ${node.loc?.start.line ?? 0}`;
      if (object === "ws" || name === "sse.open" || object === "grpc")
        left.push({ place, what: `${name}(): only requests of k6/http are read` });
      if (
        object !== "http" ||
        !(method in METHODS || method === "request" || method === "asyncRequest" || method === "batch")
      )
        continue;
      if (method === "batch") {
        left.push({ place, what: "http.batch(): requests in parallel" });
        continue;
      }
      const scope = this.#scope(functions);
      const of = (part: Expression | SpreadElement | undefined): Value | undefined =>
        part === undefined ? undefined : this.#evaluator.of(part, scope);
      const verb = METHODS[method] ?? of(node.arguments[0]);
      const [url, body, parameters] = method in METHODS ? node.arguments : node.arguments.slice(1);
      const get = verb === "GET";
      const outer = this.#functionNames.get(functions[0] ?? node) ?? "default";
      found.push(
        ...callsOf(
          {
            place,
            method: typeof verb === "string" ? verb.toUpperCase() : "POST",
            url: of(url) ?? null,
            headers: member(of(get && method in METHODS ? body : parameters), "headers"),
            body: get ? undefined : of(body),
            group: execs.get(outer) ?? "user",
            weight: 1,
            think: thinkOf(this.#pause(functions)),
          },
          left,
        ),
      );
    }
    return found;
  }

  /** The first sleep of the same function, else the file's first. */
  #pause(functions: readonly Node[]): Value | undefined {
    const sleeps = this.#calls.filter(({ name }) => name === "sleep");
    const sleep = sleeps.find((call) => call.functions[0] === functions[0]) ?? sleeps[0];
    const [argument] = sleep?.node.arguments ?? [];
    return sleep === undefined || argument === undefined
      ? undefined
      : this.#evaluator.of(argument, this.#scope(sleep.functions));
  }

  #scope(functions: readonly Node[], depth = 0): Scope {
    const names = new Map(this.#names);
    const given = new Map<string, Value>();
    for (const node of functions) {
      for (const [name, init] of this.#locals.get(node) ?? []) names.set(name, init);
      if (depth < 3) for (const [name, value] of this.#given(node, depth)) given.set(name, value);
    }
    return { names, given };
  }

  /** What callers in the file give a function's parameters. */
  #given(node: Node, depth: number): Map<string, Value> {
    const given = new Map<string, Value>();
    const name = this.#functionNames.get(node);
    const parameters: readonly unknown[] = "params" in node && Array.isArray(node.params) ? node.params : [];
    const sites = this.#calls
      .filter((call) => call.name === name && !call.functions.includes(node))
      .slice(0, BOUNDS.variants);
    for (const [i, parameter] of parameters.entries()) {
      const known = isNode(parameter) ? nameOf(parameter) : undefined;
      const values = sites.flatMap((site) => {
        const argument = site.node.arguments[i];
        return argument === undefined ? [] : [this.#evaluator.of(argument, this.#scope(site.functions, depth + 1))];
      });
      const [first] = values;
      if (known !== undefined && first !== undefined)
        given.set(known, values.length === 1 ? first : new Choice(values));
    }
    return given;
  }
}

function isCall(node: Node): node is CallExpression {
  return node.type === "CallExpression";
}
