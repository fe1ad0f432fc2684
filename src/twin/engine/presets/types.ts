import type { EngineSpec } from "../types.ts";

/** The shape of a transformer, from its published config.json. */
export interface ModelShape {
  readonly name: string;
  readonly layers: number;
  readonly hidden: number;
  /** Inner width of the feed-forward block; of one expert where there are experts. */
  readonly intermediate: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabulary: number;
  /** Input embedding and output head are one matrix. */
  readonly tied: boolean;
  /** Mixture of experts: how many there are, and how many each token uses. */
  readonly experts?: { readonly count: number; readonly active: number };
  /** Most tokens of prompt and answer that the model was made for. */
  readonly context: number;
  readonly source: string;
}

/** All-reduce of one call over `gpus` GPUs: `base` ms plus `perByte` ms for each byte of the message. */
export interface AllReduce {
  readonly gpus: number;
  readonly base: number;
  readonly perByte: number;
}

export interface GpuSpec {
  readonly name: string;
  readonly memoryBytes: number;
  /** Bytes a second. */
  readonly bandwidth: number;
  /** Dense operations a second with 16-bit inputs and 32-bit sums, and with 8-bit floats where the hardware has them. */
  readonly peak16: number;
  readonly peak8: number | undefined;
  /** Shares of bandwidth and peak that weight reads and matrix products reach. */
  readonly memoryEfficiency: number;
  readonly computeEfficiency: number;
  readonly allReduce: readonly AllReduce[];
  /** vLLM's API server's defaults on it. */
  readonly tokenBudget: number;
  readonly maxSeqs: number;
  readonly source: string;
}

/** Cold start phases of a replica: medians in ms. */
export interface ColdStart {
  readonly node: number;
  readonly image: number;
  /** Fetching the weights and loading them. */
  readonly weights: number;
  /** The engine's own start: compilation, graphs, profiling. */
  readonly init: number;
}

/** Where the numbers of a preset come from: measured on the pair, scaled from a measured pair, derived from data sheets, or invented for demos. */
export type Origin = "measured" | "scaled" | "derived" | "invented";

/** An engine that a stack can name. */
export interface EnginePreset {
  readonly name: string;
  /** Model name that it serves. */
  readonly model: string;
  readonly gpu: string;
  readonly tensorParallel: number;
  readonly spec: EngineSpec;
  readonly weightBytes: number;
  /** KV bytes of one token, over all GPUs. */
  readonly kvBytesPerToken: number;
  readonly coldStart: ColdStart;
  readonly costsOrigin: Origin;
  readonly blocksOrigin: Origin;
  /** Where its numbers come from, one sentence each. */
  readonly sources: readonly string[];
}
