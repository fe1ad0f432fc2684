import { COLUMN_KINDS, COLUMNS } from "./columns.ts";

/** A column as it waits in memory (`staged`) and as it lies in Parquet (`select`, an expression over the staged row `s`). */
export interface TableColumn {
  readonly name: string;
  readonly staged: "DOUBLE" | "INTEGER" | "UBIGINT" | "DOUBLE[]";
  readonly stored: "DOUBLE" | "INTEGER" | "BIGINT" | "UBIGINT" | "VARCHAR" | "DOUBLE[]";
  readonly select: string;
  /** A dictionary code that is joined to its text. */
  readonly text: boolean;
  readonly meaning: string;
}

/** What one kind of segment file holds: the one definition for the recorder, the reader and the documentation. */
export interface TableEntry {
  readonly name: TableName;
  readonly title: string;
  /** Folder of the segments, and what their names begin with. */
  readonly folder: string;
  readonly prefix: string;
  readonly columns: readonly TableColumn[];
}

export type TableName = "samples" | "gaps" | "gap_logs" | "series";

const number = (name: string, meaning: string, staged: "DOUBLE" | "INTEGER" = "DOUBLE"): TableColumn => ({
  name,
  staged,
  stored: staged,
  select: `s."${name}"`,
  text: false,
  meaning,
});
const text = (name: string, meaning: string): TableColumn => ({
  name,
  staged: "INTEGER",
  stored: "VARCHAR",
  select: `s."${name}"`,
  text: true,
  meaning,
});

const entries: readonly TableEntry[] = [
  {
    name: "samples",
    title: "one row per attempt",
    folder: "samples",
    prefix: "",
    columns: COLUMNS.map((column): TableColumn => {
      const kind = COLUMN_KINDS[column.kind];
      return {
        name: column.name,
        staged: kind.staged,
        stored: kind.stored,
        select: column.kind === "text" ? `s."${column.name}"` : `nullif(s."${column.name}", ${kind.absent})`,
        text: column.kind === "text",
        meaning: column.meaning,
      };
    }),
  },
  {
    name: "gaps",
    title:
      "gaps between content events, as histograms: one row per second, stage, persona and bucket that is not empty",
    folder: "gaps",
    prefix: "",
    columns: [
      number("second", "second of the run in which the later event came", "INTEGER"),
      text("stage", "name of the stage"),
      text("persona", "name of the persona"),
      number("bucketLow", "shortest gap of the bucket, ms"),
      number("bucketHigh", "the bucket ends before this, ms"),
      number("count", "gaps in the bucket; several rows of one bucket add up", "INTEGER"),
    ],
  },
  {
    name: "gap_logs",
    title: "every gap of the attempts whose gaps were kept in full",
    folder: "gaps",
    prefix: "full-",
    columns: [
      number("session", "number of the session"),
      number("turn", "question of the session, from 0", "INTEGER"),
      number("attempt", "request for that question, from 0", "INTEGER"),
      {
        name: "gaps",
        staged: "DOUBLE[]",
        stored: "DOUBLE[]",
        select: `s."gaps"`,
        text: false,
        meaning: "gaps in order, ms",
      },
    ],
  },
  {
    name: "series",
    title: "everything counted or scraped over time",
    folder: "series",
    prefix: "",
    columns: [
      number("time", "ms from the run's start"),
      text("name", "name of the series"),
      text("labels", 'labels as `{key="value"}`, sorted by key; empty for none'),
      number("value", "in the unit of the series"),
    ],
  },
];

export const TABLES: readonly TableEntry[] = entries;

export function createStagingSql(entry: TableEntry, table: string): string {
  const columns = entry.columns.map((column) => `"${column.name}" ${column.staged}`).join(", ");
  return `CREATE OR REPLACE TABLE ${table} (${columns})`;
}

/** Staged rows as they go into Parquet: codes turned into texts by `dictionary(code, text)`, absent values into NULL. */
export function storedSql(entry: TableEntry, table: string): string {
  const columns = entry.columns.map((column, i) => `${column.text ? `d${i}.text` : column.select} AS "${column.name}"`);
  const joins = entry.columns.flatMap((column, i) =>
    column.text ? [`JOIN dictionary d${i} ON s."${column.name}" = d${i}.code`] : [],
  );
  return `SELECT ${columns.join(", ")} FROM ${table} s ${joins.join(" ")}`;
}
