import { z } from "zod";
import { parseBytes, parseDuration, parseLoad, parseMoney } from "../../base/index.ts";

/** How one kind of number with a unit is written. */
interface Unit {
  readonly noun: string;
  readonly examples: readonly string[];
  /** Of the written form, for editors. */
  readonly pattern: string;
  parse(text: string): number | undefined;
  /** A bare number, as the person probably meant it. */
  suggest(value: number): string;
}

const UNITS = {
  duration: {
    noun: "a duration",
    examples: ["30s", "5m", "1h30m", "250ms"],
    pattern: "^(0|(\\d+(\\.\\d+)?(ms|s|m|h|d))+)$",
    parse: parseDuration,
    suggest: (value) => `${value}s or ${value}ms`,
  },
  size: {
    noun: "a size",
    examples: ["64KiB", "16MiB"],
    pattern: "^\\d+(\\.\\d+)?\\s*(B|KB|MB|GB|KiB|MiB|GiB)$",
    parse: parseBytes,
    suggest: (value) => `${value}B`,
  },
  money: {
    noun: "an amount of money",
    examples: ["$10", "$0.50"],
    pattern: "^\\$\\s*\\d+(\\.\\d+)?$",
    parse: (text) => (text.includes("/") ? undefined : parseMoney(text)),
    suggest: (value) => `$${value}`,
  },
  tokenPrice: {
    noun: "a price per token",
    examples: ["$0.15/M", "$2.50/M"],
    pattern: "^\\$\\s*\\d+(\\.\\d+)?\\s*/\\s*(1\\s*)?[kKmM](\\s*tokens?)?$",
    parse: (text) => (/\/\s*(?:1\s*)?(?:[kKmM]|tokens?$)/.test(text) ? parseMoney(text) : undefined),
    suggest: (value) => `$${value}/M`,
  },
  share: {
    noun: "a share",
    examples: ["1%", "0.5%", "100%"],
    pattern: "^(100(\\.0+)?|\\d{1,2}(\\.\\d+)?)\\s*%$",
    parse: parseShare,
    suggest: (value) => `${value <= 1 ? Number((value * 100).toPrecision(12)) : value}%`,
  },
} as const satisfies Record<string, Unit>;

export type UnitName = keyof typeof UNITS;

/** `1%` as 0.01; `undefined` outside 0 % to 100 %. */
export function parseShare(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  const value = match ? Number(match[1]) : Number.NaN;
  return value <= 100 ? Number((value / 100).toPrecision(15)) : undefined;
}

/** What a transform adds to an issue; `faults.ts` reads it. */
export interface IssueNote {
  readonly code: string;
  readonly hint?: string;
}

export interface Issuer {
  addIssue(issue: {
    code: "custom";
    message: string;
    path?: (string | number)[];
    params: Record<string, unknown>;
  }): void;
}

/** Reports a fault from inside a schema. */
export function refuse(ctx: Issuer, note: IssueNote & { message: string; path?: (string | number)[] }): void {
  const { message, path, ...params } = note;
  ctx.addIssue({ code: "custom", message, params, ...(path ? { path } : {}) });
}

/** A field whose number carries its unit; yields the base unit (ms, bytes, dollars, ratio). Zero is refused where it makes no sense. */
export function quantity(name: UnitName, title: string, description: string, zero: "zero" | "positive" = "positive") {
  const unit: Unit = UNITS[name];
  const zeroAsNumber = zero === "zero" && name === "duration";
  return z
    .custom<string>()
    .transform((value: unknown, ctx): number => {
      const parsed = typeof value === "string" ? unit.parse(value) : zeroAsNumber && value === 0 ? 0 : undefined;
      if (parsed !== undefined && (parsed > 0 || zero === "zero")) return parsed;
      refuse(ctx, parsed === 0 ? zeroIssue(unit) : unitIssue(unit, value));
      return z.NEVER;
    })
    .meta({
      title,
      description,
      type: zeroAsNumber ? ["string", "integer"] : "string",
      pattern: unit.pattern,
      samples: unit.examples,
      ...(zeroAsNumber ? { minimum: 0, maximum: 0 } : {}),
    });
}

function zeroIssue(unit: Unit) {
  return {
    code: "PLAN_RANGE",
    message: `expected ${unit.noun} above zero`,
    hint: `Write ${unit.noun} such as ${unit.examples[0]}.`,
  };
}

function unitIssue(unit: Unit, value: unknown) {
  const number = bareNumber(value);
  if (number !== undefined) {
    const hint = `Write the unit: ${unit.suggest(number)}.`;
    return { code: "PLAN_UNIT", message: `expected ${unit.noun} with its unit`, hint };
  }
  const hint = `Write ${unit.noun} such as ${unit.examples.slice(0, 2).join(" or ")}.`;
  return { code: "PLAN_UNIT", message: `expected ${unit.noun}`, hint };
}

function bareNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\$?\d+(\.\d+)?$/.test(value.trim())
    ? Number(value.replace("$", ""))
    : undefined;
}

const LOAD_PATTERN = "^\\d+(\\.\\d+)?\\s*(x|users?|(sessions?)?\\s*/\\s*(s|sec|second|m|min|minute|h|hour))$";

/** A load: `2x`, `5/s`, `120 sessions/m`, `20 users`. Stays in the unit that it was written in. */
export function load(title: string, description: string) {
  return z
    .custom<string>()
    .transform((value: unknown, ctx): { value: number; unit: "sessions/s" | "users" | "x" } => {
      const parsed = typeof value === "string" ? parseLoad(value) : undefined;
      if (parsed && Number.isFinite(parsed.value)) return parsed;
      refuse(ctx, loadIssue(value));
      return z.NEVER;
    })
    .meta({
      title,
      description,
      type: "string",
      pattern: LOAD_PATTERN,
      samples: ["2x", "5 sessions/s", "120/m", "20 users"],
    });
}

function loadIssue(value: unknown) {
  const text = String(value).trim();
  if (/^\d+(\.\d+)?$/.test(text)) {
    return {
      code: "PLAN_UNIT",
      message: "expected a load with its unit",
      hint: `Write the unit: ${text}x, ${text}/s or ${Math.ceil(Number(text))} users.`,
    };
  }
  const users = /^(\d+\.\d+)\s*users?$/.exec(text);
  if (users) {
    return {
      code: "PLAN_LOAD",
      message: "expected a whole number of users",
      hint: `Write ${Math.round(Number(users[1]))} users.`,
    };
  }
  return {
    code: "PLAN_UNIT",
    message: "expected a load",
    hint: "Write a load such as 2x (times the expected peak), 5/s (sessions a second) or 20 users.",
  };
}

export function text(title: string, description: string, most = 10_000) {
  return z.string().min(1).max(most).meta({ title, description });
}

export function flag(title: string, description: string) {
  return z.boolean().meta({ title, description });
}

/** A whole number without a unit. */
export function count(title: string, description: string, least = 1, most = Number.MAX_SAFE_INTEGER) {
  return z.int().min(least).max(most).meta({ title, description });
}
