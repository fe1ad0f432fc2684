import { first, map, total, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

const MEBIBYTE = 1024 * 1024;

/**
 * NVIDIA's DCGM exporter. Memory in use says nothing of KV pressure, since engines take it all at their start; DRAM at work tells of decode,
 * the tensor pipe of prefill. Parts of a GPU (MIG) have no utilisation in percent, only the share of time that its engine was active.
 */
export const dcgm: ServerEntry = {
  kind: "dcgm",
  title: "NVIDIA GPUs (DCGM)",
  tells: [["DCGM_FI_DEV_*"], ["DCGM_FI_PROF_*"]],
  replica: ["Hostname", "gpu", "GPU_I_ID"],
  maps: [
    map("gpu.used", first(value("DCGM_FI_DEV_GPU_UTIL", { scale: 0.01 }), value("DCGM_FI_PROF_GR_ENGINE_ACTIVE"))),
    map("gpu.tensor", value("DCGM_FI_PROF_PIPE_TENSOR_ACTIVE")),
    map("gpu.dram", value("DCGM_FI_PROF_DRAM_ACTIVE")),
    map("gpu.memory", value("DCGM_FI_DEV_FB_USED", { scale: MEBIBYTE })),
    map(
      "gpu.memory.limit",
      first(
        value("DCGM_FI_DEV_FB_TOTAL", { scale: MEBIBYTE }),
        total(
          value("DCGM_FI_DEV_FB_USED", { scale: MEBIBYTE }),
          value("DCGM_FI_DEV_FB_FREE", { scale: MEBIBYTE }),
          value("DCGM_FI_DEV_FB_RESERVED", { scale: MEBIBYTE }),
        ),
      ),
    ),
    map("gpu.power", value("DCGM_FI_DEV_POWER_USAGE")),
    map("gpu.clock", value("DCGM_FI_DEV_SM_CLOCK")),
  ],
};
