import type { Fault } from "../../base/index.ts";
import type { Threshold, ThresholdSubject } from "../types.ts";
import { fault, nameOf, readSubject, suggestion, unitOf } from "./subject.ts";
import { exact, LIMIT_UNITS } from "./units.ts";

export interface ThresholdOptions {
  /** ms */
  readonly window?: number | undefined;
  readonly abortOnFail?: boolean | undefined;
  /** ms */
  readonly abortAfter?: number | undefined;
}

export type ThresholdResult = { readonly threshold: Threshold } | { readonly faults: readonly Fault[] };

type Operator = Threshold["operator"];

const OPERATORS: readonly Operator[] = ["<=", ">=", "==", "!=", "<", ">"];
const FILTERS = ["stage", "persona"] as const;

/**
 * Reads one limit: `subject[{stage=...,persona=...}][.aggregate] operator limit`. All faults of the text at once; they carry no path.
 *
 * @example parseThreshold("ttft{persona=researcher}.p95 < 1.5s")
 */
export function parseThreshold(text: string, options: ThresholdOptions = {}): ThresholdResult {
  const { expression, operator, subject, filters, limit, faults } = readPieces(text);
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

/** What of a limit can be read although other parts of it have faults. */
export interface ThresholdPieces {
  readonly expression: string;
  readonly operator: Operator | undefined;
  readonly subject: ThresholdSubject | undefined;
  readonly filters: Threshold["filters"];
  readonly limit: Threshold["limit"] | undefined;
  readonly faults: readonly Fault[];
}

export function readPieces(text: string): ThresholdPieces {
  const expression = text.trim().replace(/\s+/g, " ");
  const faults: Fault[] = [];
  const parts = /^([^<>=!{]*(?:\{[^}]*\}[^<>=!{]*)?)\s*([<>=!]+)\s*(.*)$/.exec(expression);
  if (!parts) {
    faults.push(
      fault("PLAN_THRESHOLD", "a limit needs a subject, an operator and a value", "Write it as `ttft.p95 < 800ms`."),
    );
    return { expression, operator: undefined, subject: undefined, filters: {}, limit: undefined, faults };
  }
  const [, left = "", sign = "", right = ""] = parts;
  const operator = readOperator(sign, faults);
  const filtered = /^([^{]*)\{([^}]*)\}(.*)$/.exec(left);
  const filters = filtered ? readFilters(filtered[2] ?? "", faults) : {};
  const name = filtered ? `${filtered[1]?.trim()}${filtered[3]?.trim()}` : left.trim();
  const subject = readSubject(name, faults);
  const limit = readLimit(right.trim(), subject, faults);
  return { expression, operator, subject, filters, limit, faults };
}

/** The canonical expression of a threshold; {@link parseThreshold} reads it back to the same meaning. */
export function formatThreshold(threshold: Pick<Threshold, "subject" | "filters" | "operator" | "limit">): string {
  const { subject, filters, operator, limit } = threshold;
  const [head, tail] = nameOf(subject);
  const filter = FILTERS.flatMap((name) => (filters[name] === undefined ? [] : [`${name}=${filters[name]}`])).join(",");
  const value =
    limit.kind === "value"
      ? LIMIT_UNITS[unitOf(subject)].format(limit.value)
      : limit.factor === 1
        ? "baseline"
        : `baseline * ${exact(limit.factor)}`;
  return `${head}${filter ? `{${filter}}` : ""}${tail} ${operator} ${value}`;
}

/** What people coming from other languages write. */
const OTHER_OPERATORS: Readonly<Record<string, Operator>> = {
  "=": "==",
  "===": "==",
  "=<": "<=",
  "=>": ">=",
  "!==": "!=",
};

function readOperator(sign: string, faults: Fault[]): Operator | undefined {
  const operator = OPERATORS.find((known) => known === sign);
  if (operator) return operator;
  const meant = OTHER_OPERATORS[sign];
  const hint = meant ? `Write \`${meant}\`.` : `Use one of ${OPERATORS.join(" ")}.`;
  faults.push(fault("PLAN_THRESHOLD", `unknown operator \`${sign}\``, hint));
  return undefined;
}

function readFilters(text: string, faults: Fault[]): Threshold["filters"] {
  const filters: { stage?: string; persona?: string } = {};
  const refuse = (message: string, hint: string): void => {
    faults.push(fault("PLAN_THRESHOLD", message, hint));
  };
  for (const pair of text.split(",")) {
    const match = /^\s*([\w-]+)\s*=\s*"?([^"=]+?)"?\s*$/.exec(pair);
    const name = FILTERS.find((known) => known === match?.[1]);
    if (!match) {
      refuse(`a filter that cannot be read: \`${pair.trim()}\``, "Write filters as {stage=steady,persona=researcher}.");
    } else if (!name) refuse(`unknown filter \`${match[1]}\``, suggestion(match[1] ?? "", FILTERS));
    else if (filters[name] !== undefined) refuse(`the filter \`${name}\` is there twice`, "Keep one of the two.");
    else filters[name] = match[2] ?? "";
  }
  return filters;
}

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
  const unit = LIMIT_UNITS[unitOf(subject)];
  const value = unit.parse(text);
  if (value !== undefined) return { kind: "value", value };
  const bare = /^\d+(\.\d+)?$/.test(text);
  faults.push(
    fault(
      bare ? "PLAN_UNIT" : "PLAN_THRESHOLD",
      text === "" ? "the limit is missing" : `expected ${unit.noun}${bare ? " with its unit" : ""}, not \`${text}\``,
      `Write ${bare ? `the unit: ${unit.withUnit(text)}` : `${unit.noun} such as ${unit.example}, or \`baseline * 1.1\``}.`,
    ),
  );
  return undefined;
}
