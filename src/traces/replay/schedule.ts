import { randomStream } from "../../base/index.ts";
import type { TraceSource } from "../parser.ts";
import { type RateStatistics, Rates } from "../statistics/rates.ts";
import { Growing } from "./growing.ts";
import { type TablePart, type TraceTable, traceTable } from "./table.ts";
import { type Thinned, thin } from "./thin.ts";

/** How a part of a trace is replayed. */
export interface ReplaySettings extends TablePart {
  readonly source: TraceSource;
  /** Times are divided by it. */
  readonly speed: number;
  /** Requests are multiplied by it, times left as they are. */
  readonly rate: number;
  /** How often the part is replayed, one after the other. */
  readonly loop: number;
}

/** Shifted copies are this far apart (ms of the trace), or as far as the part's length allows. */
const SHIFT = 10 * 60_000;

/** Every start of a replay. */
export interface Schedule {
  readonly table: TraceTable;
  /** ms of the run that one loop lasts. */
  readonly period: number;
  readonly loop: number;
  readonly speed: number;
  /** ms of the run from the loop's beginning, ascending. */
  readonly at: Float64Array;
  /** Row that begins the session. */
  readonly row: Float64Array;
  /** Which copy of the trace it belongs to; copies share no content. */
  readonly copy: Uint8Array;
  readonly copies: number;
  /** ms of the trace by which each copy is shifted against the one before. */
  readonly shift: number;
  /** How the last copy was thinned. */
  readonly thinned: (Thinned & { readonly share: number }) | undefined;
}

/** One start of a schedule. */
export interface Start {
  /** ms of the run from the stage's beginning. */
  readonly at: number;
  readonly row: number;
  readonly copy: number;
  readonly loop: number;
}

/**
 * The starts of a replay, the same for the same trace, settings and seed. A rate above 1 lays copies of the trace over each other, each shifted by up to
 * ten minutes and turned round at the part's end: independent copies add up variances as they add up means, so the index of dispersion stays. What
 * is left of a rate thins the last copy, see thin.ts. Throws a PlimsollError (exit code 104) with every fault of the trace.
 */
export function schedule(settings: ReplaySettings, seed: number): Schedule {
  const { source, speed, rate, loop, ...part } = settings;
  const table = traceTable(source, part);
  const starts = Float64Array.from(table.roots, (row) => table.at[row] ?? 0);
  const copies = Math.ceil(rate);
  const share = rate - (copies - 1);
  const shift = copies > 1 ? Math.min(table.length / copies, SHIFT) : 0;
  const thinned = share < 1 ? { ...thin(starts, share, () => randomStream(seed, "replay", "thin")), share } : undefined;
  const at = new Growing();
  const row = new Growing();
  const copyOf = new Growing();
  for (let copy = 0; copy < copies; copy++) {
    const kept = copy === copies - 1 ? thinned?.kept : undefined;
    for (let i = 0; i < starts.length; i++) {
      if (kept !== undefined && kept[i] !== 1) continue;
      at.push((((starts[i] ?? 0) + copy * shift) % table.length) / speed);
      row.push(table.roots[i] ?? 0);
      copyOf.push(copy);
    }
  }
  return {
    table,
    period: table.length / speed,
    loop,
    speed,
    ...inOrder(at.array(), row.array(), Uint8Array.from(copyOf.array()), copies),
    copies,
    shift,
    thinned,
  };
}

/** Starts in order of time; equal times in the order of their copies and rows. */
function inOrder(
  at: Float64Array,
  row: Float64Array,
  copy: Uint8Array,
  copies: number,
): Pick<Schedule, "at" | "row" | "copy"> {
  if (copies === 1) return { at, row, copy };
  const order = Uint32Array.from(at, (_, i) => i).sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0) || a - b);
  return {
    at: Float64Array.from(order, (i) => at[i] ?? 0),
    row: Float64Array.from(order, (i) => row[i] ?? 0),
    copy: Uint8Array.from(order, (i) => copy[i] ?? 0),
  };
}

/** Sessions that a schedule starts. */
export function startsOf({ at, loop }: Schedule): number {
  return at.length * loop;
}

/** The k-th start, in order of time; k from 0. */
export function startAt({ at, row, copy, period }: Schedule, k: number): Start {
  const loop = Math.floor(k / at.length);
  const i = k - loop * at.length;
  return { at: loop * period + (at[i] ?? 0), row: row[i] ?? 0, copy: copy[i] ?? 0, loop };
}

/** Starts a second, in bins of the given number over the whole replay; a bin's count is exact. */
export function startsBySteps(made: Schedule, steps: number): { readonly every: number; readonly values: number[] } {
  const every = (made.period * made.loop) / steps;
  const values = new Array<number>(steps).fill(0);
  const count = startsOf(made);
  for (let k = 0; k < count; k++) {
    const bin = Math.min(steps - 1, Math.floor(startAt(made, k).at / every));
    values[bin] = (values[bin] ?? 0) + 1000 / every;
  }
  return { every, values };
}

/** How the starts of a schedule come, on the trace's own clock; and how those of the trace itself do. */
export function burstiness(made: Schedule): { readonly trace?: RateStatistics; readonly replay?: RateStatistics } {
  const [trace, replay] = [new Rates(), new Rates()];
  for (const row of made.table.roots) trace.add(made.table.at[row] ?? 0);
  for (const at of made.at) replay.add(at * made.speed);
  const [before, after] = [trace.result(), replay.result()];
  return { ...(before === undefined ? {} : { trace: before }), ...(after === undefined ? {} : { replay: after }) };
}
