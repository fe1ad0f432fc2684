import { z } from "zod";
import { refuse } from "../../../../plan/index.ts";
import { count, quantity, share, spread, text } from "../../fields.ts";
import { answerStyle } from "../kit/answer-style.ts";
import { price } from "../kit/price.ts";
import { errorRate, outages, slowPeriods } from "../kit/times.ts";

const perMinute = (title: string, what: string) => count(title, `${what} a minute. Default: no limit.`).optional();

export const externalSchema = z
  .strictObject({
    kind: z.literal("external"),
    dialect: z
      .enum(["openai", "anthropic"])
      .default("openai")
      .meta({ title: "Dialect", description: "Whose limits, headers and words of failure it has." }),
    models: z
      .array(text("Model", "Name of a model.", 200))
      .max(1000)
      .default([])
      .meta({ title: "Models", description: "Models that it has; others are refused with 404. Default: any." }),
    answers: answerStyle().default({ median: 200, sigma: 0.7, max: 4096 }),
    requestsPerMinute: perMinute("Requests a minute", "Requests"),
    tokensPerMinute: perMinute("Tokens a minute", "Tokens, prompt and max_tokens together,"),
    inputTokensPerMinute: perMinute("Input tokens a minute", "Prompt tokens (anthropic)"),
    outputTokensPerMinute: perMinute("Output tokens a minute", "Answer tokens (anthropic)"),
    burst: quantity(
      "duration",
      "Burst",
      "How much of a limit may be used at once, as the time that it takes to come back. Default: 60s.",
    ).default(60_000),
    assumedOutput: count(
      "Assumed output",
      "Tokens charged for the answer of a request without max_tokens. Default: 16.",
      0,
    ).default(16),
    concurrency: count("Concurrency", "Requests at once; more get 429. Default: no limit.").optional(),
    ttft: spread("First token", "Time to the first token."),
    gap: spread("Gap", "Time between two tokens."),
    slowStart: z
      .strictObject({
        share: share("Share", "Share of the requests that start slowly."),
        extra: spread("Extra", "What they wait on top for the first token."),
      })
      .optional()
      .meta({ title: "Slow start", description: "A tail of requests that land on a cold or crowded machine." }),
    refusal: quantity(
      "duration",
      "Refusal",
      "Time until a refusal comes back; what fails at work does so when its first token was due. Default: 20ms.",
      "zero",
    ).default(20),
    errors: errorRate("Errors", "Share of the requests that fail.").optional(),
    slow: slowPeriods(),
    outages: outages(),
    prices: price("Prices", "What the provider charges.").optional(),
  })
  .superRefine((spec, ctx) => {
    if (spec.dialect === "anthropic") return;
    for (const field of ["inputTokensPerMinute", "outputTokensPerMinute"] as const) {
      if (spec[field] === undefined) continue;
      refuse(ctx, {
        code: "PLAN_RANGE",
        message: "this dialect limits prompt and answer together",
        path: [field],
        hint: "Use tokensPerMinute, or write `dialect: anthropic`.",
      });
    }
  })
  .meta({
    title: "External provider",
    description: "Somebody else's API: no engine, but limits, prices and bad days.",
  });

export type ExternalSpec = z.output<typeof externalSchema>;
