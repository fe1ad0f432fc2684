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

  /** The p95, or the median where the last minute had too few samples for any p95. */
  of(name: Watched): { readonly statistic: Shown; readonly values: readonly (number | undefined)[] } {
    const high = this.#series.get(`${name}.p95`) ?? [];
    if (high.some((value) => value !== undefined)) return { statistic: "p95", values: high };
    return { statistic: "p50", values: this.#series.get(`${name}.p50`) ?? [] };
  }
}
