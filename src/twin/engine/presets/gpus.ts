import type { AllReduce, GpuSpec } from "./types.ts";

const GIB = 2 ** 30;
const TERA = 1e12;
/** Bytes a token in the profiles that the all-reduce figures come from: hidden size 8192 in 16 bits. */
const PROFILED_TOKEN = 8192 * 2;

/**
 * All-reduce over NVLink, from the profiles that Vidur publishes (microsoft/vidur, data/profiling): ms of the smallest call, and the slope from there to
 * 4096 tokens of hidden size 8192. Profiled are four H100s, eight H100s and four A100s; those over two GPUs (about half of four) and over eight A100s
 * (a little above four) are estimates.
 */
function profiled(gpus: number, base: number, at4096: number): AllReduce {
  return { gpus, base, perByte: (at4096 - base) / (4096 * PROFILED_TOKEN) };
}

const H100_REDUCE = [profiled(2, 0.02, 0.16), profiled(4, 0.034, 0.318), profiled(8, 0.029, 0.322)];
const A100_REDUCE = [profiled(2, 0.015, 0.3), profiled(4, 0.018, 0.603), profiled(8, 0.025, 0.65)];
/** Cards without NVLink reduce over PCIe 4.0, about 20 GB/s of useful traffic each way: estimate. */
const PCIE_REDUCE: readonly AllReduce[] = [
  { gpus: 2, base: 0.03, perByte: 1e3 / 20e9 },
  { gpus: 4, base: 0.05, perByte: 1.5e3 / 20e9 },
];

/** vLLM's API server (EngineArgs.get_batch_defaults): the large defaults from 70 GiB of memory on, except on A100s. */
const LARGE = { tokenBudget: 8192, maxSeqs: 1024 };
const OTHER = { tokenBudget: 2048, maxSeqs: 256 };

/**
 * GPUs: memory, bandwidth and dense peaks from NVIDIA's data sheets. Efficiencies are those that reproduce measured operator tables: 0.70 to 0.72
 * of HBM bandwidth and 0.66 to 0.69 of peak on A100 and H100, 0.87 to 0.91 and 0.79 to 0.95 on GDDR cards of the RTX 4090's class (the middle of
 * each is taken). Cards named "taken from" were not profiled.
 */
export const GPUS: readonly GpuSpec[] = [
  {
    name: "a100",
    memoryBytes: 80 * GIB,
    bandwidth: 2.04 * TERA,
    peak16: 312 * TERA,
    peak8: undefined,
    memoryEfficiency: 0.71,
    computeEfficiency: 0.67,
    allReduce: A100_REDUCE,
    ...OTHER,
    source: "NVIDIA A100 80GB SXM data sheet; efficiencies from Vidur's operator profiles",
  },
  {
    name: "h100",
    memoryBytes: 80 * GIB,
    bandwidth: 3.35 * TERA,
    peak16: 989 * TERA,
    peak8: 1979 * TERA,
    memoryEfficiency: 0.71,
    computeEfficiency: 0.67,
    allReduce: H100_REDUCE,
    ...LARGE,
    source: "NVIDIA H100 SXM data sheet; efficiencies from Vidur's operator profiles",
  },
  {
    name: "h200",
    memoryBytes: 141e9,
    bandwidth: 4.8 * TERA,
    peak16: 989 * TERA,
    peak8: 1979 * TERA,
    memoryEfficiency: 0.71,
    computeEfficiency: 0.67,
    allReduce: H100_REDUCE,
    ...LARGE,
    source: "NVIDIA H200 SXM data sheet; efficiencies taken from the H100",
  },
  {
    name: "l40s",
    memoryBytes: 48 * GIB,
    bandwidth: 0.864 * TERA,
    peak16: 362 * TERA,
    peak8: 733 * TERA,
    memoryEfficiency: 0.89,
    computeEfficiency: 0.67,
    allReduce: PCIE_REDUCE,
    ...OTHER,
    source: "NVIDIA L40S data sheet; memory efficiency taken from the RTX 4090's class, compute from the A100",
  },
  {
    name: "rtx-4090",
    memoryBytes: 25_250_627_584,
    bandwidth: 1.008 * TERA,
    peak16: 165.2 * TERA,
    peak8: 330.3 * TERA,
    memoryEfficiency: 0.89,
    computeEfficiency: 0.87,
    allReduce: PCIE_REDUCE,
    ...OTHER,
    source: "NVIDIA Ada architecture paper (dense, 32-bit sums); memory as the driver reports it",
  },
];
