import { kvBlocks, kvBytesPerToken, type Quantization } from "../memory.ts";
import type { Dialect, EngineSpec, StepCosts, StepNoise } from "../types.ts";
import type { ColdStart, GpuSpec, ModelShape } from "./types.ts";

/** Jitter of a sound engine on a busy host (estimate; no source published one): 4 %, and a hold-up of 20 to 50 ms in one step of a thousand. */
export const SOUND_NOISE: StepNoise = { sigma: 0.04, stallProbability: 1e-3, stallMin: 20, stallMax: 50 };

export interface Assembly {
  readonly model: ModelShape;
  readonly gpu: GpuSpec;
  readonly tensorParallel: number;
  readonly quantization: Quantization;
  readonly kvBytes: number;
  readonly costs: StepCosts;
  readonly dialect: Dialect;
  readonly utilisation: number;
  /** Tokens of KV as an engine reported them; absent: worked out. */
  readonly kvTokens?: number;
  readonly speculation?: NonNullable<EngineSpec["speculation"]>;
}

/** SGLang's chunked_prefill_size by GPU memory in GiB (server_args.py), and its max_running_requests at its least. */
const SGLANG_CHUNKS = [
  { below: 35, tokens: 2048 },
  { below: 60, tokens: 4096 },
  { below: 160, tokens: 8192 },
  { below: Number.POSITIVE_INFINITY, tokens: 16_384 },
];
const SGLANG_RUNNING = 2048;
/** llama.cpp's server: n_batch (common.h), and four slots where -np is left to it. */
const LLAMACPP_BATCH = 2048;
const LLAMACPP_SLOTS = 4;
/** --cache-ram, bytes. */
const LLAMACPP_CACHE = 8 * 2 ** 30;

export const BLOCK_SIZES: Readonly<Record<Dialect, number>> = { vllm: 16, sglang: 1, llamacpp: 1 };

interface DialectLimits {
  readonly tokenBudget: number;
  readonly maxSeqs: number;
}

const LIMITS: Readonly<Record<Dialect, (gpu: GpuSpec) => DialectLimits>> = {
  vllm: ({ tokenBudget, maxSeqs }) => ({ tokenBudget, maxSeqs }),
  sglang: (gpu) => ({
    tokenBudget: SGLANG_CHUNKS.find(({ below }) => gpu.memoryBytes < below * 2 ** 30)?.tokens ?? 8192,
    maxSeqs: SGLANG_RUNNING,
  }),
  llamacpp: () => ({ tokenBudget: LLAMACPP_BATCH, maxSeqs: LLAMACPP_SLOTS }),
};

/** The engine's spec: the dialect's defaults on this GPU, and the memory that is left to KV. */
export function assembleSpec(assembly: Assembly): EngineSpec {
  const { model, gpu, dialect } = assembly;
  const blockSize = BLOCK_SIZES[dialect];
  const blocks =
    assembly.kvTokens === undefined
      ? kvBlocks(model, gpu, { ...assembly, blockSize })
      : Math.floor(assembly.kvTokens / blockSize);
  return {
    dialect,
    costs: assembly.costs,
    noise: SOUND_NOISE,
    blocks,
    blockSize,
    ...LIMITS[dialect](gpu),
    longPrefill: 0,
    maxModelLen: contextThatFits(model.context, blocks * blockSize),
    prefixCache: true,
    policy: "fcfs",
    ...(assembly.speculation === undefined ? {} : { speculation: assembly.speculation }),
    ...(dialect === "llamacpp"
      ? { llamacpp: { promptCache: Math.floor(LLAMACPP_CACHE / kvBytesPerToken(model, assembly.kvBytes)) } }
      : {}),
    leak: 0,
  };
}

/** The model's context, or the largest power of two that the KV cache holds: vLLM refuses to start with a longer one. */
function contextThatFits(context: number, kvTokens: number): number {
  return kvTokens >= context ? context : 2 ** Math.floor(Math.log2(Math.max(1, kvTokens)));
}

/** Bytes a second of fetching weights over the network, and of loading them from NVMe to the GPU. */
const FETCH = 1e9;
const LOAD = 3.4e9;
/** ms: a fresh node 60 to 180 s, an image of 10 to 20 GB 30 to 180 s (the middles; 0 where warm or cached). */
const NODE = 90_000;
const IMAGE = 60_000;
/** Engine start, compiled: 39 s measured with 8B on one GPU; with 70B over eight 205 s without the weights (60 of them connecting the GPUs). */
const INIT_ONE_GPU = 39_000;
const INIT_MANY_GPUS = 205_000;

export function coldStartOf(weights: number, tensorParallel: number): ColdStart {
  return {
    node: NODE,
    image: IMAGE,
    weights: Math.round(weights / FETCH + weights / LOAD) * 1e3,
    init: tensorParallel === 1 ? INIT_ONE_GPU : INIT_MANY_GPUS,
  };
}
