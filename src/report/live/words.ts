import { formatNumber, OUTCOMES, type Outcome } from "../../base/index.ts";
import type { Progress } from "../../run/index.ts";
import { clockText, counted, formatLatency, formatShare, NONE } from "../figures.ts";

export function milliseconds(value: number | undefined): string {
  return value === undefined ? NONE : formatLatency(value);
}

/** `p95 412 ms`, or the median where there are too few samples for a p95. */
export function highest({ p50, p95 }: { readonly p50?: number; readonly p95?: number }): string {
  return p95 === undefined && p50 !== undefined ? `p50 ${milliseconds(p50)}` : `p95 ${milliseconds(p95)}`;
}

/** The highest percentile that is there, with its name; a dash beside p99 where there is none. */
export function topPercentile(recent: Progress["recent"]["startLag"]): string {
  const name = (["p99", "p95", "p50"] as const).find((statistic) => recent[statistic] !== undefined) ?? "p99";
  return `${name} ${milliseconds(recent[name])}`;
}

/** Where a run stands in its planned time; past it, what it does instead. */
export function timeText({ phase, elapsed, planned }: Progress): string {
  if (phase === "draining") return `${clockText(elapsed)}, draining`;
  if (elapsed >= planned) return `${clockText(elapsed)}, ${phase === "summarising" ? phase : "ending"}`;
  return `${clockText(elapsed)} of ${clockText(planned)}, ${clockText(planned - elapsed)} left`;
}

export function loadText(value: number, unit: Progress["load"]["unit"]): string {
  return unit === "users" ? counted(Math.round(value), "user") : `${formatNumber(value)} /s`;
}

interface Count {
  readonly name: Outcome;
  readonly count: number;
  readonly error: boolean;
}

/** The outcomes that occurred, in the field's order. */
export function seenOutcomes(progress: Progress): Count[] {
  return OUTCOMES.map(({ name, error }) => ({ name, error, count: progress.outcomes[name] ?? 0 })).filter(
    ({ count }) => count > 0,
  );
}

export function errorsText(progress: Progress): string {
  const errors = seenOutcomes(progress).reduce((sum, { count, error }) => sum + (error ? count : 0), 0);
  return progress.ended === 0 ? NONE : formatShare(errors / progress.ended);
}

export const GENERATOR_WORDS: Readonly<Record<Progress["generator"]["word"], string>> = {
  well: "keeps up",
  strained: "is strained",
  limited: "limits this run",
};

export const PHASES: Readonly<Record<Progress["phase"], string>> = {
  preflight: "looking at the target",
  running: "",
  draining: "draining: no new sessions, open answers may end",
  summarising: "summarising",
};
