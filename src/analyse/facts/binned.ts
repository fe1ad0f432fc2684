import { type RunReader, sqlList } from "../../record/index.ts";
import { readLabels } from "../labels.ts";
import { type PointReader, readPoints } from "../points.ts";
import { type Bins, columnOf } from "./bins.ts";
import type { Column } from "./types.ts";

/** A series of the run in bins. */
export interface RawSeries {
  readonly name: string;
  /** Its labels as written, and read. */
  readonly text: string;
  readonly labels: Readonly<Record<string, string | undefined>>;
  readonly values: Column;
}

type Kind = "gauge" | "counter";

/** The series of these names by name and labels, each read as what it is; those without a single value are left out. */
export async function readBinned(
  run: RunReader,
  bins: Bins,
  names: Readonly<Record<Kind, readonly string[]>>,
): Promise<Readonly<Record<Kind, readonly RawSeries[]>>> {
  const all = [...new Set([...names.gauge, ...names.counter])];
  const read: Record<Kind, RawSeries[]> = { gauge: [], counter: [] };
  const readers = await readPoints(
    run,
    `name IN (${sqlList(all)})`,
    (name, text) => new Binned(bins, name, text, names),
  );
  for (const { name, text, gauge, counter } of readers) {
    const series = { name, text, labels: readLabels(text) };
    for (const [kind, values] of [
      ["gauge", gauge?.values()],
      ["counter", counter?.values()],
    ] as const) {
      if (values?.some((value) => !Number.isNaN(value)) === true) read[kind].push({ ...series, values });
    }
  }
  return read;
}

/** One series, read as a gauge, a counter or both. */
class Binned implements PointReader {
  readonly name: string;
  readonly text: string;
  readonly gauge: Gauge | undefined;
  readonly counter: Counter | undefined;

  constructor(bins: Bins, name: string, text: string, names: Readonly<Record<Kind, readonly string[]>>) {
    this.name = name;
    this.text = text;
    this.gauge = names.gauge.includes(name) ? new Gauge(bins) : undefined;
    this.counter = names.counter.includes(name) ? new Counter(bins) : undefined;
  }

  point(time: number, value: number): void {
    this.gauge?.point(time, value);
    this.counter?.point(time, value);
  }
}

/** The mean of a bin's looks; a bin without a look stays empty. */
class Gauge implements PointReader {
  readonly #bins: Bins;
  readonly #sums: Column;
  readonly #looks: Column;

  constructor(bins: Bins) {
    this.#bins = bins;
    this.#sums = columnOf(bins, 0);
    this.#looks = columnOf(bins, 0);
  }

  point(time: number, value: number): void {
    const bin = Math.min(this.#bins.count - 1, Math.max(0, Math.floor(time / this.#bins.width)));
    this.#sums[bin] = (this.#sums[bin] ?? 0) + value;
    this.#looks[bin] = (this.#looks[bin] ?? 0) + 1;
  }

  values(): Column {
    return this.#sums.map((sum, bin) => sum / (this.#looks[bin] ?? 0));
  }
}

/**
 * Growth a second. The growth between two looks is spread evenly over the time between them, so that a bin's figure does not depend on how many
 * looks fell into it. A counter that falls began again at zero.
 */
class Counter implements PointReader {
  readonly #bins: Bins;
  readonly #grown: Column;
  /** ms of the bin that looks enclose. */
  readonly #known: Column;
  #before: { readonly time: number; readonly value: number } | undefined;

  constructor(bins: Bins) {
    this.#bins = bins;
    this.#grown = columnOf(bins, 0);
    this.#known = columnOf(bins, 0);
  }

  point(time: number, value: number): void {
    const before = this.#before;
    this.#before = { time, value };
    if (before === undefined || !(time > before.time)) return;
    const growth = value < before.value ? value : value - before.value;
    const { width, count } = this.#bins;
    const last = Math.min(count, Math.ceil(time / width));
    for (let bin = Math.max(0, Math.floor(before.time / width)); bin < last; bin++) {
      const piece = Math.min(time, (bin + 1) * width) - Math.max(before.time, bin * width);
      if (piece <= 0) continue;
      this.#grown[bin] = (this.#grown[bin] ?? 0) + (growth * piece) / (time - before.time);
      this.#known[bin] = (this.#known[bin] ?? 0) + piece;
    }
  }

  values(): Column {
    return this.#grown.map((grown, bin) => (grown * 1000) / (this.#known[bin] ?? 0));
  }
}
