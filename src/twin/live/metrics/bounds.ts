import type { Dialect } from "../../engine/types.ts";

/** Bounds of an engine's histograms, in seconds, and in tokens for those of a step. */
export interface MeterBounds {
  readonly firstToken: readonly number[];
  readonly gap: readonly number[];
  readonly request: readonly number[];
  readonly stepTokens: readonly number[];
}

/** vLLM's bucket boundaries (`vllm/v1/metrics/buckets.py`), in seconds and tokens. */
const VLLM: MeterBounds = {
  firstToken: [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560,
  ],
  gap: [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80],
  request: [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680],
  stepTokens: [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384],
};

/** SGLang's (`sglang/srt/metrics/collector.py`). */
const SGLANG: MeterBounds = {
  firstToken: [0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8, 10, 20, 40, 60, 80, 100, 200, 400],
  gap: [
    0.002, 0.004, 0.006, 0.008, 0.01, 0.015, 0.02, 0.025, 0.03, 0.035, 0.04, 0.06, 0.08, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 2,
    4, 6, 8,
  ],
  request: [0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8, 10, 20, 40, 60, 80, 100, 200, 400, 600, 1200, 1800, 2400],
  stepTokens: VLLM.stepTokens,
};

/** llama.cpp has no histograms. */
export const METER_BOUNDS: Readonly<Record<Dialect, MeterBounds>> = { vllm: VLLM, sglang: SGLANG, llamacpp: VLLM };
