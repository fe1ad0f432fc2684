import { formatDuration, parseDuration, parseLoad, parseMoney } from "../../base/index.ts";

/** What the limit of a threshold is counted in. */
export type LimitUnit = "duration" | "share" | "count" | "rate" | "tokens" | "money";

interface Written {
  parse(text: string): number | undefined;
  /** Exact: {@link parse} gives the same number back. */
  format(value: number): string;
  readonly noun: string;
  readonly example: string;
  /** A bare number, with the unit that was probably meant. */
  withUnit(text: string): string;
}

/** How a limit of each unit is read and written. */
export const LIMIT_UNITS: Readonly<Record<LimitUnit, Written>> = {
  duration: {
    parse: parseDuration,
    format: exactDuration,
    example: "800ms",
    noun: "a time",
    withUnit: (text) => `${text}ms`,
  },
  share: {
    parse: parsePercent,
    format: (value) => `${exact(value * 100)}%`,
    example: "1%",
    noun: "a share",
    withUnit: (text) => `${exact(Number(text) <= 1 ? Number(text) * 100 : Number(text))}%`,
  },
  count: { parse: parseCount, format: exact, example: "10", noun: "a count", withUnit: (text) => text },
  rate: {
    parse: parseRate,
    format: (value) => `${exact(value)}/s`,
    example: "3/s",
    noun: "a rate",
    withUnit: (text) => `${text}/s`,
  },
  tokens: { parse: parseCount, format: exact, example: "1000", noun: "a count of tokens", withUnit: (text) => text },
  money: {
    parse: (text) => (text.includes("/") ? undefined : parseMoney(text)),
    format: (value) => `$${exact(value)}`,
    example: "$0.01",
    noun: "an amount of money",
    withUnit: (text) => `$${text}`,
  },
};

export function exact(value: number): string {
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
