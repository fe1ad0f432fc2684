import type { EnginePreset } from "./types.ts";

const MIB = 2 ** 20;

/** Engines that need no GPU: one invented, that a laptop's client overloads, and one that a laptop's core is. */
export const SMALL_PRESETS: readonly EnginePreset[] = [
  {
    name: "tiny",
    model: "tiny",
    gpu: "none",
    tensorParallel: 1,
    spec: {
      dialect: "vllm",
      costs: { c0: 12, c1: 0.05, c2: 0.1, n0: 32, ch: 0, d1: 2e-4, d2: 0, p1: 2e-6, p2: 0, kappa: 1.3 },
      noise: { sigma: 0.04, stallProbability: 1e-3, stallMin: 20, stallMax: 50 },
      blocks: 640,
      blockSize: 16,
      tokenBudget: 512,
      maxSeqs: 16,
      longPrefill: 0,
      maxModelLen: 4096,
      prefixCache: true,
      policy: "fcfs",
      leak: 0,
    },
    weightBytes: 256 * MIB,
    kvBytesPerToken: 16_384,
    coldStart: { node: 0, image: 2000, weights: 1000, init: 3000 },
    costsOrigin: "invented",
    blocksOrigin: "invented",
    sources: [
      "invented for demos: 16 sequences at about 14 ms a step, so about 1,100 tokens/s, and KV for 10,240 tokens",
    ],
  },
  {
    name: "smollm2-135m-cpu",
    model: "smollm2-135m",
    gpu: "one CPU core",
    tensorParallel: 1,
    spec: {
      dialect: "llamacpp",
      costs: { c0: 4.6, c1: 14, c2: 14, n0: 64, ch: 4.7, d1: 0, d2: 0, p1: 0, p2: 0, kappa: 1 },
      noise: { sigma: 0.05, stallProbability: 1e-3, stallMin: 20, stallMax: 50 },
      blocks: 16_384,
      blockSize: 1,
      tokenBudget: 2048,
      maxSeqs: 8,
      longPrefill: 0,
      maxModelLen: 2048,
      prefixCache: true,
      policy: "fcfs",
      leak: 0,
    },
    weightBytes: 93e6,
    // 2 tensors, 30 layers, 3 KV heads of 64, 2 bytes: config.json of HuggingFaceTB/SmolLM2-135M-Instruct.
    kvBytesPerToken: 23_040,
    coldStart: { node: 0, image: 0, weights: 2500, init: 500 },
    costsOrigin: "measured",
    blocksOrigin: "invented",
    sources: [
      "step costs: three equations (first token at one stream, tokens/s at one and at eight streams) of llama-server with a Q4_1 file on one thread of a small shared machine; they give its rates at one to eight streams within 4 %; another core takes another time",
      "context: 16384 tokens dealt out over 8 slots, as it was started",
    ],
  },
];
