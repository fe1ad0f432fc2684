import type { LoadLine, MetricSummary } from "../analyse/index.ts";
import { formatDuration, formatMoney, formatMs, formatNumber } from "../base/index.ts";

/** What stands where there is no figure. */
export const NONE = "–";

const COUNT = new Intl.NumberFormat("en-US");

export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** `3 sessions`, `1 session`; irregular plurals are given. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

export const LOAD_UNITS: Readonly<Record<LoadLine["unit"], string>> = {
  "sessions/s": "sessions a second",
  users: "users at once",
};

/** `2.9 sessions a second` */
export function amount(load: number, unit: LoadLine["unit"]): string {
  return `${formatNumber(load)} ${LOAD_UNITS[unit]}`;
}

/** A share of 0.0213 as `2.13 %`. A share that is not quite all never rounds to 100 %. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 99.9 && percent < 100) return "> 99.9 %";
  if (percent > 0 && percent < 0.001) return "< 0.001 %";
  return `${formatNumber(percent)} %`;
}

/** Three digits for money too large to read as cents: `$12,300,000`. */
function money(dollars: number): string {
  return Math.abs(dollars) >= 100_000 ? `$${formatCount(Math.round(dollars))}` : formatMoney(dollars);
}

const UNITS: Readonly<Record<string, (value: number) => string>> = {
  ms: formatLatency,
  ratio: formatShare,
  "/s": (value) => `${formatNumber(value)} /s`,
  "per second": (value) => `${formatNumber(value)} /s`,
  $: money,
  dollars: money,
  count: formatNumber,
  "": formatNumber,
};

/** A figure with its unit beside it; units are those of `summary.thresholds[].unit`. */
export function figure(value: number, unit: string): string {
  const format = UNITS[unit];
  return format ? format(value) : `${formatNumber(value)} ${unit}`;
}

/** Three significant digits, zeros kept, so that a column of figures reads as one. */
function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 0.001) return value.toFixed(6).replace(/0+$/, "");
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3);
}

/** As `formatMs`, with its zeros kept: `1.20 s`. */
export function formatLatency(ms: number): string {
  if (ms < 999.5) return `${threeDigits(ms)} ms`;
  if (ms < 120_000) return `${threeDigits(ms / 1000)} s`;
  return ms < 7_200_000 ? formatMs(ms) : formatDuration(Math.round(ms / 60_000) * 60_000);
}

/** `0:42`, `1:02:03`. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const two = (value: number): string => String(value).padStart(2, "0");
  return minutes < 60
    ? `${minutes}:${two(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

export const STATISTICS = ["min", "mean", "p50", "p90", "p95", "p99", "p999", "max"] as const;
export type Statistic = (typeof STATISTICS)[number];

/** A latency of a metric, `≥` where it is only known to be at least so long, a dash where n does not carry it. */
export function latency(metric: MetricSummary | undefined, statistic: Statistic): string {
  const value = metric?.[statistic];
  if (value === undefined) return NONE;
  return `${metric?.atLeast?.includes(statistic) ? "≥ " : ""}${formatLatency(value)}`;
}
