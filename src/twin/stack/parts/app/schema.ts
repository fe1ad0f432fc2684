import { z } from "zod";
import { count, partName, quantity, share, spread } from "../../fields.ts";

const onFailure = z.enum(["fail", "skip"]).default("fail").meta({
  title: "On failure",
  description: "Whether the call fails with the step, or goes on without it. Default: fail.",
});

const callFields = {
  call: partName("Call", "The part that the step calls."),
  share: share("Share", "Share of the calls that take the step. Default: all.").default(1),
  adds: count("Adds", "Tokens that it adds to the prompt. Default: 0.", 0).default(0),
  timeout: quantity("duration", "Timeout", "Longest time of the step. Default: none.").optional(),
  onFailure,
};

const callStep = z.strictObject(callFields).meta({ title: "Call", description: "One call of another part." });

export type CallStep = z.output<typeof callStep>;

export interface ParallelStep {
  readonly parallel: readonly CallStep[];
  readonly share: number;
}

export interface LoopStep {
  readonly loop: Loop;
  readonly share: number;
  readonly timeout?: number | undefined;
  readonly onFailure: "fail" | "skip";
}

export type Step = CallStep | ParallelStep | LoopStep;

const loop = z
  .strictObject({
    turns: z
      .union([
        count("Turns", "As many turns every time.", 1, 1000).transform((mean) => ({ mean, fixed: true })),
        z
          .strictObject({
            mean: z.number().min(1).max(1000).meta({ title: "Mean", description: "Mean turns, at least 1." }),
          })
          .transform(({ mean }) => ({ mean, fixed: false }))
          .meta({ title: "Geometric", description: "After every turn the agent is done with the same chance." }),
      ])
      .meta({ title: "Turns", description: "How often it asks the model and then a tool, before the answer." }),
    to: partName("To", "The part that thinks. Default: the app's own `to`.").optional(),
    tools: z
      .array(
        z
          .strictObject({
            call: partName("Call", "The part that does the work."),
            weight: z
              .number()
              .positive()
              .max(1e9)
              .default(1)
              .meta({ title: "Weight", description: "How often it is used." }),
            adds: count("Adds", "Tokens of its result. Default: 200.", 0).default(200),
          })
          .meta({ title: "Tool", description: "A tool of the agent." }),
      )
      .max(1000)
      .default([])
      .meta({ title: "Tools", description: "One of them follows each thought." }),
    answer: count("Answer", "Most tokens of a thought. Default: 100.").default(100),
  })
  .meta({ title: "Loop", description: "An agent's turns." });

export type Loop = z.output<typeof loop>;

const step = z
  .union([
    callStep,
    z
      .strictObject({
        parallel: z
          .array(callStep)
          .min(1)
          .max(100)
          .meta({ title: "Parallel", description: "Calls at the same time; the step ends with the last of them." }),
        share: share("Share", "Share of the calls that take the step. Default: all.").default(1),
      })
      .transform((entry): ParallelStep => entry)
      .meta({ title: "Parallel", description: "Several calls at once." }),
    z
      .strictObject({
        loop,
        share: share("Share", "Share of the calls that take the step. Default: all.").default(1),
        timeout: callFields.timeout,
        onFailure,
      })
      .transform((entry): LoopStep => entry)
      .meta({ title: "Loop", description: "An agent's loop of thoughts and tools." }),
  ])
  .meta({ title: "Step", description: "What is done before the answer." });

export const appSchema = z
  .strictObject({
    kind: z.literal("app"),
    to: partName("To", "The part that answers in the end."),
    steps: z
      .array(step)
      .max(100)
      .default([])
      .meta({ title: "Steps", description: "What is done before the answer, one after another." }),
    time: spread("Time", "Its own computing for a call. Default: none.").default({ median: 0, sigma: 0 }),
    cores: count("Cores", "Calls that it computes for at once; more wait. Default: no bound.").optional(),
    concurrency: count(
      "Concurrency",
      "Its workers: each is taken by one call to its end. Default: no bound.",
    ).optional(),
    queue: count("Queue", "Calls that may wait for a worker; more get 503. Default: no bound.", 0).optional(),
    timeout: quantity("duration", "Timeout", "Longest time of a call, to its last token. Default: none.").optional(),
  })
  .meta({ title: "App", description: "An application: retrieval, tools and agents before a model." });

export type AppSpec = z.output<typeof appSchema>;
