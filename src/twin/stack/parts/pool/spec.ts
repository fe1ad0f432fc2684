import { z } from "zod";
import { type Issuer, refuse } from "../../../../plan/index.ts";
import { GPU_NAMES, MODEL_NAMES, PRESET_NAMES } from "../../../engine/index.ts";
import { count, quantity, share, text } from "../../fields.ts";
import { lognormalSigma } from "../../spread.ts";
import { autoscaleSchema, coldStartSchema } from "./autoscale/schema.ts";
import { BALANCERS } from "./balancers/table.ts";
import { completeColdStart } from "./cold-default.ts";
import { degradeSchema } from "./degrade.ts";
import { engineSchema } from "./engine-schema.ts";
import { type ReplicaFault, replicaFaultsSchema } from "./faults.ts";
import { resolveEngine } from "./resolve-engine.ts";

interface Together {
  readonly answers: { readonly median: number; readonly p95?: number | undefined; readonly max: number };
  readonly autoscale?: { readonly min: number; readonly max: number } | undefined;
  readonly cold: number;
  readonly faults: readonly ReplicaFault[];
}

/** What is wrong about fields that are each right. */
function checkTogether({ answers, autoscale, cold, faults }: Together, replicas: number, ctx: Issuer): void {
  const range = (message: string, path: (string | number)[], hint: string) =>
    refuse(ctx, { code: "STACK_RANGE", message, path, hint });
  if (answers.p95 !== undefined && answers.p95 < answers.median) {
    range("p95 is below the median", ["answers", "p95"], "Swap median and p95.");
  }
  if (answers.max < answers.median) range("the most is below the median", ["answers", "max"], "Raise max.");
  if (autoscale && autoscale.max < autoscale.min) range("max is below min", ["autoscale", "max"], "Swap min and max.");
  if (cold > replicas) range(`the pool has ${replicas} replicas`, ["cold"], `Write at most ${replicas}.`);
  const most = Math.max(replicas, autoscale?.max ?? 0);
  for (const [i, { replica }] of faults.entries()) {
    if (replica === undefined || replica < most) continue;
    range(`the pool has no replica ${replica}`, ["faults", i, "replica"], `Write 0 to ${most - 1}.`);
  }
}

/** Answers of a chat model that nobody asked to be brief (estimate). */
const ANSWERS = { median: 180, p95: 600, max: 2048 };

const answers = z
  .strictObject({
    median: count("Median", `Tokens that half of the answers stay below. Default: ${ANSWERS.median}.`).default(
      ANSWERS.median,
    ),
    p95: count("p95", `Tokens that one answer in twenty exceeds. Default: 3.3 times the median.`).optional(),
    max: count("Most", `Tokens of the longest answer. Default: ${ANSWERS.max}.`).default(ANSWERS.max),
  })
  .meta({ title: "Answers", description: "How long unconstrained answers are: log-normal, in tokens." });

const balancer = z
  .enum(BALANCERS.map(({ name }) => name))
  .default(BALANCERS[0].name)
  .meta({
    title: "Balancer",
    description: `Which replica takes a call: ${BALANCERS.map(({ name, summary }) => `${name} (${summary})`).join(", ")}. Default: ${BALANCERS[0].name}.`,
  });

export const poolSchema = z
  .strictObject({
    kind: z.literal("pool"),
    preset: text("Preset", `An engine by name, with the source of each number: ${PRESET_NAMES.join(", ")}.`, 100)
      .meta({ samples: PRESET_NAMES })
      .optional(),
    model: text(
      "Model",
      `A model's shape, with \`gpu\`, where no preset has the pair: ${MODEL_NAMES.join(", ")}.`,
      100,
    ).optional(),
    gpu: text("GPU", `The GPU that the model runs on: ${GPU_NAMES.join(", ")}.`, 100).optional(),
    tensorParallel: count("Tensor parallel", "GPUs that share the model. Default: 1.", 1, 64).optional(),
    quantization: z
      .enum(["bf16", "fp8", "int4"])
      .meta({ title: "Quantization", description: "How the weights are stored. Default: bf16." })
      .optional(),
    kvCache: z
      .enum(["bf16", "fp8"])
      .meta({ title: "KV cache", description: "How keys and values are stored. Default: bf16." })
      .optional(),
    utilisation: share("Utilisation", "Share of the GPU's memory that the engine may use. Default: 0.9.").optional(),
    engine: engineSchema.optional(),
    models: z
      .array(text("Model", "A model's name.", 200))
      .min(1)
      .max(100)
      .meta({
        title: "Models",
        description: "Names that it answers to; the first is its own. Default: the preset's model.",
      })
      .optional(),
    replicas: count("Replicas", "Engines side by side. Default: 1, or the autoscaler's least.", 1, 10_000).optional(),
    cold: count("Cold", "Replicas that only start when the stack does. Default: 0.", 0, 10_000).default(0),
    balancer,
    unready: z.enum(["refuse", "hold"]).default("refuse").meta({
      title: "Unready",
      description: "What becomes of calls while no replica is ready: refused with 503, or held. Default: refuse.",
    }),
    queue: count("Queue", "Most calls that wait; the rest get 503. Default: no limit, as vLLM.", 0).optional(),
    timeout: quantity("duration", "Timeout", "Longest that a call may take; then 504, or a broken stream.").optional(),
    answers: answers.prefault({}),
    autoscale: autoscaleSchema.optional(),
    coldStart: coldStartSchema.optional(),
    degrade: degradeSchema.default([]),
    faults: replicaFaultsSchema,
  })
  .transform((written, ctx) => {
    const engine = resolveEngine(written, ctx);
    const { autoscale, answers } = written;
    const replicas = Math.max(written.replicas ?? 1, autoscale?.min ?? 1);
    checkTogether(written, replicas, ctx);
    if (engine === undefined) return z.NEVER;
    return {
      kind: written.kind,
      engine: engine.spec,
      models: written.models ?? (engine.model === undefined ? [] : [engine.model]),
      replicas,
      cold: written.cold,
      balancer: written.balancer,
      hold: written.unready === "hold",
      queue: written.queue ?? Number.POSITIVE_INFINITY,
      timeout: written.timeout,
      style: {
        median: answers.median,
        sigma: lognormalSigma(answers.median, answers.p95 ?? answers.median * (ANSWERS.p95 / ANSWERS.median), 0.95),
        max: answers.max,
      },
      autoscale,
      coldStart: completeColdStart({ ...written.coldStart, ...autoscale?.coldStart }, engine.coldStart),
      degrade: written.degrade,
      faults: written.faults,
    };
  })
  .meta({ title: "Pool", description: "Replicas of one engine behind a balancer." });

export type PoolSpec = z.output<typeof poolSchema>;
