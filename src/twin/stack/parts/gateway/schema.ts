import { z } from "zod";
import { count, flag, partName, quantity, share, spread, text } from "../../fields.ts";
import { PASSING_STATUSES } from "../kit/failures.ts";
import { failStatus } from "../kit/times.ts";

const limits = {
  requestsPerMinute: count("Requests a minute", "Requests of one key a minute. Default: no limit.").optional(),
  tokensPerMinute: count(
    "Tokens a minute",
    "Tokens of one key a minute, prompt and max_tokens together. Default: no limit.",
  ).optional(),
};

/** A key that may come in, and the limits that it has of its own. */
export interface KeyEntry {
  readonly key: string;
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
}

export const retriesSchema = z
  .strictObject({
    count: count("Count", "Tries after the first.", 0, 100),
    backoff: quantity("duration", "Backoff", "Wait before the second try. Default: 100ms.", "zero").default(100),
    factor: z
      .number()
      .min(1)
      .max(100)
      .default(2)
      .meta({ title: "Factor", description: "How much longer each further wait is. Default: 2." }),
    maxBackoff: quantity("duration", "Most backoff", "Longest wait. Default: 10s.").default(10_000),
    jitter: z.enum(["full", "equal", "none"]).default("full").meta({
      title: "Jitter",
      description: "full: anything up to the wait; equal: between half and all of it; none. Default: full.",
    }),
    on: z
      .array(failStatus("Status", "A status that is tried again."))
      .default([...PASSING_STATUSES])
      .meta({ title: "On", description: "Statuses that are tried again. Default: what passes by itself." }),
    honourRetryAfter: flag(
      "Honour Retry-After",
      "Whether a Retry-After of up to a minute replaces the wait. Default: true.",
    ).default(true),
    budget: z
      .strictObject({
        share: share("Share", "Retries that each first try pays for. Default: 0.1.").default(0.1),
        perSecond: z
          .number()
          .min(0)
          .max(1e6)
          .default(0)
          .meta({ title: "Per second", description: "Retries a second that are free. Default: 0." }),
        most: count("Most", "Retries that can be saved up. Default: 10.").default(10),
      })
      .optional()
      .meta({ title: "Budget", description: "Keeps retries to a share of the traffic. Default: no budget." }),
  })
  .meta({ title: "Retries", description: "Further tries, before the first token only." });

export type RetrySpec = z.output<typeof retriesSchema>;

export const gatewaySchema = z
  .strictObject({
    kind: z.literal("gateway"),
    to: partName("To", "The part that it passes calls to."),
    time: spread("Time", "Its own work on a call. Default: none.").default({ median: 0, sigma: 0 }),
    auth: partName("Auth", "A part that every call passes first.").optional(),
    keys: z
      .array(
        z.union([
          text("Key", "An API key.", 500).transform((key): KeyEntry => ({ key })),
          z
            .strictObject({ key: text("Key", "An API key.", 500), ...limits })
            .transform((entry): KeyEntry => entry)
            .meta({ title: "Key with limits", description: "A key that has limits of its own." }),
        ]),
      )
      .max(100_000)
      .optional()
      .meta({ title: "Keys", description: "Keys that may come in; everyone else gets 401. Default: anyone." }),
    limits: z
      .strictObject({
        ...limits,
        burst: quantity("duration", "Burst", "Size of a bucket as the time to fill it. Default: 60s.").default(60_000),
      })
      .optional()
      .meta({ title: "Limits", description: "Of each key; those that send none share one." }),
    concurrency: count("Concurrency", "Calls that it has under way at once. Default: no bound.").optional(),
    queue: count("Queue", "Calls that may wait for a place; more get 503. Default: no bound.", 0).optional(),
    queueTimeout: quantity(
      "duration",
      "Queue timeout",
      "Longest wait for a place; then 503. Default: none.",
    ).optional(),
    shed: z
      .strictObject({
        waiting: count("Waiting", "Calls that wait here and at `of`, from which on new ones get 503.", 0),
        of: partName("Of", "The part whose queue counts too. Default: the one that calls go to.").optional(),
        retryAfter: quantity("duration", "Retry after", "What the 503 says. Default: 1s.").default(1000),
      })
      .optional()
      .meta({ title: "Shed", description: "Load shedding: refuses early what would wait long." }),
    timeout: z
      .union([
        quantity("duration", "Timeout", "Longest time of one try, from its start to its last token.").transform(
          (value) => ({ firstToken: undefined, try: value, total: undefined }),
        ),
        z
          .strictObject({
            firstToken: quantity("duration", "First token", "Longest wait of one try for its first token.").optional(),
            try: quantity("duration", "Try", "Longest time of one try.").optional(),
            total: quantity("duration", "Total", "Longest time of the call, queue and all tries.").optional(),
          })
          .meta({ title: "Timeouts", description: "Several bounds; what is over ends with 504." }),
      ])
      .optional()
      .meta({ title: "Timeout", description: "What is over ends with 504. Default: none." }),
    orphans: flag(
      "Orphans",
      "Whether a try that timed out is worked off behind all the same, unheard. Default: false.",
    ).default(false),
    retries: retriesSchema.optional(),
  })
  .meta({ title: "Gateway", description: "Keys, limits, queue, shedding, timeouts and retries before a stack." });

export type GatewaySpec = z.output<typeof gatewaySchema>;
