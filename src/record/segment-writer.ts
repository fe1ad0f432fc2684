import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { execute, sqlText } from "./database.ts";
import { mergeable, pathIn, publish, type SizedSegment, segmentName } from "./segments.ts";
import { storedSql, type TableEntry } from "./tables.ts";

const FORMAT = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 65536, USE_TMP_FILE false";

/** Writes the segments of one table, and merges them as they grow many. One call at a time. */
export class SegmentWriter {
  readonly #connection: DuckDBConnection;
  readonly #entry: TableEntry;
  readonly #folder: string;
  #segments: readonly SizedSegment[] = [];
  #next = 1;

  /** `root`: the run folder. `connection` is the writer's own. */
  constructor(connection: DuckDBConnection, entry: TableEntry, root: string) {
    this.#connection = connection;
    this.#entry = entry;
    this.#folder = join(root, entry.folder);
  }

  /** Makes a staged table the next segment: complete under its name, or not there at all. */
  async write(table: string, rows: number): Promise<void> {
    const number = this.#next;
    const file = segmentName(this.#entry.prefix, number, number);
    await this.#copy(storedSql(this.#entry, table), file);
    this.#next = number + 1;
    this.#segments = [...this.#segments, { file, first: number, last: number, rows }];
  }

  /** Merges one run of segments where there is one; readers see either the many or the one. */
  async compact(): Promise<boolean> {
    const run = mergeable(this.#segments);
    const first = run?.[0];
    const last = run?.at(-1);
    if (!run || !first || !last) return false;
    const file = segmentName(this.#entry.prefix, first.first, last.last);
    const sources = run.map((segment) => sqlText(pathIn(this.#folder, segment))).join(", ");
    await this.#copy(`SELECT * FROM read_parquet([${sources}])`, file);
    const rows = run.reduce((sum, segment) => sum + segment.rows, 0);
    const merged = { file, first: first.first, last: last.last, rows };
    this.#segments = [
      ...this.#segments.filter((segment) => segment.last < merged.first),
      merged,
      ...this.#segments.filter((segment) => segment.first > merged.last),
    ];
    for (const segment of run) await rm(pathIn(this.#folder, segment));
    return true;
  }

  async #copy(select: string, file: string): Promise<void> {
    const path = join(this.#folder, file);
    await execute(this.#connection, `COPY (${select}) TO ${sqlText(`${path}.tmp`)} (${FORMAT})`);
    await publish(path);
  }
}
