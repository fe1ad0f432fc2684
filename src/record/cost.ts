import type { Prices } from "../plan/index.ts";
import type { ColumnArrays } from "./columns.ts";

/**
 * Dollars of one attempt: (input - cached) * input + cached * cached + (output - reasoning) * output + reasoning * reasoning + request.
 * Counts of -1 are not known. NaN when neither input nor output is known: an attempt without a count has no price.
 */
export function costOf(prices: Prices, input: number, cached: number, output: number, reasoning: number): number {
  if (input < 0 && output < 0) return Number.NaN;
  const known = (count: number): number => Math.max(0, count);
  return (
    Math.max(0, known(input) - known(cached)) * prices.input +
    known(cached) * prices.cached +
    Math.max(0, known(output) - known(reasoning)) * prices.output +
    known(reasoning) * prices.reasoning +
    prices.request
  );
}

/** Writes the cost of the rows `from` to `to` (exclusive) of a block into it. */
export function priceRows(prices: Prices, columns: ColumnArrays, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    columns.cost[row] = costOf(
      prices,
      columns.inputTokens[row] ?? -1,
      columns.cachedTokens[row] ?? -1,
      columns.outputTokens[row] ?? -1,
      columns.reasoningTokens[row] ?? -1,
    );
  }
}
