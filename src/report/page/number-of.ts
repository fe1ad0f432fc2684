import type { QueryValue } from "../../record/index.ts";

/** A value of a result as a number; sums beyond 2^53 come as text. */
export function numberOf(value: QueryValue | undefined): number | undefined {
  return typeof value === "number" ? value : typeof value === "string" && value !== "" ? Number(value) : undefined;
}
