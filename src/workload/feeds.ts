import { EXIT, PlimsollError } from "../base/index.ts";
import type { FeedPlan } from "../plan/index.ts";
import { parseCsv } from "./csv.ts";
import type { Files } from "./files.ts";
import { orderOf, type Position } from "./order.ts";
import { parquetLines } from "./prompts/parquet.ts";
import { type Reading, recordFile } from "./records/record-file.ts";
import { CsvSplitter, lineSplitter } from "./records/splitters.ts";
import { decoded, holdsText } from "./records/text.ts";

type Row = ReadonlyMap<string, string>;

/** A table of which each session has a row of its own. */
export interface Feed {
  readonly name: string;
  readonly columns: readonly string[];
  /** Throws a PlimsollError (exit code 104) where rows may be used once, and all have been. */
  row(at: Position): Row;
}

/** A list of which each item may be drawn once in a run. */
export interface Once {
  /** Its place in the plan. */
  readonly path: string;
  readonly what: string;
  readonly size: number;
}

/** Reads the plan's feeds; faults go to `files`, lists that may run out to `once`. */
export function loadFeeds(
  feeds: readonly FeedPlan[],
  seed: number,
  files: Files,
  once: Once[],
): ReadonlyMap<string, Feed> {
  const loaded = new Map<string, Feed>();
  for (const [i, feed] of feeds.entries()) {
    const path = `workload.feeds[${i}]`;
    const reading = READINGS[feed.format]();
    const file = feed.format === "parquet" ? parquetLines(feed.file, files, `${path}.file`) : feed.file;
    const rows = file === undefined ? undefined : recordFile(file, `${path}.file`, files, () => reading, feed.file);
    if (rows === undefined) continue;
    const columns = reading.columns ?? [...(rows.at(0)?.keys() ?? [])];
    const order = orderOf(feed.order, rows.size, seed, `feed:${feed.name}`);
    if (feed.order === "unique") once.push({ path, what: `the feed ${feed.name}`, size: rows.size });
    loaded.set(feed.name, {
      name: feed.name,
      columns,
      row: (at) => rows.at(order(at)) ?? usedUp(`the feed ${feed.name}`, rows.size, path),
    });
  }
  return loaded;
}

/** A list whose items may be drawn once has none left. */
export function usedUp(what: string, size: number, path: string): never {
  throw new PlimsollError(
    {
      code: "WORKLOAD_USED_UP",
      message: `${what} has ${size} entries, each to be used once, and all are used`,
      path,
      hint: "Give it more entries, shorten the run, or write `order: shuffled`.",
    },
    EXIT.planInvalid,
  );
}

type RowReading = Reading<Row> & { readonly columns: readonly string[] | undefined };

const READINGS: { readonly [F in FeedPlan["format"]]: () => RowReading } = {
  csv: csvRows,
  jsonl: jsonRows,
  parquet: jsonRows,
};

function csvRows(): RowReading {
  let columns: readonly string[] | undefined;
  return {
    get columns() {
      return columns;
    },
    splitter: new CsvSplitter(),
    holds: (bytes) => bytes.length > 0,
    header: (bytes) => {
      const text = decoded(bytes);
      columns = typeof text === "string" ? (parseCsv(text).rows[0]?.cells ?? []).map((name) => name.trim()) : [];
      return true;
    },
    parse: (bytes) => {
      const text = decoded(bytes);
      if (typeof text !== "string") return text;
      const cells = parseCsv(text).rows[0]?.cells ?? [];
      return new Map((columns ?? []).map((name, i) => [name, cells[i] ?? ""]));
    },
  };
}

function jsonRows(): RowReading {
  return {
    columns: undefined,
    splitter: lineSplitter(),
    holds: holdsText,
    parse: (bytes) => {
      const text = decoded(bytes);
      if (typeof text !== "string") return text;
      const value = parsed(text);
      if (typeof value !== "object" || value === null || Array.isArray(value))
        return {
          code: "WORKLOAD_JSON_INVALID",
          message: "not a JSON object",
          received: text.slice(0, 80),
          hint: "Write one JSON object a line, the same fields in each.",
        };
      return new Map(
        Object.entries(value).map(([name, held]) => [name, typeof held === "string" ? held : JSON.stringify(held)]),
      );
    },
  };
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
