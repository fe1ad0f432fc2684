import type { Values } from "../../../src/report/page/types.ts";

export function greatest(values: Values): number | undefined {
  let most: number | undefined;
  for (const value of values) if (value !== null && (most === undefined || value > most)) most = value;
  return most;
}

export function meanOf(values: Values): number | undefined {
  let [sum, n] = [0, 0];
  for (const value of values) {
    if (value === null) continue;
    sum += value;
    n++;
  }
  return n === 0 ? undefined : sum / n;
}

export function leastPositive(values: Values): number | undefined {
  let least: number | undefined;
  for (const value of values) if (value !== null && value > 0 && (least === undefined || value < least)) least = value;
  return least;
}
