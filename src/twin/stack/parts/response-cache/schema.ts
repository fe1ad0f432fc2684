import { z } from "zod";
import { count, flag, partName, quantity, share, spread } from "../../fields.ts";
import { instants } from "../kit/times.ts";

export const responseCacheSchema = z
  .strictObject({
    kind: z.literal("response-cache"),
    to: partName("To", "The part that answers what the cache does not have."),
    entries: count("Entries", "Most answers that it keeps."),
    tokens: count("Tokens", "Most answer tokens that it keeps. Default: no bound.").optional(),
    ttl: quantity("duration", "Time to live", "Age at which an answer is worthless. Default: none.").optional(),
    latency: spread("Latency", "Time of a lookup. Default: 1ms.").default({ median: 1, sigma: 0 }),
    gap: quantity("duration", "Gap", "Time between the tokens of a hit; 0s: all at once. Default: 0s.", "zero").default(
      0,
    ),
    singleFlight: flag(
      "Single flight",
      "Whether equal calls wait for the first one's answer instead of all going on. Default: true.",
    ).default(true),
    lockTimeout: quantity(
      "duration",
      "Lock timeout",
      "How long an equal call waits before it goes on by itself. Default: as long as it takes.",
    ).optional(),
    similarity: z
      .strictObject({
        share: share("Share", "Share of the prompt's blocks, from its beginning, that must be equal."),
        block: count("Block", "Tokens of a block. Default: 16.").default(16),
      })
      .optional()
      .meta({ title: "Similarity", description: "Answers near prompts too, as a semantic cache does." }),
    flushes: instants("Flushes", "When all of it is lost."),
  })
  .meta({ title: "Response cache", description: "Whole answers by model and prompt." });

export type ResponseCacheSpec = z.output<typeof responseCacheSchema>;
