import type { Left } from "../types.ts";
import { type PythonCall, PythonExpressions } from "./python-expression.ts";
import { pythonLines, type Token } from "./python-tokens.ts";
import type { Value } from "./value.ts";

export interface PythonFunction {
  readonly name: string;
  /** Of `@task(3)`. */
  readonly weight: number | undefined;
  readonly calls: readonly PythonCall[];
}

export interface PythonClass {
  readonly name: string;
  readonly line: number;
  readonly bases: readonly string[];
  readonly attributes: ReadonlyMap<string, Value>;
  readonly functions: readonly PythonFunction[];
}

export interface PythonFile {
  readonly classes: readonly PythonClass[];
  readonly left: readonly Left[];
}

interface OpenClass {
  readonly name: string;
  readonly line: number;
  readonly indent: number;
  readonly bases: readonly string[];
  readonly attributes: Map<string, Value>;
  readonly functions: PythonFunction[];
}

interface OpenFunction {
  readonly indent: number;
  readonly locals: Map<string, Value>;
  readonly calls: PythonCall[];
}

/**
 * Reads the part of Python that load scripts are written in: classes with their attributes, functions with the calls in them, and names that
 * are given a value. Branches and loops are looked through as if each line ran once.
 */
export function pythonFile(text: string): PythonFile {
  const reader = new Reader();
  for (const line of pythonLines(text)) reader.line(line.indent, line.tokens);
  return { classes: reader.classes, left: reader.left };
}

/** Statements that hold no request: what a function inside a function is called, and what is imported. */
const OPENING = new Set(["import", "from", "def", "class"]);

class Reader {
  readonly classes: OpenClass[] = [];
  readonly left: Left[] = [];
  readonly #names = new Map<string, Value>();
  #class: OpenClass | undefined;
  #function: OpenFunction | undefined;
  #weight: number | undefined;

  line(indent: number, tokens: readonly Token[]): void {
    const [first, second] = tokens;
    if (first === undefined) return;
    if (this.#function !== undefined && indent <= this.#function.indent) this.#function = undefined;
    if (this.#class !== undefined && indent <= this.#class.indent) this.#class = undefined;
    const word = first.text === "async" ? second?.text : first.text;
    if (first.kind === "sign" && word === "@") this.#decorator(tokens);
    else if (word === "class" && this.#function === undefined) this.#beginClass(indent, tokens);
    else if (word === "def" && this.#function === undefined) this.#beginFunction(indent, tokens);
    else if (!(first.kind === "name" && OPENING.has(word ?? ""))) this.#statement(tokens);
  }

  #decorator(tokens: readonly Token[]): void {
    const calls: PythonCall[] = [];
    if (tokens[1]?.text === "task") {
      new PythonExpressions(tokens, (name) => this.#names.get(name), calls).all(1);
      const weight = calls[0]?.positional[0];
      this.#weight = typeof weight === "number" && weight > 0 ? weight : undefined;
    }
  }

  #beginClass(indent: number, tokens: readonly Token[]): void {
    const bases = tokens
      .slice(2)
      .filter(({ kind }) => kind === "name")
      .map(({ text }) => text);
    this.#class = {
      name: tokens[1]?.text ?? "",
      line: tokens[0]?.line ?? 0,
      indent,
      bases,
      attributes: new Map(),
      functions: [],
    };
    this.classes.push(this.#class);
  }

  #beginFunction(indent: number, tokens: readonly Token[]): void {
    const name = tokens[tokens[0]?.text === "async" ? 2 : 1]?.text ?? "";
    this.#function = { indent, locals: new Map(), calls: [] };
    const { calls } = this.#function;
    if (this.#class !== undefined) this.#class.functions.push({ name, weight: this.#weight, calls });
    else this.left.push({ place: `line ${tokens[0]?.line ?? 0}`, what: `the function ${name}` });
    this.#weight = undefined;
    // A body on the same line.
    const colon = tokens.findLastIndex(({ kind, text }) => kind === "sign" && text === ":");
    if (colon >= 0 && colon < tokens.length - 1) this.#statement(tokens.slice(colon + 1));
  }

  #statement(tokens: readonly Token[]): void {
    const [name, sign] = tokens;
    const expressions = new PythonExpressions(tokens, (wanted) => this.#lookUp(wanted), this.#function?.calls ?? []);
    const colon =
      sign?.kind === "sign" && sign.text === ":"
        ? tokens.findIndex(({ kind, text }) => kind === "sign" && text === "=")
        : -1;
    const begin = sign?.kind === "sign" && sign.text === "=" ? 2 : colon > 0 ? colon + 1 : 0;
    if (begin === 0 || name?.kind !== "name") {
      expressions.all(0);
      return;
    }
    const value = expressions.one(begin);
    (this.#function?.locals ?? this.#class?.attributes ?? this.#names).set(name.text, value);
  }

  #lookUp(name: string): Value | undefined {
    const own = /^self\.(\w+)$/.exec(name)?.[1];
    if (own !== undefined) return this.#class?.attributes.get(own);
    return this.#function?.locals.get(name) ?? this.#class?.attributes.get(name) ?? this.#names.get(name);
  }
}
