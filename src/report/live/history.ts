import type { Progress } from "../../run/index.ts";

export const WATCHED = ["ttft", "itl", "response"] as const;
export type Watched = (typeof WATCHED)[number];

/** Seconds that a sparkline looks back. */
const SPAN = 60;

type Shown = "p50" | "p95";
type Series = (number | undefined)[];

/** Two percentiles of each watched latency for each of the last sixty seconds; a second without one stays empty. */
export class History {
  readonly #series = new Map<string, Series>();
  #second = -1;

  add(progress: Progress): void {
    const second = Math.floor(progress.elapsed / 1000);
    for (const name of WATCHED) {
      for (const statistic of ["p50", "p95"] as const)
        this.#put(`${name}.${statistic}`, second, progress.recent[name][statistic]);
    }
    this.#second = Math.max(second, this.#second);
  }

  #put(key: string, second: number, value: number | undefined): void {
    const series = this.#series.get(key) ?? [];
    this.#series.set(key, series);
    if (second <= this.#second) series[Math.max(0, series.length - 1)] = value;
    else
      for (let missing = Math.min(SPAN, second - this.#second); missing > 0; missing--)
        series.push(missing === 1 ? value : undefined);
    if (series.length > SPAN) series.splice(0, series.length - SPAN);
  }

  /** The p95, or the median where the last minute had too few samples for any p95; at most `columns` values. */
  of(name: Watched, columns: number): { readonly statistic: Shown; readonly values: Series } {
    const high = this.#series.get(`${name}.p95`) ?? [];
    const statistic = high.some((value) => value !== undefined) ? "p95" : "p50";
    return { statistic, values: this.#grouped(this.#series.get(`${name}.${statistic}`) ?? [], columns) };
  }

  /** Whole seconds share a column by the clock, not by their place in the window: so a bar that was drawn stays as it is. */
  #grouped(series: Series, columns: number): Series {
    const size = Math.ceil(SPAN / Math.max(1, columns));
    const groups = new Map<number, number | undefined>();
    for (const [index, value] of series.entries()) {
      const group = Math.floor((this.#second - series.length + 1 + index) / size);
      const before = groups.get(group);
      groups.set(group, value === undefined ? before : Math.max(value, before ?? 0));
    }
    return [...groups.values()].slice(-columns);
  }
}
