import { z } from "zod";
import { count, flag, load, quantity, text } from "./fields.ts";

export const expectSchema = z
  .strictObject({
    peak: load("Peak", "What launch day should bring; the `1x` of stages: 4 sessions/s, 120/m or 50 users."),
  })
  .meta({ title: "Expectation", description: "What the load is measured against." });

export const sloSchema = z
  .union([
    text("Limit", "Such as `ttft.p95 < 800ms`, `errors.rate < 1%`, `ttft{persona=researcher}.p95 < 1.5s`.", 500),
    z
      .strictObject({
        expect: text("Limit", "Such as `ttft.p95 < 800ms`.", 500),
        window: quantity(
          "duration",
          "Window",
          "While the run goes on, only this much of the most recent past counts. Default: everything so far.",
        ).optional(),
        abortOnFail: flag(
          "Abort on fail",
          "Whether the run stops when the limit is crossed. Default: false.",
        ).optional(),
        after: quantity("duration", "After", "No abort before this time of the run. Default: 0s.", "zero").optional(),
      })
      .meta({ title: "Limit with options", description: "A limit that can stop the run." }),
  ])
  .meta({ title: "SLO", description: "One limit that must hold." });

export const pricesSchema = z
  .strictObject({
    model: text(
      "Model",
      "Prices of this model from the table that ships with Plimsoll, or from `file`: claude-sonnet-5. Default: the target's model.",
      200,
    ).optional(),
    file: text(
      "File",
      "A table of prices in place of the one that ships: data/prices-<date>.json shows its form.",
    ).optional(),
    input: quantity("tokenPrice", "Input", "Price of input tokens, such as $0.15/M.", "zero").optional(),
    cached: quantity(
      "tokenPrice",
      "Cached input",
      "Price of cached input tokens. Default: as input.",
      "zero",
    ).optional(),
    output: quantity("tokenPrice", "Output", "Price of output tokens.", "zero").optional(),
    reasoning: quantity("tokenPrice", "Reasoning", "Price of reasoning tokens. Default: as output.", "zero").optional(),
    request: quantity("money", "Request", "Price of one request. Default: $0.", "zero").optional(),
  })
  .meta({
    title: "Prices",
    description: "What the target charges; what is written here comes before a table's prices.",
  });

export const budgetSchema = z
  .strictObject({
    cost: quantity("money", "Cost", "Most money to spend; needs prices.").optional(),
    tokens: count("Tokens", "Most tokens, input and output.").optional(),
    requests: count("Requests", "Most attempts.").optional(),
    duration: quantity("duration", "Duration", "Longest run.").optional(),
  })
  .meta({ title: "Budget", description: "What stops the run when it is spent." });

export const guardsSchema = z
  .strictObject({
    allFailedFor: quantity(
      "duration",
      "All failed for",
      "Stops a run whose attempts all failed for this long; 0 is off. Default: 10s.",
      "zero",
    ).optional(),
    minimum: count("Minimum", "Attempts that must have ended in that while. Default: 20.").optional(),
  })
  .meta({ title: "Guards", description: "What stops a run whose target has plainly died." });

export const generatorSchema = z
  .strictObject({
    workers: count("Workers", "Worker threads; 0 is one a core, less one. Default: 0.", 0, 1024).optional(),
    drain: quantity(
      "duration",
      "Drain",
      "How long open answers may take after the last stage. Default: 30s.",
      "zero",
    ).optional(),
    texts: quantity("share", "Texts", "Share of the attempts whose texts are kept. Default: 2%.", "zero").optional(),
    gaps: quantity(
      "share",
      "Gaps",
      "Share of the attempts of which every gap is kept. Default: 1%.",
      "zero",
    ).optional(),
    maxStartLag: quantity(
      "duration",
      "Largest start lag",
      "Start lag p99 beyond which the verdict is withheld, where it is also above 5 % of the first token's p50. Default: 10ms.",
    ).optional(),
    maxLoopDelay: quantity(
      "duration",
      "Largest loop delay",
      "Event-loop delay p99 beyond which the verdict is withheld. Default: 20ms.",
    ).optional(),
  })
  .meta({ title: "Generator", description: "How the load is made and what of it is kept." });
