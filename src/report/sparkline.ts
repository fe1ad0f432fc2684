const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/**
 * A row of bars, the newest value last. The scale begins at zero and ends at the largest value (or `top`); values that are absent leave
 * a blank. More values than columns share a column, which then shows the largest of them.
 */
export function sparkline(values: readonly (number | undefined)[], columns: number, top?: number): string {
  if (values.length === 0 || columns <= 0) return "";
  const shared = Math.max(1, values.length / columns);
  const count = Math.min(columns, values.length);
  const bars: (number | undefined)[] = [];
  for (let column = 0; column < count; column++) {
    let largest: number | undefined;
    for (let i = Math.floor(column * shared); i < Math.floor((column + 1) * shared); i++) {
      const value = values[i];
      if (value !== undefined && (largest === undefined || value > largest)) largest = value;
    }
    bars.push(largest);
  }
  const highest = top ?? Math.max(0, ...bars.map((bar) => bar ?? 0));
  return bars
    .map((bar) => {
      if (bar === undefined) return " ";
      if (highest <= 0) return BARS[0];
      const step = Math.ceil((bar / highest) * BARS.length) - 1;
      return BARS[Math.max(0, Math.min(BARS.length - 1, step))] ?? " ";
    })
    .join("");
}

/** `███████░░░` for a share from 0 to 1. */
export function bar(share: number, columns: number): string {
  const full = Math.round(Math.max(0, Math.min(1, share)) * columns);
  return "█".repeat(full) + "░".repeat(Math.max(0, columns - full));
}
