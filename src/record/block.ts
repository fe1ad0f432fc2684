import { COLUMNS, type ColumnArrays, clearColumnArrays, createColumnArrays, sliceColumnArrays } from "./columns.ts";
import { Dictionary } from "./dictionary.ts";
import type { KeptText, WorkerToRecorder } from "./messages.ts";

export type SamplesMessage = Extract<WorkerToRecorder, { kind: "samples" }>;

/** Rows of a block unless told otherwise: DuckDB's vector size, so that a full block is one chunk. */
export const BLOCK_ROWS = 2048;

/**
 * The worker's side of the record: rows in columns, filled in place and handed over whole. A row is claimed, written through
 * `columns`, and never read back.
 */
export class SampleBlock {
  readonly dictionary = new Dictionary();
  readonly #worker: number;
  readonly #capacity: number;
  #columns: ColumnArrays;
  #rows = 0;
  #texts: KeptText[] = [];
  #gapLogs: { row: number; gaps: Float64Array<ArrayBuffer> }[] = [];

  constructor(worker: number, capacity = BLOCK_ROWS) {
    this.#worker = worker;
    this.#capacity = capacity;
    this.#columns = createColumnArrays(capacity);
  }

  get columns(): ColumnArrays {
    return this.#columns;
  }
  get rows(): number {
    return this.#rows;
  }
  get full(): boolean {
    return this.#rows === this.#capacity;
  }

  /** Claims a row with every column absent, but for `worker`. Throws RangeError when the block is full: take it first. */
  row(): number {
    if (this.#rows === this.#capacity) throw new RangeError("the block is full");
    const row = this.#rows++;
    this.#columns.worker[row] = this.#worker;
    return row;
  }

  /** Keeps, or has counted, the texts of a row of this block. */
  text(text: KeptText): void {
    this.#texts.push(text);
  }

  /** Keeps every gap (ms) of a row of this block. */
  gapLog(row: number, gaps: readonly number[]): void {
    this.#gapLogs.push({ row, gaps: Float64Array.from(gaps) });
  }

  /**
   * The filled rows as a message, with the buffers to transfer; the block is empty afterwards. A full block hands over its arrays and
   * gets fresh ones; a part of one is copied out, so that a run of few rows does not make megabytes of arrays a second.
   */
  take(): { readonly message: SamplesMessage; readonly transfer: ArrayBuffer[] } {
    const { first, texts } = this.dictionary.takeNew();
    const whole = this.#rows > this.#capacity / 2;
    const columns = whole ? this.#columns : sliceColumnArrays(this.#columns, this.#rows);
    const message: SamplesMessage = {
      kind: "samples",
      worker: this.#worker,
      rows: this.#rows,
      columns,
      firstNewCode: first,
      newTexts: texts,
      texts: this.#texts,
      gapLogs: this.#gapLogs,
    };
    const transfer = [
      ...COLUMNS.map((column) => columns[column.name].buffer),
      ...this.#gapLogs.map((log) => log.gaps.buffer),
    ];
    if (whole) this.#columns = createColumnArrays(this.#capacity);
    else clearColumnArrays(this.#columns, this.#rows);
    this.#rows = 0;
    this.#texts = [];
    this.#gapLogs = [];
    return { message, transfer };
  }
}
