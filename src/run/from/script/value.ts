import type { Json } from "../../../plan/index.ts";
import { BOUNDS } from "../bounds.ts";

/** What an expression of a script comes to, as far as it can be told without running it. */
export type Value =
  | null
  | boolean
  | number
  | string
  | readonly Value[]
  | ReadonlyMap<string, Value>
  | Unknown
  | Choice
  | Range;

/** Told only when the script runs. */
export class Unknown {
  /** As the script has it. */
  readonly source: string;

  constructor(source: string) {
    this.source = source.replaceAll(/\s+/g, " ").slice(0, 80);
  }
}

/** One of several, as chance has it. */
export class Choice {
  readonly options: readonly Value[];

  constructor(options: readonly Value[]) {
    this.options = options.slice(0, BOUNDS.variants);
  }
}

/** Any number between two. */
export class Range {
  readonly min: number;
  readonly max: number;

  constructor(min: number, max: number) {
    this.min = Math.min(min, max);
    this.max = Math.max(min, max);
  }
}

/** Brackets of a text that only the script could tell; the plan's writer shows them as `<source>`. */
const OPEN = "\ue002";
const CLOSE = "\ue003";
const UNTOLD = /\ue002([^\ue003]*)\ue003/g;

/** Whether nothing of a text is known. */
export function isUntold(text: string): boolean {
  return text.replace(UNTOLD, "").trim() === "" && text.includes(OPEN);
}

export function hasUntold(text: string): boolean {
  return text.includes(OPEN);
}

/** A text for people: what is not known between angle brackets. */
export function shown(text: string): string {
  return text.replace(UNTOLD, "<$1>").replaceAll(/[\ue002\ue003]/g, "");
}

export function isMap(value: Value | undefined): value is ReadonlyMap<string, Value> {
  return value instanceof Map;
}

export function isItems(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function mapOf(value: Value | undefined): ReadonlyMap<string, Value> {
  return isMap(value) ? value : new Map();
}

export function itemsOf(value: Value | undefined): readonly Value[] {
  return isItems(value) ? value : [];
}

export function member(value: Value | undefined, ...names: readonly string[]): Value | undefined {
  let at = value;
  for (const name of names) at = mapOf(at).get(name);
  return at;
}

/** A list's item; where nobody knows which, any of them. */
export function itemAt(list: readonly Value[], index: Value): Value | undefined {
  return typeof index === "number" ? list[index] : new Choice(list);
}

const OPERATIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "//": (a, b) => Math.floor(a / b),
  "%": (a, b) => a % b,
};

/** Arithmetic and the joining of texts; undefined where it cannot be told. */
export function operate(operator: string, a: Value, b: Value): Value | undefined {
  const operation = OPERATIONS[operator];
  if (operation === undefined) return undefined;
  if (typeof a === "number" && typeof b === "number") return finite(operation(a, b));
  if (operator === "+" && (typeof a === "string" || typeof b === "string")) return joined([a, b]);
  if (typeof a === "string" && operator === "*" && typeof b === "number")
    return a.length * b <= BOUNDS.text ? a.repeat(Math.max(0, Math.floor(b))) : undefined;
  if (operator === "%" && typeof b === "number") return undefined;
  const x = rangeOf(a);
  const y = rangeOf(b);
  if (x === undefined || y === undefined) return undefined;
  const ends = [operation(x.min, y.min), operation(x.min, y.max), operation(x.max, y.min), operation(x.max, y.max)];
  return ends.every(Number.isFinite) ? new Range(Math.min(...ends), Math.max(...ends)) : undefined;
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

export function rangeOf(value: Value | undefined): Range | undefined {
  if (typeof value === "number") return new Range(value, value);
  return value instanceof Range ? value : undefined;
}

/** Texts put together; a choice among them becomes a choice of the whole, several choices go side by side. */
export function joined(parts: readonly Value[], depth = 0): Value {
  const most = Math.max(0, ...parts.map((part) => (part instanceof Choice ? part.options.length : 0)));
  if (most > 0) {
    if (depth > 3) return new Unknown("a choice of choices");
    const option = (part: Value, n: number): Value =>
      part instanceof Choice ? (part.options[n % Math.max(1, part.options.length)] ?? "") : part;
    return new Choice(
      Array.from({ length: most }, (_, n) =>
        joined(
          parts.map((part) => option(part, n)),
          depth + 1,
        ),
      ),
    );
  }
  const texts = parts.map(spelled);
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  return length <= BOUNDS.text ? texts.join("") : new Unknown("a long text");
}

function spelled(value: Value): string {
  if (value === null || typeof value !== "object") return String(value);
  const source = value instanceof Unknown ? value.source : value instanceof Range ? "a number" : "data";
  return `${OPEN}${source}${CLOSE}`;
}

/** A value as data, once for each option of the choices in it. Choices go side by side, so there are as many as the longest has. */
export function variants(value: Value): readonly (Json | undefined)[] {
  const reader = new VariantReader();
  const count = Math.min(BOUNDS.variants, Math.max(1, reader.longest(value, 0)));
  return Array.from({ length: count }, (_, n) => reader.pick(value, n, 0));
}

/** Bounded in all that it looks at. */
class VariantReader {
  #steps = 0;

  longest(value: Value, depth: number): number {
    if (depth > BOUNDS.depth || ++this.#steps > BOUNDS.steps) return 1;
    const inner = (items: Iterable<Value>): number => {
      let most = 1;
      for (const item of items) most = Math.max(most, this.longest(item, depth + 1));
      return most;
    };
    if (value instanceof Choice) return Math.max(value.options.length, inner(value.options));
    if (isMap(value)) return inner(value.values());
    return isItems(value) ? inner(value) : 1;
  }

  pick(value: Value, n: number, depth: number): Json | undefined {
    if (depth > BOUNDS.depth || ++this.#steps > BOUNDS.steps) return undefined;
    if (value instanceof Choice) {
      const option = value.options[n % Math.max(1, value.options.length)];
      return option === undefined ? undefined : this.pick(option, n, depth + 1);
    }
    if (value instanceof Unknown || value instanceof Range) return spelled(value);
    if (isMap(value)) {
      const entries: [string, Json][] = [];
      for (const [key, item] of value) {
        const json = this.pick(item, n, depth + 1);
        if (json !== undefined && key !== "__proto__") entries.push([key, json]);
      }
      return Object.fromEntries(entries);
    }
    if (isItems(value)) return value.map((item) => this.pick(item, n, depth + 1)).filter((item) => item !== undefined);
    return value;
  }
}
