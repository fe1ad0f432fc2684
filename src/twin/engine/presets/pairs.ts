import type { StepCosts } from "../types.ts";
import type { Origin } from "./types.ts";

/** A model on a GPU, with step costs. What they leave out (memory, limits) is worked out from model and GPU. */
export interface Pair {
  readonly name: string;
  readonly model: string;
  readonly gpu: string;
  readonly tensorParallel: number;
  readonly costs: StepCosts;
  readonly costsOrigin: Origin;
  /** Tokens of KV as the engine reported them; absent: worked out. */
  readonly kvTokens?: number;
  readonly sources: readonly string[];
}

/** No source measured these apart: 0; and a value within what was measured for mixed steps. */
const UNKNOWN = { ch: 0, d2: 0, p2: 0, kappa: 1.3 };
const ATTENTION =
  "d1 and p1: KV bytes over 0.9 of the bandwidth, attention operations over 0.6 of the peak; kappa 1.3, within the 1.1 to 1.6 measured";

/**
 * Pairs that have a preset. "Hinge" is the least-squares fit of relative errors (`fitHinge`) over the sums of the operators that microsoft/vidur profiled
 * (data/profiling, MIT), layers only; mean errors over a row are 0.8 to 4.0 %, and hardware.test.ts fits each again.
 */
export const PAIRS: readonly Pair[] = [
  {
    name: "llama-3-8b-a100",
    model: "llama-3-8b",
    gpu: "a100",
    tensorParallel: 1,
    // 9.75 for the layers, 0.73 for the output head, 0.5 for the host.
    costs: { c0: 10.98, c1: 0.0266, c2: 0.0677, n0: 192, ...UNKNOWN, d1: 7.1e-5, p1: 2.8e-6 },
    costsOrigin: "measured",
    sources: [
      "c0 to c2, n0: hinge over Vidur's operator profile of Llama-3-8B on one A100, with the output head read at 0.71 of the bandwidth and 0.5 ms of host work (estimate) in c0",
      ATTENTION,
    ],
  },
  {
    name: "llama-3-8b-h100",
    model: "llama-3-8b",
    gpu: "h100",
    tensorParallel: 1,
    costs: { c0: 6.8, c1: 0.017, c2: 0.022, n0: 256, ...UNKNOWN, d1: 4.3e-5, p1: 8.8e-7 },
    costsOrigin: "scaled",
    sources: [
      "c0 to c2, n0: scaled by parameters from the hinge over Vidur's profile of Llama-2-7B on one H100; llm-d's workload-variant-autoscaler measured 7.0 ms a token at batch 1 and 8.7 at 64",
      ATTENTION,
    ],
  },
  {
    name: "llama-3-8b-rtx4090",
    model: "llama-3-8b",
    gpu: "rtx-4090",
    tensorParallel: 1,
    costs: { c0: 16.76, c1: 0.0329, c2: 0.0944, n0: 160, ...UNKNOWN, d1: 1.445e-4, p1: 5.29e-6 },
    costsOrigin: "derived",
    // 2588 blocks reported, one of which vLLM keeps as its null block.
    kvTokens: 2587 * 16,
    sources: [
      "all step costs: roofline of the data sheet at 0.89 of the bandwidth and 0.87 of the dense peak (deriveEngine gives them)",
      "checked, not fitted: a run of vLLM 0.19 on the card replayed with them has a mean TPOT 4 % and a mean E2E 3 % below the measured ones",
      "blocks: num_gpu_blocks of vLLM 0.19 with Llama-3.1-8B at 0.9 utilisation (casys-kaist/LLMServingSim, bench/examples)",
    ],
  },
  {
    name: "llama-3-70b-h100x4",
    model: "llama-3-70b",
    gpu: "h100",
    tensorParallel: 4,
    // 14.27 for the layers, 160 all-reduces of 0.034 ms (11 us a token), 0.22 for the output head, 0.5 for the host.
    costs: { c0: 20.4, c1: 0.029, c2: 0.0654, n0: 320, ...UNKNOWN, d1: 2.7e-5, p1: 1.1e-6 },
    costsOrigin: "measured",
    sources: [
      "c0 to c2, n0: hinge over Vidur's profile of Llama-2-70B (the same layers) on four H100s, plus its all-reduce profile, output head and 0.5 ms of host work (estimate); engines of 2023 measured end to end took 29 ms at batch 1 (splitwise-sim), which holds more host work",
      ATTENTION,
    ],
  },
  {
    name: "llama-3-70b-a100x4",
    model: "llama-3-70b",
    gpu: "a100",
    tensorParallel: 4,
    // 25.03 for the layers, 160 all-reduces of 0.018 ms (23 us a token), 0.36 for the output head, 0.5 for the host.
    costs: { c0: 28.8, c1: 0.0515, c2: 0.18, n0: 96, ...UNKNOWN, d1: 4.5e-5, p1: 3.5e-6 },
    costsOrigin: "measured",
    sources: [
      "c0 to c2, n0: hinge over Vidur's profile of Llama-3-70B on four A100s, plus its all-reduce profile, output head and 0.5 ms of host work (estimate); engines of 2023 took 44 ms at batch 1 (splitwise-sim)",
      ATTENTION,
    ],
  },
];
