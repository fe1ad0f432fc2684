import {
  type Fault,
  formatDuration,
  METRIC_NAMES,
  type MetricName,
  OUTCOME_NAMES,
  type Outcome,
  parseDuration,
  parseLoad,
  parseMoney,
} from "../base/index.ts";
import { nearest } from "./did-you-mean.ts";
import type { Threshold, ThresholdSubject } from "./types.ts";

export interface ThresholdOptions {
  /** ms */
  readonly window?: number | undefined;
  readonly abortOnFail?: boolean | undefined;
  /** ms */
  readonly abortAfter?: number | undefined;
}

export type ThresholdResult = { readonly threshold: Threshold } | { readonly faults: readonly Fault[] };

type Operator = Threshold["operator"];
type Unit = "duration" | "share" | "count" | "rate" | "tokens" | "money";

const OPERATORS: readonly Operator[] = ["<=", ">=", "==", "!=", "<", ">"];
const OUTCOME_AGGREGATES = ["rate", "count"] as const;
const RATES = ["asked", "started", "completed", "goodput"] as const;
const TOKENS = ["input", "cached", "output", "reasoning"] as const;
const COSTS = ["total", "perAnswer", "perGoodAnswer"] as const;
const AGGREGATES = ["min", "mean", "max"] as const;
const FILTERS = ["stage", "persona"] as const;
const AGGREGATE_SYNONYMS: Readonly<Record<string, string>> = {
  avg: "mean",
  average: "mean",
  med: "p50",
  median: "p50",
  p100: "max",
  p0: "min",
};
const SUBJECTS = [...METRIC_NAMES, "errors.rate", "outcomes", "rates", "tokens", "cost"];

/** How a limit of each unit is read and written. */
const UNITS: Readonly<
  Record<
    Unit,
    {
      parse(text: string): number | undefined;
      format(value: number): string;
      example: string;
      noun: string;
      bare(text: string): string;
    }
  >
> = {
  duration: {
    parse: parseDuration,
    format: exactDuration,
    example: "800ms",
    noun: "a time",
    bare: (text) => `${text}ms`,
  },
  share: {
    parse: parsePercent,
    format: (value) => `${exact(value * 100)}%`,
    example: "1%",
    noun: "a share",
    bare: (text) => `${exact(Number(text) <= 1 ? Number(text) * 100 : Number(text))}%`,
  },
  count: { parse: parseCount, format: exact, example: "10", noun: "a count", bare: (text) => text },
  rate: {
    parse: parseRate,
    format: (value) => `${exact(value)}/s`,
    example: "3/s",
    noun: "a rate",
    bare: (text) => `${text}/s`,
  },
  tokens: { parse: parseCount, format: exact, example: "1000", noun: "a count of tokens", bare: (text) => text },
  money: {
    parse: (text) => (text.includes("/") ? undefined : parseMoney(text)),
    format: (value) => `$${exact(value)}`,
    example: "$0.01",
    noun: "an amount of money",
    bare: (text) => `$${text}`,
  },
};

function exact(value: number): string {
  const text = String(Number(value.toPrecision(15)));
  return text.includes("e")
    ? Number(value.toPrecision(15))
        .toFixed(20)
        .replace(/\.?0+$/, "")
    : text;
}

function exactDuration(ms: number): string {
  if (Number.isInteger(ms) && ms % 60_000 === 0 && ms > 0) return formatDuration(ms);
  return ms >= 1000 && Number.isInteger(ms) && ms % 100 === 0 ? `${exact(ms / 1000)}s` : `${exact(ms)}ms`;
}

function parsePercent(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text);
  return match ? Number((Number(match[1]) / 100).toPrecision(15)) : undefined;
}

function parseCount(text: string): number | undefined {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function parseRate(text: string): number | undefined {
  const load = parseLoad(text.replace(/\b(answers?|requests?)\b/, ""));
  return load?.unit === "sessions/s" ? load.value : undefined;
}

/**
 * Reads one limit: `subject[{stage=...,persona=...}][.aggregate] operator limit`. All faults of the text at once; they carry no path.
 *
 * @example parseThreshold("ttft{persona=researcher}.p95 < 1.5s")
 */
export function parseThreshold(text: string, options: ThresholdOptions = {}): ThresholdResult {
  const expression = text.trim().replace(/\s+/g, " ");
  const parts = /^([^<>=!{]*(?:\{[^}]*\}[^<>=!{]*)?)\s*([<>=!]+)\s*(.*)$/.exec(expression);
  if (!parts) {
    return {
      faults: [
        fault("PLAN_THRESHOLD", "a limit needs a subject, an operator and a value", "Write it as `ttft.p95 < 800ms`."),
      ],
    };
  }
  const [, left = "", sign = "", right = ""] = parts;
  const faults: Fault[] = [];
  const operator = readOperator(sign, faults);
  const filtered = /^([^{]*)\{([^}]*)\}(.*)$/.exec(left);
  const filters = filtered ? readFilters(filtered[2] ?? "", faults) : {};
  const subject = readSubject((filtered ? `${filtered[1]?.trim()}${filtered[3]?.trim()}` : left).trim(), faults);
  const limit = readLimit(right.trim(), subject, faults);
  if (!operator || !subject || !limit || faults.length > 0) return { faults };
  return {
    threshold: {
      expression,
      subject,
      filters,
      operator,
      limit,
      ...(options.window === undefined ? {} : { window: options.window }),
      abortOnFail: options.abortOnFail ?? false,
      abortAfter: options.abortAfter ?? 0,
    },
  };
}

/** The canonical expression of a threshold; {@link parseThreshold} reads it back to the same meaning. */
export function formatThreshold(threshold: Pick<Threshold, "subject" | "filters" | "operator" | "limit">): string {
  const { subject, filters, operator, limit } = threshold;
  const [head, tail] = nameOf(subject);
  const filter = FILTERS.flatMap((name) => (filters[name] === undefined ? [] : [`${name}=${filters[name]}`])).join(",");
  const value =
    limit.kind === "value"
      ? UNITS[unitOf(subject)].format(limit.value)
      : limit.factor === 1
        ? "baseline"
        : `baseline * ${exact(limit.factor)}`;
  return `${head}${filter ? `{${filter}}` : ""}${tail} ${operator} ${value}`;
}

/** What the figures of a subject are counted in. */
export function unitOf(subject: ThresholdSubject): Unit {
  switch (subject.kind) {
    case "metric":
      return "duration";
    case "errors.rate":
      return "share";
    case "outcomes":
      return subject.aggregate === "rate" ? "share" : "count";
    case "rates":
      return "rate";
    case "tokens":
      return "tokens";
    case "cost":
      return "money";
  }
}

function nameOf(subject: ThresholdSubject): readonly [string, string] {
  switch (subject.kind) {
    case "metric": {
      const { aggregate } = subject;
      return [subject.metric, typeof aggregate === "string" ? `.${aggregate}` : `.p${exact(aggregate.percentile)}`];
    }
    case "errors.rate":
      return ["errors", ".rate"];
    case "outcomes":
      return [`outcomes.${subject.outcome}`, `.${subject.aggregate}`];
    case "rates":
      return ["rates", `.${subject.rate}`];
    case "tokens":
      return ["tokens", `.${subject.tokens}`];
    case "cost":
      return ["cost", `.${subject.aggregate}`];
  }
}

function fault(code: string, message: string, hint: string): Fault {
  return { code, message, hint };
}

function readOperator(sign: string, faults: Fault[]): Operator | undefined {
  const operator = OPERATORS.find((known) => known === sign);
  if (!operator) {
    const meant =
      sign === "===" || sign === "="
        ? "=="
        : sign === "=<"
          ? "<="
          : sign === "=>"
            ? ">="
            : sign === "!=="
              ? "!="
              : undefined;
    faults.push(
      fault(
        "PLAN_THRESHOLD",
        `unknown operator \`${sign}\``,
        meant ? `Write \`${meant}\`.` : `Use one of ${OPERATORS.join(" ")}.`,
      ),
    );
  }
  return operator;
}

function readFilters(text: string, faults: Fault[]): Threshold["filters"] {
  const filters: { stage?: string; persona?: string } = {};
  for (const pair of text.split(",")) {
    const match = /^\s*([\w-]+)\s*=\s*"?([^"=]+?)"?\s*$/.exec(pair);
    const name = FILTERS.find((known) => known === match?.[1]);
    if (!match)
      faults.push(
        fault(
          "PLAN_THRESHOLD",
          `a filter that cannot be read: \`${pair.trim()}\``,
          "Write filters as {stage=steady,persona=researcher}.",
        ),
      );
    else if (!name)
      faults.push(
        fault("PLAN_THRESHOLD", `unknown filter \`${match[1]}\``, `Use ${suggestion(match[1] ?? "", FILTERS)}.`),
      );
    else if (filters[name] !== undefined)
      faults.push(fault("PLAN_THRESHOLD", `the filter \`${name}\` is there twice`, "Keep one of the two."));
    else filters[name] = match[2] ?? "";
  }
  return filters;
}

function suggestion(given: string, known: readonly string[]): string {
  const meant = nearest(given, known);
  return meant ? `\`${meant}\`: did you mean that` : `one of ${known.join(", ")}`;
}

function readSubject(text: string, faults: Fault[]): ThresholdSubject | undefined {
  const [head = "", ...rest] = text.split(".");
  const tail = rest.join(".");
  if (head === "quality") {
    faults.push(fault("PLAN_NOT_YET", "this version does not judge answers yet", "Remove this limit."));
    return undefined;
  }
  const metric = METRIC_NAMES.find((name) => name === head);
  if (metric) return readMetric(metric, tail, faults);
  const reader = GROUPS[head];
  if (reader) return reader(tail, faults);
  faults.push(fault("PLAN_THRESHOLD", `unknown subject \`${head}\``, `Use ${suggestion(head, SUBJECTS)}.`));
  return undefined;
}

function readMetric(metric: MetricName, tail: string, faults: Fault[]): ThresholdSubject | undefined {
  if (tail === "") {
    faults.push(
      fault(
        "PLAN_THRESHOLD",
        `\`${metric}\` alone says not which of its values`,
        `Write \`${metric}.p95\`, or mean, max or another percentile.`,
      ),
    );
    return undefined;
  }
  const aggregate = AGGREGATES.find((name) => name === tail) ?? readPercentile(tail);
  if (aggregate) return { kind: "metric", metric, aggregate };
  const meant = AGGREGATE_SYNONYMS[tail];
  faults.push(
    fault(
      "PLAN_THRESHOLD",
      `unknown aggregate \`${tail}\``,
      meant ? `Write \`${metric}.${meant}\`.` : "Use min, mean, max, or a percentile such as p50, p95, p99.9.",
    ),
  );
  return undefined;
}

/** `p95`, `p97.5`, `p99.9`; `p999` and `p9999` are 99.9 and 99.99. */
function readPercentile(text: string): { percentile: number } | undefined {
  const match = /^p(?:\((\d{1,2}(?:\.\d{1,6})?)\)|(\d{1,2}(?:\.\d{1,6})?)|99(9{1,4}))$/.exec(text);
  if (!match) return undefined;
  const percentile = match[3] ? Number(`99.${match[3]}`) : Number(match[1] ?? match[2]);
  return percentile > 0 && percentile < 100 ? { percentile } : undefined;
}

function oneOf<T extends string>(group: string, given: string, known: readonly T[], faults: Fault[]): T | undefined {
  const found = known.find((name) => name === given);
  if (!found)
    faults.push(
      fault(
        "PLAN_THRESHOLD",
        given === "" ? `\`${group}\` alone says not which` : `unknown \`${group}.${given}\``,
        `Use ${suggestion(given, known)}.`,
      ),
    );
  return found;
}

const GROUPS: Readonly<Record<string, (tail: string, faults: Fault[]) => ThresholdSubject | undefined>> = {
  errors: (tail, faults) => (oneOf("errors", tail, ["rate"], faults) ? { kind: "errors.rate" } : undefined),
  outcomes: (tail, faults) => {
    const [name = "", kind = ""] = tail.split(".");
    const outcome: Outcome | undefined = oneOf("outcomes", name, OUTCOME_NAMES, faults);
    const aggregate = oneOf(`outcomes.${name}`, kind, OUTCOME_AGGREGATES, faults);
    return outcome && aggregate ? { kind: "outcomes", outcome, aggregate } : undefined;
  },
  rates: (tail, faults) => {
    const rate = oneOf("rates", tail, RATES, faults);
    return rate ? { kind: "rates", rate } : undefined;
  },
  tokens: (tail, faults) => {
    const tokens = oneOf("tokens", tail, TOKENS, faults);
    return tokens ? { kind: "tokens", tokens } : undefined;
  },
  cost: (tail, faults) => {
    const aggregate = oneOf("cost", tail, COSTS, faults);
    return aggregate ? { kind: "cost", aggregate } : undefined;
  },
};

function readLimit(
  text: string,
  subject: ThresholdSubject | undefined,
  faults: Fault[],
): Threshold["limit"] | undefined {
  const relative = /^(?:(\d+(?:\.\d+)?)\s*\*\s*)?baseline(?:\s*\*\s*(\d+(?:\.\d+)?))?$/.exec(text);
  if (relative && !(relative[1] && relative[2])) {
    const factor = Number(relative[1] ?? relative[2] ?? 1);
    if (factor > 0) return { kind: "baseline", factor };
    faults.push(fault("PLAN_THRESHOLD", "a factor of zero", "Write a factor such as `baseline * 1.1`."));
    return undefined;
  }
  if (!subject) return undefined;
  const unit = UNITS[unitOf(subject)];
  const value = unit.parse(text);
  if (value !== undefined) return { kind: "value", value };
  const bare = /^\d+(\.\d+)?$/.test(text);
  faults.push(
    fault(
      bare ? "PLAN_UNIT" : "PLAN_THRESHOLD",
      text === "" ? "the limit is missing" : `expected ${unit.noun}${bare ? " with its unit" : ""}, not \`${text}\``,
      `Write ${bare ? `the unit: ${unit.bare(text)}` : `${unit.noun} such as ${unit.example}, or \`baseline * 1.1\``}.`,
    ),
  );
  return undefined;
}
