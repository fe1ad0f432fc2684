import type { Law } from "../law.ts";
import type { LengthFound } from "../types.ts";

/** What a law of lengths states of itself. */
export function askedOf(law: Law): LengthFound["asked"] {
  return { mean: law.mean(), p50: law.quantile(0.5), p95: law.quantile(0.95) };
}
