import { z } from "zod";
import { refuse } from "../../../../plan/index.ts";
import { comparison, count, flag, partName, quantity, spread, text } from "../../fields.ts";
import { PASSING_STATUSES } from "../kit/failures.ts";
import { price } from "../kit/price.ts";
import { failStatus } from "../kit/times.ts";

const several = (title: string, description: string) =>
  z.array(partName("Part", "A part.")).min(1).max(1000).meta({ title, description });

/** Where a call goes: one part, or a choice among several. */
export type Target =
  | { readonly kind: "one"; readonly part: string }
  | { readonly kind: "split"; readonly parts: readonly string[]; readonly weights: readonly number[] }
  | { readonly kind: "least"; readonly parts: readonly string[] }
  | { readonly kind: "cheapest"; readonly parts: readonly string[] };

const target = () =>
  z
    .union([
      partName("Part", "Always this part.").transform((part): Target => ({ kind: "one", part })),
      z
        .strictObject({
          split: z
            .record(partName("Part", "A part."), z.number().min(0).max(1e9))
            .meta({ title: "Split", description: "Weight of each part." }),
        })
        .transform(({ split }, ctx): Target => {
          const parts = Object.keys(split);
          const weights = Object.values(split);
          if (weights.some((weight) => weight > 0)) return { kind: "split", parts, weights };
          refuse(ctx, { code: "PLAN_RANGE", message: "no part has a weight", hint: "Give one a weight above zero." });
          return z.NEVER;
        })
        .meta({ title: "Split", description: "Among several, by weight." }),
      z
        .strictObject({ least: several("Least", "The one with the fewest calls waiting, then running.") })
        .transform(({ least }): Target => ({ kind: "least", parts: least }))
        .meta({ title: "Least", description: "Among several, by load." }),
      z
        .strictObject({ cheapest: several("Cheapest", "The one that this call costs least on; needs prices.") })
        .transform(({ cheapest }): Target => ({ kind: "cheapest", parts: cheapest }))
        .meta({ title: "Cheapest", description: "Among several, by price." }),
    ])
    .meta({ title: "Target", description: "Where the call goes." });

const name = () => text("Model", "Name of a model.", 200);

const when = z
  .strictObject({
    kind: z
      .enum(["generate", "embed"])
      .optional()
      .meta({ title: "Kind", description: "Calls for answers, or for embeddings." }),
    promptTokens: comparison("Prompt tokens", "Length of the prompt, such as `> 3000`.").optional(),
    maxTokens: comparison("Most tokens", "max_tokens of the call; without it no bound.").optional(),
    model: z
      .union([name().transform((model) => [model]), z.array(name()).min(1).max(1000)])
      .optional()
      .meta({ title: "Model", description: "The model that was asked for, or one of these." }),
    waiting: comparison("Waiting", "Calls that wait at the rule's target (at the least loaded of several).").optional(),
    running: comparison("Running", "Calls under way there.").optional(),
    price: comparison("Price", "Dollars that this call costs there at most; needs prices and max_tokens.").optional(),
  })
  .meta({ title: "When", description: "All of it must hold." });

export const routerSchema = z
  .strictObject({
    kind: z.literal("router"),
    time: spread("Time", "Its own work on a call. Default: none.").default({ median: 0, sigma: 0 }),
    rules: z
      .array(z.strictObject({ when, to: target() }).meta({ title: "Rule", description: "Where some calls go." }))
      .max(1000)
      .default([])
      .meta({ title: "Rules", description: "The first that holds decides." }),
    otherwise: target().optional(),
    fallback: z
      .array(partName("Part", "A part."))
      .max(100)
      .default([])
      .meta({ title: "Fallback", description: "Parts that are tried in this order when the chosen one fails." }),
    on: z
      .array(failStatus("Status", "A status after which the next part is tried."))
      .default([...PASSING_STATUSES])
      .meta({ title: "On", description: "Statuses that count as the part's failure. Default: what passes by itself." }),
    breaker: z
      .strictObject({
        failures: count("Failures", "Failures in a row that open it."),
        open: quantity("duration", "Open", "How long the part is left alone. Default: 30s.").default(30_000),
        probes: count("Probes", "Calls at once that try it afterwards. Default: 1.").default(1),
      })
      .optional()
      .meta({ title: "Circuit breaker", description: "Leaves a failing part alone for a while." }),
    sticky: flag("Sticky", "Whether a session stays with its first choice. Default: false.").default(false),
    prices: z
      .record(partName("Part", "A part."), price("Price", "What a call to the part costs."))
      .default({})
      .meta({ title: "Prices", description: "What calls cost, by part." }),
  })
  .superRefine((spec, ctx) => {
    const targets = [...spec.rules.map((rule) => rule.to), ...(spec.otherwise === undefined ? [] : [spec.otherwise])];
    if (targets.length === 0) {
      refuse(ctx, { code: "PLAN_MISSING", message: "the router leads nowhere", hint: "Add `otherwise: PART`." });
    }
    const unpriced = targets
      .flatMap((to) => (to.kind === "cheapest" ? to.parts : []))
      .concat(spec.rules.flatMap((rule) => (rule.when.price === undefined ? [] : partsOf(rule.to))))
      .filter((part) => spec.prices[part] === undefined);
    for (const part of new Set(unpriced)) {
      refuse(ctx, {
        code: "PLAN_MISSING",
        message: `there is no price of \`${part}\``,
        path: ["prices"],
        hint: `Add \`${part}: { input: $0.15/M, output: $0.60/M }\` to prices.`,
      });
    }
  })
  .meta({ title: "Model router", description: "Chooses a part by rules, with a fallback chain and a breaker." });

export type RouterSpec = z.output<typeof routerSchema>;
export type RouterRule = RouterSpec["rules"][number];

export function partsOf(to: Target): readonly string[] {
  return to.kind === "one" ? [to.part] : to.parts;
}
