import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { METRICS, OUTCOMES } from "../base/index.ts";
import { EVENTS_FILE } from "./event-log.ts";
import { pathIn, readSegments } from "./segments.ts";
import { TABLES } from "./tables.ts";

/** A table of `plimsoll query`, as its help tells it. */
export interface TableDescription {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly ColumnDescription[];
}

export interface ColumnDescription {
  readonly name: string;
  /** DuckDB's type. */
  readonly type: string;
  readonly meaning: string;
}

const column = (name: string, type: string, meaning: string): ColumnDescription => ({ name, type, meaning });

/** Names of the columns that a Parquet file holds. */
export type ColumnsIn = (file: string) => Promise<ReadonlySet<string>>;

interface View extends TableDescription {
  /** What a run folder holds of it, as a SELECT; undefined when it holds nothing. */
  readonly source: (folder: string, columnsIn: ColumnsIn) => Promise<string | undefined>;
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const list = (paths: readonly string[]): string => `[${paths.map(quote).join(", ")}]`;

async function filesOf(folder: string, fits: (name: string) => boolean): Promise<readonly string[]> {
  try {
    return (await readdir(folder))
      .filter(fits)
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/** A line that a killed run left half written is no line yet. */
function jsonLines(
  paths: readonly string[],
  columns: readonly ColumnDescription[],
  fieldOf: Readonly<Record<string, string>> = {},
): string | undefined {
  if (paths.length === 0) return undefined;
  const fields = columns.map(({ name, type }) => ({ name, type, field: fieldOf[name] ?? name }));
  const types = fields.map(({ field, type }) => `${quote(field)}: ${quote(type)}`).join(", ");
  const first = fields[0]?.field ?? "";
  const selected = fields.map(({ name, field }) => `"${field}" AS "${name}"`).join(", ");
  return `SELECT ${selected} FROM read_json(${list(paths)}, format = 'newline_delimited', ignore_errors = true, maximum_object_size = 67108864, columns = {${types}}) WHERE "${first}" IS NOT NULL`;
}

interface DerivedColumn extends ColumnDescription {
  readonly sql: string;
}

const outcomesWhere = (fits: (entry: (typeof OUTCOMES)[number]) => boolean): string =>
  `coalesce(outcome IN (${OUTCOMES.filter(fits)
    .map(({ name }) => quote(name))
    .join(", ")}), false)`;

/** What is asked for most, by the definitions of METRICS.md; computed when asked, in no file. */
const DERIVED: Readonly<Record<string, readonly DerivedColumn[]>> = {
  samples: [
    ...METRICS.flatMap(({ name, sql, formula }): DerivedColumn[] =>
      sql === undefined || name === "stall"
        ? []
        : [{ name, type: "DOUBLE", meaning: `${formula}, ms; of every attempt`, sql }],
    ),
    {
      name: "isAnswer",
      type: "BOOLEAN",
      meaning: "the outcome is an answer (METRICS.md)",
      sql: outcomesWhere((entry) => entry.answered),
    },
    {
      name: "isError",
      type: "BOOLEAN",
      meaning: "the outcome counts in errors.rate (METRICS.md)",
      sql: outcomesWhere((entry) => entry.error),
    },
  ],
};

const segmented = TABLES.map(
  (entry): View => ({
    name: entry.name,
    title: entry.title,
    columns: [
      ...entry.columns.map(({ name, stored, meaning }) => ({ name, type: stored, meaning })),
      ...(DERIVED[entry.name] ?? []).map(({ name, type, meaning }) => column(name, type, meaning)),
    ],
    source: async (root, columnsIn) => {
      const folder = join(root, entry.folder);
      const files = (await readSegments(folder, entry.prefix)).map((segment) => pathIn(folder, segment));
      const [first] = files;
      if (first === undefined) return undefined;
      const derived = (DERIVED[entry.name] ?? []).map(({ name, sql }) => `, ${sql} AS "${name}"`).join("");
      // A folder of an earlier version lacks the columns that came later: they are unknown there, not a fault.
      const held = await columnsIn(first);
      const lacking = entry.columns
        .filter(({ name }) => !held.has(name))
        .map(({ name, stored }) => `, NULL::${stored} AS "${name}"`)
        .join("");
      return `SELECT *${derived} FROM (SELECT *${lacking} FROM read_parquet(${list(files)}))`;
    },
  }),
);

/** `at` is a keyword of DuckDB's SQL, so the tables say `time`. */
const EVENT_FIELDS = { time: "at" };

const eventColumns = [
  column("time", "DOUBLE", "ms from the run's start; `at` in the file"),
  column(
    "kind",
    "VARCHAR",
    "`run`, `stage`, `stack` (of a simulated one), `observe` (of an observed server), `fault`, `guard`, `warning`, `budget`, `interrupt` or `end`",
  ),
  column("name", "VARCHAR", "of the stage, the fault, the warning's code, ..."),
  column("detail", "JSON", "more, as the kind needs it"),
];

const textColumns = [
  column("session", "DOUBLE", "number of the session"),
  column("turn", "INTEGER", "question of the session, from 0"),
  column("attempt", "INTEGER", "request for that question, from 0"),
  column("prompt", "VARCHAR", "what was asked, redacted"),
  column("answer", "VARCHAR", "what came back, redacted"),
];

/** Every table of a run folder, for the reader and for its help. */
export const VIEWS: readonly View[] = [
  ...segmented,
  {
    name: "events",
    title: "what happened in the run, in order",
    columns: eventColumns,
    source: async (root) => jsonLines(await filesOf(root, (name) => name === EVENTS_FILE), eventColumns, EVENT_FIELDS),
  },
  {
    name: "texts",
    title: "prompts and answers of the attempts whose texts were kept",
    columns: textColumns,
    source: async (root) =>
      jsonLines(await filesOf(join(root, "texts"), (name) => name.endsWith(".jsonl")), textColumns),
  },
  {
    name: "spans",
    title: "spans that the application sent; empty where none were received",
    columns: [
      column("traceId", "UBIGINT", "low 64 bits of the trace id; joins samples.traceId"),
      column("spanId", "UBIGINT", "id of the span"),
      column("parentId", "UBIGINT", "id of its parent; NULL for a root"),
      column("name", "VARCHAR", "as the application named it"),
      column("component", "VARCHAR", "service that sent it"),
      column("startAt", "DOUBLE", "ms from the run's start"),
      column("endAt", "DOUBLE", "ms from the run's start"),
      column("attributes", "JSON", "of the span"),
    ],
    source: async (root) => {
      const files = await filesOf(join(root, "spans"), (name) => name.endsWith(".parquet"));
      return files.length === 0 ? undefined : `SELECT * FROM read_parquet(${list(files)})`;
    },
  },
];

/** The tables that a query can use. */
export function describeTables(): readonly TableDescription[] {
  return VIEWS.map(({ name, title, columns }) => ({ name, title, columns }));
}

/** Statements that make every table of a folder, empty where the folder holds nothing of it. */
export async function viewStatements(folder: string, columnsIn: ColumnsIn): Promise<readonly string[]> {
  const statements: string[] = [];
  for (const view of VIEWS) {
    const columns = view.columns.map(({ name, type }) => `"${name}" ${type}`).join(", ");
    const source = await view.source(folder, columnsIn);
    statements.push(source ? `CREATE VIEW ${view.name} AS ${source}` : `CREATE TABLE ${view.name} (${columns})`);
  }
  return statements;
}
