import { fitHinge, type StepPoint } from "./hinge.ts";
import { headParameters, kvBytesPerGpu, layerParameters, QUANTIZATIONS, type Quantization } from "./memory.ts";
import type { AllReduce, GpuSpec, ModelShape } from "./presets/types.ts";
import type { StepCosts } from "./types.ts";

/** What the priors are worked out for. */
export interface Hardware {
  readonly model: ModelShape;
  readonly gpu: GpuSpec;
  readonly tensorParallel: number;
  readonly quantization: Quantization;
  /** Bytes of one element of the KV cache: 2, or 1. */
  readonly kvBytes: number;
}

/** Host work of a step that the GPU waits for, ms: what measured 8B engines leave after weights and output head. */
export const HOST_MS = 0.5;
/** Share of bandwidth that KV reads reach, and of peak that prefill attention does. */
const KV_EFFICIENCY = 0.9;
const ATTENTION_EFFICIENCY = 0.6;
/** Mixed steps cost more than their parts: 1.1 to 1.6 measured. */
const KAPPA = 1.3;
/** Parameters of a layer on one GPU from which on the efficiencies hold, and the power by which smaller slices fall short of them. */
const FULL_SLICE = 216e6;
const SLICE_POWER = 0.22;
const GRID = [1, 8, 16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024, 2048, 4096, 8192];

/**
 * Linear layers of a step of N tokens, ms: the root of the sum of squares of the time to read the weights and the time of the products. That smooth
 * roofline follows Vidur's seven measured rows with a mean error of 3 to 6 % (the test beside says it row by row); the power that takes efficiency from
 * small slices is fitted to two of them (8B over 2 GPUs, 70B over 8), where the roofline alone is 10 to 17 % too fast. With experts, the weights read
 * grow with N until all are touched: E (1 - (1 - k/E)^N); no measured row checks that.
 */
export function layersMs(hardware: Hardware, tokens: number): number {
  const { model, gpu, tensorParallel, quantization } = hardware;
  const { attention, expert } = layerParameters(model);
  const stored = QUANTIZATIONS[quantization];
  const count = model.experts?.count ?? 1;
  const active = model.experts?.active ?? 1;
  const touched = count * (1 - (1 - active / count) ** tokens);
  const bytes = (attention + expert * touched) * stored.bytes;
  const read = bytes / (tensorParallel * gpu.bandwidth * gpu.memoryEfficiency);
  const peak = stored.peak8 && gpu.peak8 !== undefined ? gpu.peak8 : gpu.peak16;
  const computed = (2 * (attention + expert * active) * tokens) / (tensorParallel * peak * gpu.computeEfficiency);
  const slice = (attention + expert * active) / model.layers / tensorParallel;
  return (Math.hypot(read, computed) * 1e3) / Math.min(1, (slice / FULL_SLICE) ** SLICE_POWER);
}

/** Two all-reduces a layer: ms of a step at no tokens, and for each token. */
export function allReduceMs(hardware: Hardware): { readonly fixed: number; readonly perToken: number } {
  const { model, gpu, tensorParallel } = hardware;
  if (tensorParallel === 1) return { fixed: 0, perToken: 0 };
  const { base, perByte } = reduceOver(gpu.allReduce, tensorParallel);
  return { fixed: 2 * model.layers * base, perToken: 2 * model.layers * perByte * model.hidden * 2 };
}

/**
 * Step costs from data sheets: the smooth roofline and all-reduces on a grid of tokens, brought to a hinge; output head and host added to c0; attention by
 * bytes and operations. `ch`, `d2`, `p2` are 0: nothing known of them beforehand.
 */
export function derivedCosts(hardware: Hardware): StepCosts {
  const reduce = allReduceMs(hardware);
  const points: StepPoint[] = GRID.map((tokens) => ({
    tokens,
    ms: layersMs(hardware, tokens) + reduce.fixed + reduce.perToken * tokens,
  }));
  const hinge = fitHinge(points);
  return {
    c0: hinge.c0 + headMs(hardware) + HOST_MS,
    c1: hinge.c1,
    c2: hinge.c2,
    n0: hinge.n0,
    ch: 0,
    ...attentionCosts(hardware),
    d2: 0,
    p2: 0,
    kappa: KAPPA,
  };
}

/** Reading the output head once, ms. */
export function headMs({ model, gpu, tensorParallel }: Hardware): number {
  return (headParameters(model) * 2 * 1e3) / (tensorParallel * gpu.bandwidth * gpu.memoryEfficiency);
}

/** d1: KV bytes of a token over the bandwidth; p1: 4 layers heads headDim operations over the peak; both divided over the GPUs. ms. */
export function attentionCosts(hardware: Hardware): { readonly d1: number; readonly p1: number } {
  const { model, gpu, tensorParallel, kvBytes } = hardware;
  return {
    d1: (kvBytesPerGpu(model, tensorParallel, kvBytes) * 1e3) / (gpu.bandwidth * KV_EFFICIENCY),
    p1: (4 * model.layers * model.heads * model.headDim * 1e3) / (tensorParallel * gpu.peak16 * ATTENTION_EFFICIENCY),
  };
}

function reduceOver(table: readonly AllReduce[], gpus: number): AllReduce {
  const row = table.find((entry) => entry.gpus === gpus) ?? table.at(-1);
  if (row === undefined) throw new RangeError("No all-reduce figures to derive tensor parallelism from.");
  return row;
}
