import { reference, variableOf } from "../reference.ts";
import type { Token } from "./python-tokens.ts";
import { pythonLines } from "./python-tokens.ts";
import { Choice, isItems, itemAt, joined, mapOf, operate, Range, Unknown, type Value } from "./value.ts";

export interface PythonCall {
  /** `self.client.post` */
  readonly target: string;
  readonly positional: readonly Value[];
  readonly keywords: ReadonlyMap<string, Value>;
  readonly line: number;
}

export type Names = (name: string) => Value | undefined;

const DEEPEST = 60;
const WORDS = new Set(
  "and or not in is if else elif for while with as return yield await async lambda def class import from try except finally raise pass del global nonlocal assert break continue None True False".split(
    " ",
  ),
);

/** Calls whose result can be told. */
const FUNCTIONS: Readonly<
  Record<string, (args: readonly Value[], keywords: ReadonlyMap<string, Value>) => Value | undefined>
> = {
  between: ([min, max]) => (typeof min === "number" && typeof max === "number" ? new Range(min, max) : undefined),
  constant: ([value]) => value,
  "random.choice": ([list]) => (isItems(list) ? new Choice(list) : undefined),
  "random.randint": ([min, max]) =>
    typeof min === "number" && typeof max === "number" ? new Range(min, max) : undefined,
  "random.uniform": ([min, max]) =>
    typeof min === "number" && typeof max === "number" ? new Range(min, max) : undefined,
  "random.random": () => new Range(0, 1),
  "json.dumps": ([value]) => value,
  str: ([value]) => value,
  "os.getenv": environment,
  "os.environ.get": environment,
};

function environment([name, fallback]: readonly Value[]): Value | undefined {
  if (typeof name !== "string") return undefined;
  return typeof fallback === "string" ? reference(name, fallback) : reference(name);
}

/** Reads expressions of Python's literals, names, calls and arithmetic; anything else is unknown. Every call is noted on the way. */
export class PythonExpressions {
  readonly #tokens: readonly Token[];
  readonly #names: Names;
  readonly #calls: PythonCall[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], names: Names, calls: PythonCall[]) {
    this.#tokens = tokens;
    this.#names = names;
    this.#calls = calls;
  }

  /** All expressions of a statement, one after another. */
  all(from: number): void {
    this.#at = from;
    while (this.#at < this.#tokens.length) {
      const before = this.#at;
      this.#expression();
      if (this.#at === before) this.#at++;
    }
  }

  one(from: number): Value {
    this.#at = from;
    return this.#expression();
  }

  get #next(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #is(...signs: readonly string[]): boolean {
    const next = this.#next;
    return next !== undefined && next.kind !== "text" && signs.includes(next.text);
  }

  #takes(sign: string): boolean {
    if (!this.#is(sign)) return false;
    this.#at++;
    return true;
  }

  #expression(): Value {
    const begin = this.#at;
    if (++this.#depth > DEEPEST) {
      this.#depth--;
      return this.#unknown(begin);
    }
    let value = this.#sum();
    while (this.#takes("or")) {
      const right = this.#sum();
      const name = typeof value === "string" ? variableOf(value) : undefined;
      if (name !== undefined && typeof right === "string") value = reference(name, right);
      else if (value instanceof Unknown) value = right;
    }
    // A condition or a comparison: which way it goes is not known.
    if (this.#is("if", "and", "in", "is", "not", "==", "!=", "<", ">", "<=", ">=")) {
      this.#at++;
      this.#expression();
      if (this.#takes("else")) this.#expression();
      value = this.#unknown(begin);
    }
    this.#depth--;
    return value;
  }

  #sum(): Value {
    const begin = this.#at;
    let value = this.#product();
    while (this.#is("+", "-")) {
      const sign = this.#next?.text ?? "";
      this.#at++;
      value = operate(sign, value, this.#product()) ?? this.#unknown(begin);
    }
    return value;
  }

  #product(): Value {
    const begin = this.#at;
    let value = this.#unary();
    while (this.#is("*", "/", "//", "%", "**")) {
      const sign = this.#next?.text ?? "";
      this.#at++;
      value = operate(sign, value, this.#unary()) ?? this.#unknown(begin);
    }
    return value;
  }

  #unary(): Value {
    if (this.#takes("-")) {
      const value = this.#postfix();
      return typeof value === "number" ? -value : new Unknown("-");
    }
    return this.#postfix();
  }

  /** A name or a literal with what follows: `.name`, `[...]`, `(...)`. */
  #postfix(): Value {
    const begin = this.#at;
    const first = this.#next;
    let target = first?.kind === "name" && !WORDS.has(first.text) ? first.text : "";
    let value = this.#atom();
    for (;;) {
      if (this.#is(".") && this.#tokens[this.#at + 1]?.kind === "name") {
        const name = this.#tokens[this.#at + 1]?.text ?? "";
        this.#at += 2;
        target = `${target}.${name}`;
        value = target === `self.${name}` ? (this.#names(target) ?? this.#unknown(begin)) : this.#unknown(begin);
      } else if (this.#is("(")) {
        value = this.#call(target, begin);
        target = `${target}()`;
      } else if (this.#is("[") && this.#at > begin) {
        this.#at++;
        const index = this.#expression();
        this.#skipTo("]");
        value =
          target === "os.environ" && typeof index === "string"
            ? reference(index)
            : (indexed(value, index) ?? this.#unknown(begin));
        target = `${target}[]`;
      } else return value;
    }
  }

  #call(target: string, begin: number): Value {
    const line = this.#next?.line ?? 0;
    this.#at++;
    const positional: Value[] = [];
    const keywords = new Map<string, Value>();
    while (this.#next !== undefined && !this.#is(")")) {
      const before = this.#at;
      const name = this.#next;
      const named =
        name.kind === "name" && this.#tokens[this.#at + 1]?.text === "=" && this.#tokens[this.#at + 1]?.kind === "sign";
      if (named) {
        this.#at += 2;
        keywords.set(name.text, this.#expression());
      } else positional.push(this.#expression());
      if (!this.#takes(",") && !this.#is(")")) this.#at = Math.max(before + 1, this.#at);
      if (this.#is("for")) this.#skipTo(")", false);
    }
    this.#takes(")");
    this.#calls.push({ target, positional, keywords, line });
    return FUNCTIONS[target]?.(positional, keywords) ?? this.#unknown(begin);
  }

  #atom(): Value {
    const begin = this.#at;
    const token = this.#next;
    if (token === undefined) return new Unknown("");
    if (token.kind === "text") return this.#text();
    if (token.kind === "number") {
      this.#at++;
      const value = Number(token.text.replaceAll("_", ""));
      return Number.isFinite(value) ? value : this.#unknown(begin);
    }
    if (this.#is("[")) return this.#list("]");
    if (this.#is("(")) {
      const items = this.#list(")");
      const [only] = isItems(items) ? items : [];
      const tuple = this.#tokens[this.#at - 2]?.text === "," && this.#tokens[this.#at - 2]?.kind === "sign";
      return isItems(items) && items.length === 1 && only !== undefined && !tuple ? only : items;
    }
    if (this.#is("{")) return this.#mapping();
    if (token.kind !== "name") return this.#unknown(begin);
    if (WORDS.has(token.text)) {
      const constant = { None: null, True: true, False: false }[token.text];
      if (constant === undefined) return this.#unknown(begin);
      this.#at++;
      return constant;
    }
    this.#at++;
    return this.#names(token.text) ?? this.#unknown(begin);
  }

  /** Texts side by side are one; what an f-string fills in is read like any expression. */
  #text(): Value {
    const parts: Value[] = [];
    for (let token = this.#next; token?.kind === "text"; token = this.#next) {
      this.#at++;
      if (!token.filled) parts.push(token.text);
      else {
        for (const [i, piece] of token.text.split(/\{([^{}]*)\}/).entries())
          parts.push(i % 2 === 0 ? piece : this.#inner(piece));
      }
    }
    return joined(parts);
  }

  #inner(text: string): Value {
    const tokens = pythonLines(text.replace(/![rsa]$|:[^\]]*$/, ""))[0]?.tokens ?? [];
    if (this.#depth > DEEPEST - 5) return new Unknown(text);
    return new PythonExpressions(tokens, this.#names, []).one(0);
  }

  #list(close: string): Value {
    const begin = this.#at++;
    const items: Value[] = [];
    while (this.#next !== undefined && !this.#is(close)) {
      const before = this.#at;
      items.push(this.#expression());
      if (this.#is("for")) {
        this.#skipTo(close);
        return this.#unknown(begin);
      }
      if (!this.#takes(",") && !this.#is(close)) this.#at = Math.max(before + 1, this.#at);
    }
    this.#takes(close);
    return items;
  }

  #mapping(): Value {
    const begin = this.#at++;
    const map = new Map<string, Value>();
    while (this.#next !== undefined && !this.#is("}")) {
      const before = this.#at;
      if (this.#takes("**")) for (const [key, item] of mapOf(this.#expression())) map.set(key, item);
      else {
        const key = this.#expression();
        if (this.#takes(":")) {
          const value = this.#expression();
          if (typeof key === "string" || typeof key === "number") map.set(String(key), value);
        }
      }
      if (this.#is("for")) {
        this.#skipTo("}");
        return this.#unknown(begin);
      }
      if (!this.#takes(",") && !this.#is("}")) this.#at = Math.max(before + 1, this.#at);
    }
    this.#takes("}");
    return map;
  }

  /** Goes past the bracket that closes the one that is open. */
  #skipTo(close: string, past = true): void {
    let depth = 0;
    for (let token = this.#next; token !== undefined; token = this.#next) {
      if (depth === 0 && this.#is(close)) {
        if (past) this.#at++;
        return;
      }
      if (this.#is("(", "[", "{")) depth++;
      if (this.#is(")", "]", "}")) depth--;
      this.#at++;
    }
  }

  #unknown(begin: number): Unknown {
    return new Unknown(
      this.#tokens
        .slice(begin, Math.max(begin + 1, this.#at))
        .map(({ text }) => text)
        .join(""),
    );
  }
}

function indexed(value: Value, index: Value): Value | undefined {
  if (isItems(value)) return itemAt(value, index);
  return typeof index === "string" ? mapOf(value).get(index) : undefined;
}
