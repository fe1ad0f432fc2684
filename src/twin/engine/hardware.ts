import { EXIT, type Fault, PlimsollError } from "../../base/index.ts";
import { kvBytesPerToken, type Quantization, weightBytes } from "./memory.ts";
import { assembleSpec, BLOCK_SIZES, coldStartOf } from "./presets/assemble.ts";
import { GPUS } from "./presets/gpus.ts";
import { MODELS } from "./presets/models.ts";
import { PAIRS, type Pair } from "./presets/pairs.ts";
import { SMALL_PRESETS } from "./presets/small.ts";
import type { EnginePreset, GpuSpec, ModelShape } from "./presets/types.ts";
import { derivedCosts, type Hardware } from "./roofline.ts";
import type { Dialect, EngineSpec, StepCosts } from "./types.ts";

/** Speculative decoding: a draft model proposes `tokens`, each accepted with `acceptance` given the one before was. */
export interface Speculation {
  readonly tokens: number;
  readonly acceptance: number;
  /** Size of the draft model as a share of the model's weights; about 0.02 to 0.1. */
  readonly draft: number;
}

export interface HardwareOptions {
  /** Name of a shape in the table of models, or a shape. */
  readonly model: string | ModelShape;
  readonly gpu: string | GpuSpec;
  readonly tensorParallel?: number;
  readonly dialect?: Dialect;
  readonly quantization?: Quantization;
  /** Element of the KV cache. */
  readonly kvCache?: "bf16" | "fp8";
  readonly speculation?: Speculation;
  /** Share of the GPU's memory that the engine may use; 0.9. */
  readonly utilisation?: number;
}

/** A preset by its name, served by another engine than its own where `dialect` says so; undefined where there is none of that name. */
export function presetNamed(name: string, dialect?: Dialect): EnginePreset | undefined {
  const small = SMALL_PRESETS.find((preset) => preset.name === name);
  if (small !== undefined) return { ...small, spec: spoken(small.spec, dialect ?? small.spec.dialect) };
  const pair = PAIRS.find((candidate) => candidate.name === name);
  if (pair === undefined) return undefined;
  const { model, gpu, tensorParallel } = pair;
  return build({ model, gpu, tensorParallel, ...(dialect === undefined ? {} : { dialect }) }, pair);
}

export const PRESET_NAMES: readonly string[] = [...SMALL_PRESETS, ...PAIRS].map(({ name }) => name);

/** Shapes and hardware that a stack can name together, where no preset has the pair. */
export const MODEL_NAMES: readonly string[] = MODELS.map(({ name }) => name);
export const GPU_NAMES: readonly string[] = GPUS.map(({ name }) => name);

/** The same limits and the same tokens of memory under another dialect's block size. */
function spoken(spec: EngineSpec, dialect: Dialect): EngineSpec {
  if (dialect === spec.dialect) return spec;
  const blockSize = BLOCK_SIZES[dialect];
  return { ...spec, dialect, blockSize, blocks: Math.floor((spec.blocks * spec.blockSize) / blockSize) };
}

/**
 * An engine for a model on hardware that nobody measured. Where the same model on the same GPU is a measured pair, its costs are scaled by the ratio of the
 * priors (tensor parallelism, quantization, KV elements, speculation); else they are the priors of `derivedCosts`.
 *
 * How far off (hardware.test.ts has each figure): the priors alone give the measured pairs' decode steps of 1 to 64 sequences within 8 % and a prefill of
 * 2048 tokens within 12 %; a pair scaled to another number of GPUs comes within 7 % and 13 % of the kernels measured there (which the priors' efficiency
 * of small slices was fitted to). Not checked against anything measured: other quantizations, drafts, experts, GPUs without profiles. Engines
 * measured end to end in 2023 took up to half as long again, for their host work.
 *
 * Throws a PlimsollError with every fault: unknown model or GPU, a split that does not divide the heads, weights that leave no room for KV.
 */
export function deriveEngine(options: HardwareOptions): EnginePreset {
  return build(options, undefined);
}

function build(options: HardwareOptions, pair: Pair | undefined): EnginePreset {
  const hardware = resolve(options);
  const { model, gpu, tensorParallel, quantization, kvBytes } = hardware;
  const measured = pair ?? PAIRS.find((each) => each.model === model.name && each.gpu === gpu.name);
  const costs = pair?.costs ?? withDraft(scaled(hardware, measured), options.speculation, hardware);
  const spec = assembleSpec({
    ...hardware,
    costs,
    dialect: options.dialect ?? "vllm",
    utilisation: options.utilisation ?? 0.9,
    ...(pair?.kvTokens === undefined ? {} : { kvTokens: pair.kvTokens }),
    ...(options.speculation === undefined
      ? {}
      : { speculation: { tokens: options.speculation.tokens, acceptance: options.speculation.acceptance } }),
  });
  const weights = weightBytes(model, quantization);
  if (spec.blocks === 0) throw noRoom(hardware, weights);
  const split = tensorParallel === 1 ? "" : `x${tensorParallel}`;
  return {
    name: pair?.name ?? `${model.name}-${gpu.name}${split}`,
    model: model.name,
    gpu: gpu.name,
    tensorParallel,
    spec,
    weightBytes: weights,
    kvBytesPerToken: kvBytesPerToken(model, kvBytes),
    coldStart: coldStartOf(weights, tensorParallel),
    costsOrigin: pair?.costsOrigin ?? (measured ? "scaled" : "derived"),
    blocksOrigin: pair?.kvTokens === undefined ? "derived" : "measured",
    sources: [
      ...(pair?.sources ?? [
        measured
          ? `step costs scaled from ${measured.name} by the priors`
          : "step costs from data sheets by the priors",
      ]),
      `model: ${model.source}`,
      `GPU: ${gpu.source}`,
    ],
  };
}

/** The measured pair's coefficients times what the priors say that the change does to each. */
function scaled(hardware: Hardware, measured: Pair | undefined): StepCosts {
  const derived = derivedCosts(hardware);
  if (measured === undefined) return derived;
  const there = derivedCosts({
    ...hardware,
    tensorParallel: measured.tensorParallel,
    quantization: "bf16",
    kvBytes: 2,
  });
  const { costs } = measured;
  return {
    ...costs,
    c0: costs.c0 * ratio(derived.c0, there.c0),
    c1: costs.c1 * ratio(derived.c1, there.c1),
    c2: costs.c2 * ratio(derived.c2, there.c2),
    n0: Math.round(costs.n0 * ratio(derived.n0, there.n0)),
    d1: costs.d1 * ratio(derived.d1, there.d1),
    p1: costs.p1 * ratio(derived.p1, there.p1),
  };
}

function ratio(now: number, then: number): number {
  return then > 0 ? now / then : 1;
}

/** The draft runs once a proposed token, reading its own weights each time. */
function withDraft(
  costs: StepCosts,
  speculation: Speculation | undefined,
  { model, gpu, tensorParallel }: Hardware,
): StepCosts {
  if (speculation === undefined) return costs;
  const bytes = weightBytes(model) * speculation.draft;
  const once = (bytes * 1e3) / (tensorParallel * gpu.bandwidth * gpu.memoryEfficiency);
  return { ...costs, c0: costs.c0 + speculation.tokens * once };
}

function resolve(options: HardwareOptions): Hardware {
  const faults: Fault[] = [];
  const model = named("model", options.model, MODELS, faults);
  const gpu = named("gpu", options.gpu, GPUS, faults);
  const tensorParallel = options.tensorParallel ?? 1;
  if (model && (!Number.isInteger(tensorParallel) || tensorParallel < 1 || model.heads % tensorParallel !== 0)) {
    faults.push({
      code: "ENGINE_BAD_SPLIT",
      path: "tensorParallel",
      message: `${model.name} has ${model.heads} heads; ${tensorParallel} GPUs cannot share them evenly`,
      received: String(tensorParallel),
      hint: "Choose a divisor of the number of heads, such as 1, 2, 4 or 8.",
    });
  }
  if (model === undefined || gpu === undefined || faults.length > 0) throw new PlimsollError(faults, EXIT.planInvalid);
  return {
    model,
    gpu,
    tensorParallel,
    quantization: options.quantization ?? "bf16",
    kvBytes: options.kvCache === "fp8" ? 1 : 2,
  };
}

/** The shape itself, or the entry of that name; a fault where there is none. */
function named<T extends { readonly name: string }>(
  path: string,
  given: string | T,
  table: readonly T[],
  faults: Fault[],
): T | undefined {
  if (typeof given !== "string") return given;
  const found = table.find(({ name }) => name === given);
  if (found === undefined) {
    faults.push({
      code: "ENGINE_UNKNOWN_HARDWARE",
      path,
      message: `no ${path} of the name ${given} is known`,
      received: given,
      hint: `Choose one of ${table.map(({ name }) => name).join(", ")}, or give its shape.`,
    });
  }
  return found;
}

function noRoom({ model, gpu, tensorParallel }: Hardware, weights: number): PlimsollError {
  return new PlimsollError(
    {
      code: "ENGINE_NO_ROOM",
      path: "gpu",
      message: `${model.name} weighs ${(weights / 1e9).toFixed(1)} GB and leaves ${tensorParallel} x ${gpu.name} no memory for KV`,
      received: `${tensorParallel} x ${gpu.name}`,
      hint: "Split the model over more GPUs, or quantize it.",
    },
    EXIT.planInvalid,
  );
}
