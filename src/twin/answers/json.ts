import type { Random } from "../../base/index.ts";
import { isMapping } from "../../plan/index.ts";
import { composeString } from "./json-strings.ts";
import { numberIn, type Schema, type Writer } from "./json-writer.ts";
import type { Reading } from "./reading.ts";

/**
 * JSON that a schema allows (any object of about `tokens` tokens where none is given), from nothing but the schema and the prompt's words. Understood: `const`, `enum`, `type` (also lists of types),
 * `properties`, `required`, `additionalProperties`, `minProperties`, `items`, `prefixItems`, `minItems`, `maxItems`, `uniqueItems`, `contains`,
 * bounds and `multipleOf` of numbers, lengths, `format` and simple `pattern` of strings, `$ref` within the schema, `allOf`, `anyOf`, `oneOf`.
 * Work is bounded: past `MOST_NODES` values or `DEEPEST` levels only what is required is written.
 */
export function composeJson(schema: unknown, random: Random, reading: Reading, tokens: number): string {
  const writer: Writer = { root: schema, random, reading, nodes: 0, said: reading.said === "" };
  return JSON.stringify(
    isMapping(schema) ? valueFor(schema, writer, 0) : { answer: composeString({}, writer, tokens) },
  );
}

const MOST_NODES = 5000;
const DEEPEST = 24;
/** Levels below which optional properties and more items than needed are left out. */
const FULL_LEVELS = 5;
const ITEMS = 3;
/** Tokens of a free string. */
const STRING_TOKENS = 12;

function listIn(schema: Schema, name: string): readonly unknown[] {
  const value = schema[name];
  return Array.isArray(value) ? value : [];
}

function valueFor(given: unknown, writer: Writer, depth: number): unknown {
  const schema = settled(given, writer, depth);
  if (++writer.nodes > MOST_NODES || depth > DEEPEST) return null;
  if ("const" in schema) return schema.const;
  const choices = listIn(schema, "enum");
  if (choices.length > 0) return choices[writer.random.uint32() % choices.length];
  return VALUES[typeOf(schema, writer, depth)]?.(schema, writer, depth) ?? null;
}

/** One schema without references and combinations. A schema `true` allows anything. */
function settled(given: unknown, writer: Writer, depth: number): Schema {
  let schema: Schema = isMapping(given) ? given : {};
  for (let hops = 0; hops < 16; hops++) {
    const { $ref, allOf, anyOf, oneOf, ...own } = schema;
    if (typeof $ref === "string") schema = merged(own, resolve($ref, writer.root));
    else if (Array.isArray(allOf)) schema = allOf.reduce<Schema>(merged, own);
    else if (Array.isArray(anyOf) && anyOf.length > 0) schema = merged(own, choose(anyOf, writer, depth));
    else if (Array.isArray(oneOf) && oneOf.length > 0) schema = merged(own, choose(oneOf, writer, depth));
    else return schema;
  }
  return schema;
}

/** Deep down, the choice that ends soonest: null, then what is not a container. */
function choose(options: readonly unknown[], writer: Writer, depth: number): unknown {
  const drawn = options[writer.random.uint32() % options.length];
  if (depth < FULL_LEVELS) return drawn;
  const flat = options.filter(
    (one) => isMapping(one) && !("$ref" in one) && one.type !== "object" && one.type !== "array",
  );
  return flat[0] ?? drawn;
}

function merged(one: Schema, second: unknown): Schema {
  const other = isMapping(second) ? second : {};
  const properties =
    isMapping(one.properties) && isMapping(other.properties)
      ? { properties: mergedProperties(one.properties, other.properties) }
      : {};
  const names = [...listIn(one, "required"), ...listIn(other, "required")];
  const required = names.length > 0 ? { required: [...new Set(names)] } : {};
  const bounds: Record<string, number> = {};
  for (const name of LOWER_BOUNDS) tighten(bounds, name, numberIn(one, name), numberIn(other, name), Math.max);
  for (const name of UPPER_BOUNDS) tighten(bounds, name, numberIn(one, name), numberIn(other, name), Math.min);
  return { ...one, ...other, ...properties, ...required, ...bounds };
}

const LOWER_BOUNDS = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
const UPPER_BOUNDS = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];

function tighten(
  into: Record<string, number>,
  name: string,
  one: number | undefined,
  other: number | undefined,
  tighter: (one: number, other: number) => number,
): void {
  if (one !== undefined && other !== undefined) into[name] = tighter(one, other);
}

function mergedProperties(one: Schema, other: Schema): Schema {
  const all: Record<string, unknown> = { ...one };
  for (const [name, schema] of Object.entries(other))
    all[name] = Object.hasOwn(one, name) ? { allOf: [one[name], schema] } : schema;
  return all;
}

/** What a JSON pointer within the document names. */
function resolve(reference: string, root: unknown): unknown {
  let at: unknown = root;
  for (const part of reference.replace(/^#\/?/, "").split("/")) {
    if (part === "") continue;
    const name = decodeURIComponent(part.replace(/%(?![0-9a-f]{2})/gi, "%25"))
      .replaceAll("~1", "/")
      .replaceAll("~0", "~");
    at = Array.isArray(at) ? at[Number(name)] : isMapping(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return at;
}

function typeOf(schema: Schema, writer: Writer, depth: number): string {
  const { type } = schema;
  if (typeof type === "string") return type;
  if (Array.isArray(type) && type.length > 0) {
    const firm = type.filter((one) => one !== "null");
    const pool = depth > FULL_LEVELS && type.includes("null") ? ["null"] : firm.length > 0 ? firm : type;
    return String(pool[writer.random.uint32() % pool.length]);
  }
  for (const [name, signs] of SIGNS) if (signs.some((sign) => sign in schema)) return name;
  return "string";
}

const SIGNS: readonly (readonly [type: string, signs: readonly string[]])[] = [
  ["object", ["properties", "required", "additionalProperties", "minProperties", "patternProperties"]],
  ["array", ["items", "prefixItems", "minItems", "maxItems", "contains", "uniqueItems"]],
  ["number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]],
];

type Compose = (schema: Schema, writer: Writer, depth: number) => unknown;

const VALUES: Readonly<Record<string, Compose>> = {
  object: composeObject,
  array: composeArray,
  string: (schema, writer) => composeString(schema, writer, STRING_TOKENS),
  integer: (schema, writer) => composeNumber(schema, writer, 1),
  number: (schema, writer) => composeNumber(schema, writer, numberIn(schema, "multipleOf") ?? 0.01),
  boolean: (_schema, writer) => writer.random.next() < 0.5,
  null: () => null,
};

function composeObject(schema: Schema, writer: Writer, depth: number): Schema {
  const properties: Schema = isMapping(schema.properties) ? schema.properties : {};
  const required = listIn(schema, "required").filter((name): name is string => typeof name === "string");
  const lean = depth > FULL_LEVELS || writer.nodes > MOST_NODES / 2;
  const names = new Set([
    ...(lean ? [] : Object.keys(properties).filter((name) => properties[name] !== false)),
    ...required,
  ]);
  const made: Record<string, unknown> = {};
  for (const name of names) {
    const own = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties;
    Object.defineProperty(made, name, {
      value: valueFor(own, writer, depth + 1),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  const least = Math.min(numberIn(schema, "minProperties") ?? 0, MOST_NODES);
  for (let index = 1; Object.keys(made).length < least && index <= least; index++)
    made[`item${index}`] = valueFor(schema.additionalProperties, writer, depth + 1);
  return made;
}

function composeArray(schema: Schema, writer: Writer, depth: number): readonly unknown[] {
  const first = listIn(schema, "prefixItems");
  const least = numberIn(schema, "minItems") ?? 0;
  const most = numberIn(schema, "maxItems") ?? Math.max(least, ITEMS);
  const further = schema.items === false ? 0 : Number.POSITIVE_INFINITY;
  const wanted = depth > FULL_LEVELS ? least : Math.max(least, Math.min(ITEMS, most));
  const count = Math.min(Math.max(wanted, Math.min(first.length, most)), first.length + further, MOST_NODES);
  const distinct = schema.uniqueItems === true;
  const seen = new Set<string>();
  const items: unknown[] = [];
  for (let tries = 0; items.length < count && tries < count * 8 && writer.nodes < MOST_NODES; tries++) {
    const index = items.length;
    const own =
      index < first.length
        ? first[index]
        : index === first.length && "contains" in schema
          ? schema.contains
          : schema.items;
    const value = valueFor(own, writer, depth + 1);
    if (distinct) {
      const text = JSON.stringify(value);
      if (seen.has(text)) continue;
      seen.add(text);
    }
    items.push(value);
  }
  return items;
}

/** A multiple of the step within the bounds; steps are made finer where the bounds lie closer than one. */
function composeNumber(schema: Schema, writer: Writer, given: number): number {
  const multiple = numberIn(schema, "multipleOf");
  const whole = given === 1;
  let step = whole && multiple !== undefined && multiple % 1 === 0 ? multiple : given;
  const minimum = numberIn(schema, "minimum") ?? Number.NEGATIVE_INFINITY;
  const above = numberIn(schema, "exclusiveMinimum") ?? Number.NEGATIVE_INFINITY;
  const maximum = numberIn(schema, "maximum") ?? Number.POSITIVE_INFINITY;
  const below = numberIn(schema, "exclusiveMaximum") ?? Number.POSITIVE_INFINITY;
  const floor = Math.max(minimum, above);
  const ceiling = Math.min(maximum, below);
  const low = Number.isFinite(floor) ? floor : Number.isFinite(ceiling) ? ceiling - 100 : 0;
  const high = Number.isFinite(ceiling) ? ceiling : low + 100;
  if (!whole && multiple === undefined) while (step > 1e-12 && high - low < step * 4) step /= 10;
  let first = Math.ceil(low / step);
  let last = Math.floor(high / step);
  if (first * step <= above) first++;
  if (last * step >= below) last--;
  if (last < first) return low;
  const index = first + (writer.random.uint32() % Math.min(2 ** 32, last - first + 1));
  return tidy(index * step, step);
}

/** Without the noise of binary fractions where the step is a decimal one. */
function tidy(value: number, step: number): number {
  if (Number.isInteger(step)) return value;
  const digits = Math.min(15, Math.max(0, Math.ceil(-Math.log10(step)) + 2));
  return Number(value.toFixed(digits));
}
