import type { Progress } from "../../run/index.ts";

export const WATCHED = ["ttft", "itl", "response"] as const;
export type Watched = (typeof WATCHED)[number];

/** Seconds that a sparkline looks back. */
const SPAN = 60;

/** The p95 of each watched latency for each of the last sixty seconds; a second without one stays empty. */
export class History {
  readonly #series: Readonly<Record<Watched, (number | undefined)[]>> = { ttft: [], itl: [], response: [] };
  #second = -1;

  add(progress: Progress): void {
    const second = Math.floor(progress.elapsed / 1000);
    for (const name of WATCHED) {
      const series = this.#series[name];
      const value = progress.recent[name].p95;
      if (second === this.#second) series[series.length - 1] = value;
      else
        for (let missing = Math.min(SPAN, second - this.#second); missing > 0; missing--)
          series.push(missing === 1 ? value : undefined);
      if (series.length > SPAN) series.splice(0, series.length - SPAN);
    }
    this.#second = Math.max(second, this.#second);
  }

  of(name: Watched): readonly (number | undefined)[] {
    return this.#series[name];
  }
}
