import type { Random } from "../../../../base/index.ts";
import { type Comparison, holds } from "../../fields.ts";
import type { Call, Part } from "../../types.ts";
import { costAt } from "../kit/price.ts";
import { partsOf, type RouterRule, type RouterSpec, type Target } from "./schema.ts";

export interface Choosing {
  readonly spec: RouterSpec;
  load(part: string): Part["load"];
  /** For splits: one number a call, or a session where that sticks. */
  readonly random: Random;
}

/** The part that the rules give a call, and the number of the rule (-1: otherwise); undefined: no rule holds. */
export function choose(call: Call, around: Choosing): { readonly part: string; readonly rule: number } | undefined {
  const { rules, otherwise } = around.spec;
  const rule = rules.findIndex((each) => applies(each, call, around));
  const to = rules[rule]?.to ?? otherwise;
  return to && { part: pick(to.kind, to, call, around), rule };
}

function applies({ when, to }: RouterRule, call: Call, around: Choosing): boolean {
  const parts = partsOf(to);
  const least = (of: (part: string) => number): number => Math.min(...parts.map(of));
  const facts: readonly (readonly [Comparison | undefined, () => number])[] = [
    [when.promptTokens, () => call.prompt.tokens],
    [when.maxTokens, () => call.maxTokens ?? Number.POSITIVE_INFINITY],
    [when.waiting, () => least((part) => around.load(part).waiting)],
    [when.running, () => least((part) => around.load(part).running)],
    [when.price, () => least((part) => mostCost(around.spec, part, call))],
  ];
  if (when.kind !== undefined && when.kind !== call.kind) return false;
  if (when.model !== undefined && !when.model.includes(call.model)) return false;
  return facts.every(([comparison, seen]) => comparison === undefined || holds(comparison, seen()));
}

type PickOf = {
  readonly [K in Target["kind"]]: (to: Extract<Target, { readonly kind: K }>, call: Call, around: Choosing) => string;
};

const PICKS: PickOf = {
  one: ({ part }) => part,
  split: ({ parts, weights }, _call, { random }) => {
    let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
    const index = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return parts[index] ?? parts[parts.length - 1] ?? "";
  },
  least: ({ parts }, _call, { load }) =>
    best(parts, (a, b) => load(a).waiting - load(b).waiting || load(a).running - load(b).running),
  cheapest: ({ parts }, call, { spec }) => best(parts, (a, b) => mostCost(spec, a, call) - mostCost(spec, b, call)),
};

function pick<K extends Target["kind"]>(
  kind: K,
  to: Extract<Target, { readonly kind: K }>,
  call: Call,
  around: Choosing,
): string {
  return PICKS[kind](to, call, around);
}

/** The first of the best. */
function best(parts: readonly string[], compare: (a: string, b: string) => number): string {
  return parts.reduce((so, part) => (compare(part, so) < 0 ? part : so), parts[0] ?? "");
}

/** Answer tokens that a call without max_tokens is taken to have when prices are compared. */
const USUAL_OUTPUT = 256;

function mostCost(spec: RouterSpec, part: string, call: Call): number {
  return costOf(spec, part, call.prompt.tokens, call.maxTokens ?? USUAL_OUTPUT);
}

/** Dollars; 0 where the part has no price. */
export function costOf(spec: RouterSpec, part: string, inputTokens: number, outputTokens: number): number {
  const price = spec.prices[part];
  return price === undefined ? 0 : costAt(price, inputTokens, outputTokens);
}
