import type { MetricName } from "../base/index.ts";
import type { Tally } from "../record/index.ts";
import { carries, Histogram } from "../stats/index.ts";

/** ms of the past that the live figures cover. */
const WINDOW = 10_000;

export interface RecentFigures {
  readonly n: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
}

/** The tallies of the last ten seconds, merged on demand. */
export class Recent {
  #tallies: { readonly at: number; readonly tally: Tally }[] = [];

  add(tally: Tally, at: number): void {
    this.#tallies.push({ at, tally });
    this.#tallies = this.#tallies.filter((entry) => entry.at > at - WINDOW);
  }

  figures(metric: MetricName): RecentFigures {
    const merged = new Histogram();
    for (const { tally } of this.#tallies) {
      for (const cell of tally.cells) {
        const sparse = cell.metrics[metric];
        if (sparse !== undefined) merged.add(sparse);
      }
    }
    const n = merged.n;
    const at = (p: number): number | undefined => (carries(n, p) ? merged.quantile(p) : undefined);
    return { n, ...defined({ p50: at(0.5), p95: at(0.95), p99: at(0.99) }) };
  }

  /** Output tokens a second over the window. */
  tokensPerSecond(now: number): number | undefined {
    const since = Math.max(0, now - WINDOW);
    const tokens = this.#tallies
      .filter((entry) => entry.at > since)
      .reduce((sum, entry) => sum + entry.tally.cells.reduce((s, cell) => s + cell.tokens.output, 0), 0);
    return tokens > 0 ? (tokens / Math.min(WINDOW, Math.max(1, now))) * 1000 : undefined;
  }
}

function defined<T extends Readonly<Record<string, number | undefined>>>(figures: T): { [K in keyof T]?: number } {
  const out: { [K in keyof T]?: number } = {};
  for (const key in figures) {
    const value = figures[key];
    if (value !== undefined) out[key] = value;
  }
  return out;
}
