import type { GpuSpec, ModelShape } from "./presets/types.ts";

/** How weights are stored: bytes a parameter of the layers (embeddings and output head stay in 16 bits), and whether products run in 8 bits. */
export const QUANTIZATIONS = {
  bf16: { bytes: 2, peak8: false },
  fp8: { bytes: 1, peak8: true },
  /** Weights of 4 bits with a 16-bit scale for each 128: AWQ, GPTQ. Products stay in 16 bits. */
  int4: { bytes: 0.5 + 2 / 128, peak8: false },
} as const;
export type Quantization = keyof typeof QUANTIZATIONS;

/** Parameters of all layers that one token is multiplied with, and of those that it never shares: attention apart from the feed-forward block. */
export function layerParameters(model: ModelShape): { readonly attention: number; readonly expert: number } {
  const { layers, hidden, heads, kvHeads, headDim, intermediate } = model;
  const attention = layers * hidden * headDim * (2 * heads + 2 * kvHeads);
  return { attention, expert: layers * 3 * hidden * intermediate };
}

export function headParameters(model: ModelShape): number {
  return model.vocabulary * model.hidden;
}

/** Bytes of the whole model, over all GPUs. */
export function weightBytes(model: ModelShape, quantization: Quantization = "bf16"): number {
  const { attention, expert } = layerParameters(model);
  const layers = attention + expert * (model.experts?.count ?? 1);
  const embeddings = headParameters(model) * (model.tied ? 1 : 2);
  return layers * QUANTIZATIONS[quantization].bytes + embeddings * 2;
}

/** KV bytes of one token over all GPUs: 2 layers kvHeads headDim bytes. `bytes` an element: 2, or 1 for an 8-bit cache. */
export function kvBytesPerToken(model: ModelShape, bytes = 2): number {
  return 2 * model.layers * model.kvHeads * model.headDim * bytes;
}

/** The same for each GPU: heads are shared out, and held twice where there are more GPUs than KV heads. */
export function kvBytesPerGpu(model: ModelShape, tensorParallel: number, bytes = 2): number {
  return kvBytesPerToken(model, bytes) / Math.min(tensorParallel, model.kvHeads);
}

/** What a GPU keeps for activations, graphs and context besides weights and KV: an estimate. */
const ALLOWANCE_BYTES = 2 * 2 ** 30;

/**
 * KV blocks that vLLM would have: (memory utilisation - weights - allowance) / bytes a block, the smallest over the GPUs. An estimate: on the one engine
 * whose count is known (8B on an RTX 4090: 2588 blocks) it says 2150, 17 % too few, and the same sum without an allowance 3400, 31 % too many. Where KV
 * saturates, the block count matters more than any coefficient: take it from the engine (`vllm:cache_config_info`) where there is one.
 * 0 where the weights leave no room.
 */
export function kvBlocks(
  model: ModelShape,
  gpu: GpuSpec,
  fit: {
    readonly tensorParallel: number;
    readonly quantization: Quantization;
    readonly kvBytes: number;
    readonly blockSize: number;
    readonly utilisation: number;
  },
): number {
  const { tensorParallel, quantization, kvBytes, blockSize, utilisation } = fit;
  const room = gpu.memoryBytes * utilisation - weightBytes(model, quantization) / tensorParallel - ALLOWANCE_BYTES;
  return Math.max(0, Math.floor(room / (kvBytesPerGpu(model, tensorParallel, kvBytes) * blockSize)));
}
