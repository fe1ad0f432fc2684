/** ms as a plan writes a duration. */
export function duration(ms: number): string {
  const whole = Math.max(1, Math.round(ms));
  if (whole % 60_000 === 0) return `${whole / 60_000}m`;
  return whole % 1000 === 0 ? `${whole / 1000}s` : `${whole}ms`;
}

/** The same, to a tenth of a second where it is longer than that. */
export function seconds(ms: number): string {
  return ms < 1000 ? duration(ms) : duration(Math.round(ms / 100) * 100);
}

/** A share as a percentage: 0.01 is `1%`. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(6))}%`;
}

/** A rate of sessions: per second, or where that is a fraction, per minute or hour. */
export function rate(perSecond: number): string {
  const unit =
    perSecond >= 1 || perSecond === 0
      ? ([1, "s"] as const)
      : perSecond * 60 >= 1
        ? ([60, "m"] as const)
        : ([3600, "h"] as const);
  return `${Number((perSecond * unit[0]).toFixed(3))}/${unit[1]}`;
}

export function users(count: number): string {
  return `${Math.max(0, Math.round(count))} users`;
}

/** k6's and Artillery's durations: `1m30s`, `500ms`, a bare number of the given unit, `2 minutes`; ms. */
export function readDuration(value: unknown, unit: number): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) && value >= 0 ? value * unit : undefined;
  if (typeof value !== "string") return undefined;
  const text = value.replaceAll(/\s+/g, "");
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * unit;
  let ms = 0;
  let rest = text;
  while (rest !== "") {
    const match = /^(\d+(?:\.\d+)?)(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)/.exec(rest);
    const name = match?.[2];
    if (match === null || name === undefined) return undefined;
    const key = name.startsWith("ms") || name.startsWith("milli") ? "ms" : (name[0] ?? "s");
    ms += Number(match[1]) * (UNIT[key] ?? 1);
    rest = rest.slice(match[0].length);
  }
  return text === "" ? undefined : ms;
}

const UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
