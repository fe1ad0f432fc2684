import { TokenCounter } from "../../record/index.ts";
import type { LengthFound, Workload } from "../../workload/index.ts";

/** Draws that a length is judged by, and tokens at which counting texts ends. */
const DRAWS = 10_000;
const MOST_TOKENS = 1_000_000;

/** A length in tokens: what the plan asks for, and what its draws reach. */
export interface LengthReached {
  readonly path: string;
  readonly draws: number;
  readonly asked: LengthFound["asked"];
  readonly reached: LengthFound["asked"];
}

/** Draws every length that a plan asks for; texts are counted in o200k_base, whatever length they were made for. */
export async function reachedLengths(workload: Workload): Promise<readonly LengthReached[]> {
  const counter = new TokenCounter();
  const found: LengthReached[] = [];
  for (const { path, asked, draw } of workload.lengths) {
    const values: number[] = [];
    let tokens = 0;
    for (let n = 0; n < DRAWS && tokens < MOST_TOKENS; n++) {
      const drawn = draw(n);
      const value = typeof drawn === "number" ? drawn : await counter.count(drawn);
      if (typeof drawn !== "number") tokens += value;
      values.push(value);
    }
    values.sort((a, b) => a - b);
    const at = (p: number): number => values[Math.floor(p * values.length)] ?? Number.NaN;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    found.push({ path, draws: values.length, asked, reached: { mean, p50: at(0.5), p95: at(0.95) } });
  }
  return found;
}
