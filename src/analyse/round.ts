/** Significant digits of a summary: below them lies the order in which threads added, not the run. */
const DIGITS = 9;

/** A copy of plain data whose numbers have nine significant digits; whole numbers stay as they are. */
export function rounded<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, part: unknown) =>
    typeof part === "number" && !Number.isInteger(part) ? Number(part.toPrecision(DIGITS)) : part,
  ) as T;
}
