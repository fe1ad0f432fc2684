import { EXIT, type Fault, formatDuration, PlimsollError } from "../../base/index.ts";
import type { TraceSource } from "../parser.ts";
import { fingerprint, readTrace } from "../read.ts";
import type { TraceFormat, TraceRow } from "../types.ts";
import { Growing } from "./growing.ts";

/** Requests of one replay; a longer one is cut. */
const MOST_ROWS = 10_000_000;
/** Block ids of one replay, 8 bytes each. */
const MOST_BLOCKS = 60_000_000;

/** What of a trace is replayed: ms from its first request on. */
export interface TablePart {
  readonly from: number;
  /** Absent: to the trace's end. */
  readonly for?: number;
  /** Rows of one conversation as turns of one session; absent: as the format has it. */
  readonly linked?: boolean;
}

/** The requests of a part of a trace, in order of time, in columns. */
export interface TraceTable {
  readonly format: TraceFormat;
  readonly rows: number;
  /** ms that the part lasts; without an end of its own the trace lasts a mean gap longer than to its last request. */
  readonly length: number;
  /** ms from the part's beginning. */
  readonly at: Float64Array;
  readonly input: Float64Array;
  readonly output: Float64Array;
  /** The next request of the same conversation; -1 where there is none. Absent where every row is a session. */
  readonly next: Float64Array | undefined;
  /** Rows that begin a session. */
  readonly roots: Float64Array;
  /** Codes of `names`; -1 where a row names none. Absent where no row does. */
  readonly tenant: Float64Array | undefined;
  readonly region: Float64Array | undefined;
  readonly names: readonly string[];
  readonly images: number;
  /** Where each row's blocks begin, and one entry more. Absent where no row has any. */
  readonly blocksFrom: Float64Array | undefined;
  readonly blocks: Float64Array;
}

const KEPT = 4;
const kept = new Map<string, TraceTable>();

/** Reads a part of a trace; throws a PlimsollError (exit code 104) with every fault of it. The last few parts that were read are kept. */
export function traceTable(source: TraceSource, part: TablePart): TraceTable {
  const mark = fingerprint(source.file);
  const key = mark === undefined ? undefined : JSON.stringify([source, part, mark]);
  const known = key === undefined ? undefined : kept.get(key);
  if (known !== undefined) return known;
  const table = read(source, part);
  if (key !== undefined) {
    const [oldest] = kept.keys();
    if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(key, table);
  }
  return table;
}

function read(source: TraceSource, part: TablePart): TraceTable {
  const building = new Building(part);
  const facts = readTrace(source, (row, format) => building.add(row, format));
  const { format, faults } = facts;
  if (faults.length > 0) throw new PlimsollError(faults, EXIT.planInvalid);
  const wrong = building.fault(source.file);
  if (wrong !== undefined || format === undefined) {
    throw new PlimsollError(wrong ?? nothing(source.file), EXIT.planInvalid);
  }
  return building.table(format);
}

function nothing(file: string): Fault {
  return { code: "TRACE_EMPTY", message: `${file} holds no request`, file, hint: "Name another file." };
}

class Building {
  readonly #part: TablePart;
  readonly #at = new Growing();
  readonly #input = new Growing();
  readonly #output = new Growing();
  readonly #next = new Growing();
  readonly #roots = new Growing();
  readonly #tenant = new Growing();
  readonly #region = new Growing();
  readonly #blocksFrom = new Growing();
  readonly #blocks = new Growing();
  readonly #codes = new Map<string, number>();
  readonly #lastOf = new Map<string, number>();
  #zero = Number.NaN;
  #all = 0;
  #last = 0;
  #images = 0;
  #isLinked = false;
  #tooMuch: string | undefined;

  constructor(part: TablePart) {
    this.#part = part;
  }

  add(row: TraceRow, format: TraceFormat): boolean {
    if (this.#all === 0) this.#zero = row.at;
    const at = row.at - this.#zero;
    const { from, linked } = this.#part;
    const end = this.#part.for === undefined ? Number.POSITIVE_INFINITY : from + this.#part.for;
    this.#all++;
    this.#last = at;
    if (at >= end) return false;
    if (at < from) return true;
    if (this.#at.length >= MOST_ROWS) this.#tooMuch = `more than ${MOST_ROWS.toLocaleString("en-US")} requests`;
    if (this.#blocks.length >= MOST_BLOCKS)
      this.#tooMuch = `more than ${MOST_BLOCKS.toLocaleString("en-US")} block ids`;
    if (this.#tooMuch !== undefined) return false;
    this.#isLinked = linked ?? format.linked;
    this.#push(row, at - from);
    return true;
  }

  #push(row: TraceRow, at: number): void {
    const index = this.#at.length;
    this.#at.push(at);
    this.#input.push(row.input);
    this.#output.push(row.output);
    this.#next.push(-1);
    this.#tenant.push(this.#code(row.tenant));
    this.#region.push(this.#code(row.region));
    this.#images += row.images ?? 0;
    this.#blocksFrom.push(this.#blocks.length);
    for (const block of row.blocks ?? []) this.#blocks.push(block);
    const before = this.#isLinked && row.session !== undefined ? this.#lastOf.get(row.session) : undefined;
    if (before === undefined) this.#roots.push(index);
    else this.#next.set(before, index);
    if (this.#isLinked && row.session !== undefined) this.#lastOf.set(row.session, index);
  }

  #code(name: string | undefined): number {
    if (name === undefined) return -1;
    const known = this.#codes.get(name);
    if (known !== undefined) return known;
    this.#codes.set(name, this.#codes.size);
    return this.#codes.size - 1;
  }

  fault(file: string): Fault | undefined {
    const { from } = this.#part;
    if (this.#tooMuch !== undefined) {
      return {
        code: "TRACE_TOO_MUCH",
        message: `${file} has ${this.#tooMuch} to replay`,
        file,
        hint: "Replay a part: `from: 2h, for: 1h`.",
      };
    }
    if (this.#all === 0) return nothing(file);
    const length = formatDuration(Math.ceil(this.#last / 1000) * 1000);
    if (this.#at.length === 0) {
      return {
        code: "TRACE_CUT",
        message: `${file} has no request there: it lasts ${length}`,
        file,
        received: `from ${formatDuration(from)}`,
        hint: "Write an earlier `from`, or a longer `for`.",
      };
    }
    const end = from + (this.#part.for ?? 0);
    if (this.#part.for === undefined || end <= this.#whole() + 1000) return undefined;
    return {
      code: "TRACE_CUT",
      message: `${file} ends before the part to replay does: it lasts ${length}`,
      file,
      received: formatDuration(end),
      hint: "Write a shorter `for`, or `loop: 2`.",
    };
  }

  table(format: TraceFormat): TraceTable {
    const rows = this.#at.length;
    const hasTenants = this.#tenant.array().some((code) => code >= 0);
    const hasRegions = this.#region.array().some((code) => code >= 0);
    const hasBlocks = this.#blocks.length > 0;
    this.#blocksFrom.push(this.#blocks.length);
    return {
      format,
      rows,
      length: this.#part.for ?? Math.ceil(this.#whole()) - this.#part.from,
      at: this.#at.array(),
      input: this.#input.array(),
      output: this.#output.array(),
      next: this.#roots.length === rows ? undefined : this.#next.array(),
      roots: this.#roots.array(),
      tenant: hasTenants ? this.#tenant.array() : undefined,
      region: hasRegions ? this.#region.array() : undefined,
      names: [...this.#codes.keys()],
      images: this.#images,
      blocksFrom: hasBlocks ? this.#blocksFrom.array() : undefined,
      blocks: this.#blocks.array(),
    };
  }

  /** ms of the whole trace as far as it was read: one mean gap more than from the first request to the last, and at least a second. */
  #whole(): number {
    return this.#all < 2 ? 1000 : Math.max(1000, (this.#last * this.#all) / (this.#all - 1));
  }
}
