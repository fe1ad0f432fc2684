import { blocksIn, cellAt, type Field, jsonField, nameIn, timeIn, tokensIn } from "../fields.ts";
import type { Head, Problem, RowReader, TimeUnit, TraceRow } from "../types.ts";

/** Names of the columns that a format has, and what they hold. */
export interface Names {
  readonly time: string;
  readonly input: string;
  readonly output: string;
  readonly images?: string;
  readonly session?: string;
  readonly tenant?: string;
  readonly region?: string;
  readonly blocks?: string;
}

/** Names are compared without regard to case, spaces around them, and brackets. */
function plainName(name: string): string {
  return name
    .trim()
    .replace(/^\[(.*)\]$/, "$1")
    .toLowerCase();
}

export function hasColumns(head: Head, names: readonly string[]): boolean {
  if (head.kind === "json") return names.every((name) => Object.hasOwn(head.object, name));
  const there = new Set(head.cells.map(plainName));
  return names.every((name) => there.has(plainName(name)));
}

function fieldOf(head: Head, name: string): Field | undefined {
  if (head.kind === "json") return jsonField(name);
  const index = head.cells.map(plainName).indexOf(plainName(name));
  return index < 0 ? undefined : cellAt(index);
}

/** A reader of files whose lines hold one request each, under these names; optional names that the head does not have are left out. */
export function columnReader(
  head: Head,
  names: Names,
  unit: TimeUnit | undefined,
  required: readonly (keyof Names)[] = ["time", "input", "output"],
): RowReader | Problem {
  const fields: { -readonly [N in keyof Names]?: Field } = {};
  for (const [key, name] of Object.entries<string>({ ...names })) {
    const field = fieldOf(head, name);
    if (isName(key) && field !== undefined) fields[key] = field;
  }
  const missing = required.filter((key) => names[key] !== undefined && fields[key] === undefined);
  const { time, input, output } = fields;
  if (missing.length > 0 || time === undefined || input === undefined || output === undefined) {
    const cells = head.kind === "csv" ? head.cells : Object.keys(head.object);
    return {
      problem: `there is no column ${missing.map((key) => names[key]).join(", ")}`,
      received: cells.join(",").slice(0, 200),
      hint: `Name one of its columns: ${cells.slice(0, 20).join(", ")}.`,
    };
  }
  const { images, session, tenant, region, blocks } = fields;
  return (line): TraceRow | Problem => {
    const at = timeIn(time(line), names.time, unit);
    if (typeof at !== "number") return at;
    const asked = tokensIn(input(line), names.input);
    if (typeof asked !== "number") return asked;
    const answered = tokensIn(output(line), names.output);
    if (typeof answered !== "number") return answered;
    const row: { -readonly [K in keyof TraceRow]: TraceRow[K] } = { at, input: asked, output: answered };
    if (images !== undefined) {
      const count = tokensIn(images(line) ?? 0, names.images ?? "");
      if (typeof count !== "number") return count;
      row.images = count;
    }
    if (blocks !== undefined) {
      const ids = blocksIn(blocks(line), names.blocks ?? "");
      if ("problem" in ids) return ids;
      row.blocks = ids;
    }
    const [conversation, sender, place] = [session, tenant, region].map((field) => field && nameIn(field(line)));
    if (conversation !== undefined) row.session = conversation;
    if (sender !== undefined) row.tenant = sender;
    if (place !== undefined) row.region = place;
    return row;
  };
}

const KEYS: ReadonlySet<string> = new Set<keyof Names>([
  "time",
  "input",
  "output",
  "images",
  "session",
  "tenant",
  "region",
  "blocks",
]);

function isName(key: string): key is keyof Names {
  return KEYS.has(key);
}
