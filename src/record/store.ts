import type { DuckDBConnection } from "@duckdb/node-api";
import { openDatabase } from "./database.ts";
import type { Dictionary } from "./dictionary.ts";
import { SegmentWriter } from "./segment-writer.ts";
import { type StagedColumn, Staging } from "./staging.ts";
import { TABLES, type TableEntry, type TableName } from "./tables.ts";

interface Closed {
  readonly writer: SegmentWriter;
  readonly table: string;
  readonly rows: number;
}

interface Lane {
  readonly entry: TableEntry;
  readonly staging: Staging;
  readonly writer: SegmentWriter;
}

/**
 * The recorder's tables: rows are staged in memory, and segment by segment written to the run folder. Writing goes on beside
 * staging. After a failed write nothing more is staged, so that memory stays bounded; closing tries the failed segments once more.
 */
export class Store {
  readonly #connection: DuckDBConnection;
  readonly #lanes: ReadonlyMap<TableName, Lane>;
  readonly #dictionary: Dictionary;
  readonly #onFailure: (error: unknown) => void;
  #writing: Promise<void> = Promise.resolve();
  #busy = false;
  #failed: Closed[] = [];
  #broken = false;
  #lost = 0;

  private constructor(
    connection: DuckDBConnection,
    lanes: ReadonlyMap<TableName, Lane>,
    dictionary: Dictionary,
    onFailure: (error: unknown) => void,
  ) {
    this.#connection = connection;
    this.#lanes = lanes;
    this.#dictionary = dictionary;
    this.#onFailure = onFailure;
  }

  /** `onFailure` is called once, at the first write that fails. */
  static async open(folder: string, dictionary: Dictionary, onFailure: (error: unknown) => void): Promise<Store> {
    const database = await openDatabase({ threads: 1 });
    const connection = await database.connect();
    await connection.run("CREATE TABLE dictionary (code INTEGER, text VARCHAR)");
    await connection.run("INSERT INTO dictionary VALUES (-1, NULL)");
    const lanes = new Map<TableName, Lane>();
    const writing = await database.connect();
    for (const entry of TABLES) {
      const staging = new Staging(connection, entry);
      await staging.open();
      lanes.set(entry.name, { entry, staging, writer: new SegmentWriter(writing, entry, folder) });
    }
    return new Store(connection, lanes, dictionary, onFailure);
  }

  /** Whether a segment is being written. */
  get busy(): boolean {
    return this.#busy;
  }
  /** Rows that found no place after a failed write. */
  get lost(): number {
    return this.#lost;
  }

  staged(table: TableName): number {
    return this.#lane(table).staging.rows;
  }

  append(table: TableName, columns: readonly StagedColumn[], rows: number): void {
    if (this.#broken) {
      this.#lost += rows;
      return;
    }
    this.#lane(table).staging.append(columns, rows);
  }

  /** Closes the open segment of every table, and begins to write them. Waits for a write that still goes on. */
  async rotate(): Promise<void> {
    await this.#writing;
    if (this.#broken) return;
    const closed = await this.#closeAll();
    if (closed.length === 0) return;
    this.#busy = true;
    this.#writing = this.#write(closed).finally(() => {
      this.#busy = false;
    });
  }

  /** Writes all that is staged. The store takes nothing afterwards. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#teach();
    const left = [...this.#failed];
    for (const { staging, writer } of this.#lanes.values()) {
      // The other side may hold a segment whose writing failed: it is not reopened.
      const side = staging.finish();
      if (side) left.push({ writer, ...side });
    }
    this.#failed = [];
    for (const segment of left) {
      try {
        await segment.writer.write(segment.table, segment.rows);
      } catch (error) {
        this.#lost += segment.rows;
        this.#fail(error);
      }
    }
  }

  async #write(closed: readonly Closed[]): Promise<void> {
    for (const segment of closed) {
      try {
        await segment.writer.write(segment.table, segment.rows);
      } catch (error) {
        this.#failed.push(segment);
        this.#fail(error);
      }
    }
    if (this.#broken) return;
    try {
      for (const { writer } of this.#lanes.values()) await writer.compact();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (!this.#broken) this.#onFailure(error);
    this.#broken = true;
  }

  async #closeAll(): Promise<readonly Closed[]> {
    await this.#teach();
    const closed: Closed[] = [];
    for (const { staging, writer } of this.#lanes.values()) {
      const side = await staging.rotate();
      if (side) closed.push({ writer, ...side });
    }
    return closed;
  }

  /** Texts that the dictionary has learnt, as rows that the segments' texts are joined from. */
  async #teach(): Promise<void> {
    const { first, texts } = this.#dictionary.takeNew();
    if (texts.length === 0) return;
    const appender = await this.#connection.createAppender("dictionary");
    texts.forEach((text, i) => {
      appender.appendInteger(first + i);
      appender.appendVarchar(text);
      appender.endRow();
    });
    appender.closeSync();
  }

  #lane(table: TableName): Lane {
    const lane = this.#lanes.get(table);
    if (!lane) throw new RangeError(`no table ${table}`);
    return lane;
  }
}
