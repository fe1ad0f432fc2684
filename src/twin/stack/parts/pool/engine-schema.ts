import { z } from "zod";
import { DIALECTS } from "../../../engine/types.ts";
import { count, flag, quantity, share } from "../../fields.ts";

const cost = (title: string, description: string) => z.number().min(0).max(1e9).meta({ title, description }).optional();

const costs = z
  .strictObject({
    c0: cost("c0", "ms of every step."),
    c1: cost("c1", "ms for each token up to n0."),
    c2: cost("c2", "ms for each token beyond n0."),
    n0: cost("n0", "Tokens of a step at which it is bound by compute."),
    ch: cost("ch", "ms for each sequence of a step."),
    d1: cost("d1", "ms for each context token of a decoding sequence."),
    d2: cost("d2", "ms for each decoding sequence."),
    p1: cost("p1", "ms for each prefilled token and token of its context."),
    p2: cost("p2", "ms for each token of a prefilled sequence's context."),
    kappa: z
      .number()
      .min(1)
      .max(10)
      .meta({
        title: "kappa",
        description: "Attention costs so many times as much where prefill and decode share a step.",
      })
      .optional(),
  })
  .meta({ title: "Step costs", description: "Coefficients of the step time, ms; docs/TWIN.md has the formula." });

const noise = z
  .strictObject({
    sigma: z
      .number()
      .min(0)
      .max(2)
      .meta({ title: "Sigma", description: "Of the log-normal factor on each step." })
      .optional(),
    stallProbability: share("Stall probability", "Share of the steps that the host holds up.").optional(),
    stallMin: quantity("duration", "Shortest stall", "Shortest hold-up.", "zero").optional(),
    stallMax: quantity("duration", "Longest stall", "Longest hold-up.", "zero").optional(),
  })
  .meta({ title: "Noise", description: "How steps vary." });

/** Fields of an engine as a stack writes them: over a preset's, or whole. */
export const engineSchema = z
  .strictObject({
    dialect: z.enum(DIALECTS).meta({ title: "Dialect", description: "Whose scheduler. Default: vllm." }).optional(),
    costs: costs.optional(),
    noise: noise.optional(),
    blocks: count("Blocks", "KV blocks that requests may hold.").optional(),
    blockSize: count("Block size", "Tokens a block.", 1, 4096).optional(),
    tokenBudget: count("Token budget", "Tokens a step; vLLM's max_num_batched_tokens.").optional(),
    maxSeqs: count("Most sequences", "Sequences a step; vLLM's max_num_seqs, llama.cpp's slots.").optional(),
    longPrefill: count("Long prefill", "Most prompt tokens of one request a step; 0: no such bound.", 0).optional(),
    maxModelLen: count("Context length", "Most tokens of prompt and answer together.").optional(),
    prefixCache: flag("Prefix cache", "Whether prompts find blocks that earlier ones computed.").optional(),
    policy: z
      .enum(["fcfs", "priority"])
      .meta({ title: "Policy", description: "Who is served first. Default: fcfs." })
      .optional(),
    admitWholePrompt: flag(
      "Admit whole prompts",
      "Whether a request waits until its whole prompt fits into free blocks; vLLM's scheduler_reserve_full_isl. Default: true.",
    ).optional(),
    asyncScheduling: flag(
      "Asynchronous scheduling",
      "Whether a step is planned when the one before begins, and so sees arrivals and freed blocks a step later; vLLM's async_scheduling. Default: true.",
    ).optional(),
    sglang: z
      .strictObject({
        schedule: z
          .enum(["fcfs", "lpm"])
          .meta({ title: "Schedule", description: "As they came, or the longest cached prefix first. Default: fcfs." })
          .optional(),
        mixedChunk: flag(
          "Mixed chunks",
          "Whether decodes join the steps of prefill chunks. Default: false.",
        ).optional(),
        conservativeness: z
          .number()
          .positive()
          .max(100)
          .meta({ title: "Conservativeness", description: "Scales what admission reserves for answers. Default: 1." })
          .optional(),
      })
      .meta({ title: "SGLang", description: "Switches of the dialect sglang." })
      .optional(),
    llamacpp: z
      .strictObject({
        promptCache: count(
          "Prompt cache",
          "Tokens that the host's memory keeps of prompts; none by default.",
        ).optional(),
      })
      .meta({ title: "llama.cpp", description: "Switches of the dialect llamacpp." })
      .optional(),
    speculation: z
      .strictObject({
        tokens: count("Tokens", "Draft tokens a step.", 1, 64),
        acceptance: share("Acceptance", "Probability that each draft token is accepted, given the one before was."),
        draft: share("Draft", "Size of the draft model, as a share of the model. Default: 0.05.").default(0.05),
      })
      .meta({ title: "Speculation", description: "Speculative decoding." })
      .optional(),
    leak: count("Leak", "Blocks that each finished request never gives back.", 0, 1_000_000).optional(),
  })
  .meta({ title: "Engine", description: "Changes to the preset's engine; without a preset the whole engine." });

export type WrittenEngine = z.output<typeof engineSchema>;
