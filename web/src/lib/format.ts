import { formatBytes, formatMs, formatNumber } from "../../../src/base/units.ts";
import { clockText, figure as figureText, formatShare, NONE } from "../../../src/report/figures.ts";

export { formatNumber } from "../../../src/base/units.ts";
export { clockText, counted, formatCount, formatLatency, formatShare } from "../../../src/report/figures.ts";

/** A figure with its unit, as the terminal writes it; a dash for none. */
export function figure(value: number | null | undefined, unit: string): string {
  if (value === undefined || value === null) return NONE;
  if (unit === "0 to 1") return formatShare(value);
  if (unit === "0 or 1") return value === 0 ? "no" : "yes";
  if (unit === "bytes") return formatBytes(value);
  if (unit === "bytes/s") return `${formatBytes(value)}/s`;
  return figureText(value, unit);
}

/** On an axis whose title tells the unit. */
export function axisText(value: number, unit: string): string {
  if (unit === "ms") return formatMs(value);
  if (unit === "0 to 1" || unit === "ratio") return formatShare(value);
  if (unit === "bytes" || unit === "bytes/s") return formatBytes(value);
  if (unit === "dollars") return `$${formatNumber(value)}`;
  return formatNumber(value);
}

/** Sessions a second as a person says them. */
export function loadText(value: number, unit: "sessions/s" | "users"): string {
  return unit === "users" ? `${formatNumber(value)} users` : `${formatNumber(value)} /s`;
}

export function loadUnit(unit: "sessions/s" | "users"): string {
  return unit === "users" ? "users" : "sessions a second";
}

export function span(from: number, to: number): string {
  return `${clockText(from)} to ${clockText(to)}`;
}

/** As a title begins. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
