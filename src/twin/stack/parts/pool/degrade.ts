import { z } from "zod";
import { DEGRADATIONS } from "../../../answers/types.ts";
import { type Comparison, comparison, count, holds, partName, quantity, share } from "../../fields.ts";
import type { AnswerAsk, Failure } from "../../types.ts";

/** Load of a pool as policies see it. */
export interface Pressure {
  readonly waiting: number;
  readonly running: number;
  /** Share of the KV blocks in use, over the replicas that are ready. */
  readonly kv: number;
}

/** What becomes of a call before an engine sees it. */
export interface Verdict {
  readonly ask: AnswerAsk;
  /** The call is turned away. */
  readonly refusal?: Omit<Failure, "part">;
  /** The call goes to this part instead. */
  readonly divert?: string;
}

const when = z
  .strictObject({
    waiting: comparison("Waiting", "Calls that wait in the pool.").optional(),
    running: comparison("Running", "Calls that its engines run.").optional(),
    kv: comparison("KV", "Share of the KV blocks in use.").optional(),
  })
  .meta({ title: "When", description: "All of these must hold. Default: always." });

const COMMON = {
  when: when.optional(),
  probability: share("Probability", "Share of the calls that it then meets.").default(1),
};

/** Policies that real stacks have: they give less, or turn calls away, to keep the rest alive. */
const shed = z
  .strictObject({
    do: z.literal("shed"),
    ...COMMON,
    status: z.literal([429, 503]).default(503).meta({ title: "Status", description: "Of the refusal. Default: 503." }),
    retryAfter: quantity("duration", "Retry after", "What Retry-After says, in whole seconds.").optional(),
  })
  .transform(
    ({ status, retryAfter, ...rule }): DegradeRule => ({
      ...rule,
      apply: ({ ask }) => ({
        ask,
        refusal: {
          status,
          code: status === 429 ? "rate_limit_exceeded" : "overloaded",
          message: "the server is overloaded and turns requests away",
          ...(retryAfter === undefined ? {} : { retryAfter: Math.max(1, Math.ceil(retryAfter / 1000)) }),
        },
      }),
    }),
  )
  .meta({ title: "Shed", description: "Turns calls away." });

const clamp = z
  .strictObject({ do: z.literal("clamp"), ...COMMON, tokens: count("Tokens", "Most tokens of the answer.") })
  .transform(
    ({ tokens, ...rule }): DegradeRule => ({
      ...rule,
      apply: ({ ask }) => ({ ask: { ...ask, maxTokens: Math.min(tokens, ask.maxTokens ?? tokens) } }),
    }),
  )
  .meta({ title: "Clamp", description: "Lets answers be only so long." });

const trim = z
  .strictObject({ do: z.literal("trim"), ...COMMON, tokens: count("Tokens", "Most tokens of the prompt.") })
  .transform(
    ({ tokens, ...rule }): DegradeRule => ({
      ...rule,
      apply: ({ ask }) =>
        ask.prompt.tokens > tokens ? { ask: { ...ask, prompt: ask.prompt.keepTail(tokens) } } : { ask },
    }),
  )
  .meta({ title: "Trim", description: "Drops the oldest part of longer prompts." });

const fallback = z
  .strictObject({
    do: z.literal("fallback"),
    ...COMMON,
    to: partName("To", "The part that answers instead, such as a pool of a smaller model."),
  })
  .transform(({ to, ...rule }): DegradeRule => ({ ...rule, target: to, apply: ({ ask }) => ({ ask, divert: to }) }))
  .meta({ title: "Fallback", description: "Lets another part answer." });

/** Planted: answers that are worse under load, as faulty stacks give them. */
const planted = z
  .strictObject({
    do: z.enum(DEGRADATIONS).meta({ title: "Do", description: "How the answers are worse." }),
    ...COMMON,
  })
  .transform(
    ({ do: degradation, ...rule }): DegradeRule => ({
      ...rule,
      do: degradation,
      apply: ({ ask }) => ({ ask: { ...ask, degradations: [...ask.degradations, degradation] } }),
    }),
  )
  .meta({ title: "Planted", description: "Answers that are worse than at rest." });

export interface DegradeRule {
  readonly do: string;
  readonly when?: { readonly [K in keyof Pressure]?: Comparison | undefined } | undefined;
  readonly probability: number;
  /** Another part that it sends calls to. */
  readonly target?: string;
  apply(verdict: Verdict): Verdict;
}

export const degradeSchema = z
  .array(z.discriminatedUnion("do", [shed, clamp, trim, fallback, planted]))
  .max(100)
  .meta({ title: "Degradation", description: "What the pool does to calls under load, one rule after another." });

/** Applies the rules in order, up to the first that ends the matter. `draw` gives one uniform number each rule. */
export function degrade(
  rules: readonly DegradeRule[],
  ask: AnswerAsk,
  pressure: Pressure,
  draw: () => number,
): Verdict {
  let verdict: Verdict = { ask };
  for (const rule of rules) {
    const lot = draw();
    if (lot >= rule.probability || !meets(rule.when, pressure)) continue;
    verdict = rule.apply(verdict);
    if (verdict.refusal !== undefined || verdict.divert !== undefined) break;
  }
  return verdict;
}

function meets(when: DegradeRule["when"], pressure: Pressure): boolean {
  if (when === undefined) return true;
  return (
    (when.waiting === undefined || holds(when.waiting, pressure.waiting)) &&
    (when.running === undefined || holds(when.running, pressure.running)) &&
    (when.kv === undefined || holds(when.kv, pressure.kv))
  );
}
