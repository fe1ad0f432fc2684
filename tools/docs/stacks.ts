import { stackJsonSchema } from "../../src/twin/index.ts";
import { page, table } from "./table.ts";

/** As much of a JSON Schema as the page shows. */
interface Shape {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly additionalProperties?: Shape | boolean;
  readonly propertyNames?: Shape;
}

const MOST_EXAMPLES = 3;

/** docs/STACKS.md */
export function stacksPage(): string {
  const schema: Shape = stackJsonSchema();
  const { parts, $schema: _, ...frame } = schema.properties ?? {};
  const kinds = typeof parts?.additionalProperties === "object" ? choices(parts.additionalProperties) : [];
  return page("the schemas of src/twin/stack", [
    "# Stacks",
    [
      "A stack is a model of what serves an AI application: named parts that name each other. [examples/stacks](../examples/stacks) holds some to start from;",
      "`plimsoll schema stack` prints the JSON Schema, for editors. Times carry their unit (`250ms`, `30s`, `5m`), and `${VARIABLES}` stand as in plans. The faults of a file are told together,",
      "each with its place: unknown names, circles of parts, and parts that no request reaches, too. What fields mean together, such as an autoscaler's `min` and `max`,",
      "is judged once each of them is right by itself.",
    ].join("\n"),
    "```yaml\nname: chat\nentry: gateway\nparts:\n  gateway: { kind: gateway, to: llm, timeout: 60s }\n  llm: { kind: pool, preset: llama-3-8b-a100, replicas: 2, balancer: least-outstanding }\n```",
    table(["field", "is", "meaning"], fields({ properties: frame })),
    ...kinds.flatMap(kindBlocks),
  ]);
}

function kindBlocks(kind: Shape): string[] {
  const name = String(kind.properties?.["kind"]?.const);
  const { kind: _, ...rest } = kind.properties ?? {};
  return [
    `## ${name}`,
    kind.description ?? "",
    table(["field", "is", "meaning"], fields({ properties: rest, required: kind.required ?? [] })),
  ];
}

/** A row for each field, and for the fields inside it. */
function fields(shape: Shape, prefix = ""): string[][] {
  return Object.entries(shape.properties ?? {}).flatMap(([name, field]) => {
    if (field.const !== undefined) return [];
    const path = `${prefix}${name}`;
    const needed = shape.required?.includes(name) ? ", required" : "";
    return [[`\`${path}\``, `${kindOf(field)}${needed}`, meaningOf(field)], ...inside(field, path)];
  });
}

/** A time that varies is written in the same three ways everywhere: they are told with its type. */
const VARIES = "a time, `{ median, p99 }` or `{ mean }`";

function inside(field: Shape, path: string): string[][] {
  if (kindOf(field) === VARIES) return [];
  const entry = entryOf(field);
  if (entry !== undefined) return inside(entry.value, `${path}.${entry.key}`);
  const of = field.items ?? field;
  const prefix = `${path}${field.items ? "[]" : ""}.`;
  const several = choices(of).filter(({ properties }) => properties !== undefined);
  if (several.length < 2) return fields(several[0] ?? of, prefix);
  const common = commonFields(several);
  return [
    ...fields({ properties: common }, prefix),
    ...several.flatMap((choice) => {
      const own = Object.entries(choice.properties ?? {}).filter(([name]) => !Object.hasOwn(common, name));
      const rows = fields({ ...choice, properties: Object.fromEntries(own) }, prefix);
      return [[variantOf(own, choice, prefix), "a variant", choice.description ?? ""], ...rows];
    }),
  ];
}

/** Fields that mean the same in every variant: told once, before the variants. */
function commonFields(variants: readonly Shape[]): Readonly<Record<string, Shape>> {
  const [first, ...others] = variants;
  const same = (name: string, field: Shape): boolean =>
    others.every(({ properties }) => JSON.stringify(properties?.[name]) === JSON.stringify(field));
  return Object.fromEntries(
    Object.entries(first?.properties ?? {}).filter(([name, field]) => field.const === undefined && same(name, field)),
  );
}

/** A variant by the field whose value names it, else by the field that only it must have. */
function variantOf(own: readonly (readonly [string, Shape])[], choice: Shape, prefix: string): string {
  const tag = own.find(([, { const: value }]) => value !== undefined);
  if (tag !== undefined) return `**\`${prefix}${tag[0]}: ${String(tag[1].const)}\`**`;
  const needed = own.find(([name]) => choice.required?.includes(name));
  return `**\`${prefix}${needed?.[0] ?? own[0]?.[0] ?? ""}\` ...**`;
}

/** Of a mapping by names of one's own: what stands for a name, and what it holds. */
function entryOf({
  additionalProperties,
  propertyNames,
  properties,
}: Shape): { key: string; value: Shape } | undefined {
  if (properties !== undefined || typeof additionalProperties !== "object") return undefined;
  return { key: (propertyNames?.title ?? "name").toUpperCase(), value: additionalProperties };
}

function choices(shape: Shape): readonly Shape[] {
  return shape.anyOf ?? shape.oneOf ?? [];
}

function kindOf(field: Shape): string {
  const several = choices(field);
  if (several.some(({ properties }) => properties?.["p99"] !== undefined)) return VARIES;
  if (field.items !== undefined) return "a list";
  if (several.length > 0) return [...new Set(several.map(kindOf))].join(" or ");
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``;
  if (field.enum !== undefined) return field.enum.map((value) => `\`${String(value)}\``).join(", ");
  const entry = entryOf(field);
  if (entry !== undefined) return `\`{ ${entry.key}: ... }\`, each ${kindOf(entry.value)}`;
  if (field.properties !== undefined || field.type === "object") return "a mapping";
  if (field.examples?.includes("250ms")) return "a duration";
  if (field.examples !== undefined) {
    return `such as ${field.examples
      .slice(0, MOST_EXAMPLES)
      .map((value) => `\`${String(value)}\``)
      .join(", ")}`;
  }
  return WORDS[typeof field.type === "string" ? field.type : ""] ?? "any value";
}

const WORDS: Readonly<Record<string, string>> = {
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  string: "a text",
};

function meaningOf(field: Shape): string {
  return field.description ?? field.title ?? "";
}
