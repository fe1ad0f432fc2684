import type { ThresholdSubject } from "../plan/index.ts";

/** A measure of the summary and of thresholds that is no latency: the one table for their units and their documentation. */
export interface MeasureEntry {
  readonly name: string;
  readonly formula: string;
  readonly unit: string;
  /** Which attempts or sessions count. */
  readonly counts: string;
  readonly source: string;
}

export const MEASURES: readonly MeasureEntry[] = [
  {
    name: "errors.rate",
    formula: "attempts whose outcome is an error / attempts",
    unit: "ratio",
    counts: "every attempt that ended, however it did",
    source: "outcome of each attempt; the table of outcomes says which are errors",
  },
  {
    name: "outcomes.<name>.rate",
    formula: "attempts with that outcome / attempts",
    unit: "ratio",
    counts: "every attempt",
    source: "outcome of each attempt",
  },
  {
    name: "outcomes.<name>.count",
    formula: "attempts with that outcome",
    unit: "attempts",
    counts: "every attempt",
    source: "outcome of each attempt",
  },
  {
    name: "rates.asked",
    formula:
      "sessions that the seed draws for the stage / its duration (the integral of its load, where they are over two million)",
    unit: "per second",
    counts: "sessions of open stages that ran their whole time; absent for a persona and for a run with a closed stage",
    source: "the plan, before the run",
  },
  {
    name: "rates.started",
    formula: "sessions whose first attempt (turn 0, attempt 0) was begun / duration",
    unit: "per second",
    counts: "sessions",
    source: "client",
  },
  {
    name: "rates.completed",
    formula: "answered attempts / duration",
    unit: "per second",
    counts: "attempts whose outcome is an answer",
    source: "client",
  },
  {
    name: "rates.goodput",
    formula: "good answers / duration",
    unit: "per second",
    counts:
      "answered attempts within every per-answer limit: each SLO that bounds response, service, ttfb, ttft, ttfo, tpot or stall from above by a time (any aggregate but min), applied to the answer's own value; an answer without such a value has nothing to break",
    source: "client",
  },
  {
    name: "tokens.input",
    formula: "sum of inputTokens",
    unit: "tokens",
    counts: "attempts with a count; cached tokens are included",
    source: "the server's usage, else the tokenizer (`tokens.source` says which)",
  },
  {
    name: "tokens.cached",
    formula: "sum of cachedTokens",
    unit: "tokens",
    counts: "attempts with a count",
    source: "the server's usage",
  },
  {
    name: "tokens.output",
    formula: "sum of outputTokens",
    unit: "tokens",
    counts: "attempts with a count, failed ones included; reasoning tokens are included",
    source: "the server's usage, else the tokenizer",
  },
  {
    name: "tokens.reasoning",
    formula: "sum of reasoningTokens",
    unit: "tokens",
    counts: "attempts with a count",
    source: "the server's usage",
  },
  {
    name: "cost.total",
    formula:
      "sum of (input - cached) * p.input + cached * p.cached + (output - reasoning) * p.output + reasoning * p.reasoning + p.request",
    unit: "dollars",
    counts: "attempts with a token count, failed ones included",
    source: "the plan's prices p and the token counts",
  },
  {
    name: "cost.perAnswer",
    formula: "cost.total / answered attempts with a known cost",
    unit: "dollars",
    counts: "as cost.total; money for failures is in it",
    source: "as cost.total",
  },
  {
    name: "cost.perGoodAnswer",
    formula: "cost.total / good answers with a known cost",
    unit: "dollars",
    counts: "as cost.total; money for failures and late answers is in it",
    source: "as cost.total",
  },
];

/** The unit in which a threshold's figure is told. */
export function unitOf(subject: ThresholdSubject): string {
  if (subject.kind === "metric") return "ms";
  const name = nameOf(subject);
  const entry = MEASURES.find((measure) => measure.name === name);
  if (!entry) throw new RangeError(`no measure ${name}`);
  return entry.unit;
}

function nameOf(subject: Exclude<ThresholdSubject, { kind: "metric" }>): string {
  switch (subject.kind) {
    case "errors.rate":
      return "errors.rate";
    case "outcomes":
      return `outcomes.<name>.${subject.aggregate}`;
    case "rates":
      return `rates.${subject.rate}`;
    case "tokens":
      return `tokens.${subject.tokens}`;
    case "cost":
      return `cost.${subject.aggregate}`;
  }
}
