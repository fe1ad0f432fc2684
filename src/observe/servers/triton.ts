import { countOf, map, sumOf, value } from "./source.ts";
import type { ConceptMap, ServerEntry } from "./types.ts";

/** ms of one µs */
const MICRO = 0.001;

/**
 * An ensemble and the models that it calls each tell of the same request: the model that has the most is the one that was called, and
 * adding them up would count a request several times.
 */
const CALLED = { fold: "max" } as const;

/** What Triton tells of any model. Durations are counters of µs. */
export const TRITON_MAPS: readonly ConceptMap[] = [
  map("server.requests", value("nv_inference_request_success", CALLED)),
  map("server.failed", value("nv_inference_request_failure")),
  map("server.e2e.ms", value("nv_inference_request_duration_us", { scale: MICRO, ...CALLED })),
  map("server.e2e.count", value("nv_inference_request_success", CALLED)),
  map("server.queue.ms", value("nv_inference_queue_duration_us", { scale: MICRO, ...CALLED })),
  map("server.queue.count", value("nv_inference_request_success", CALLED)),
  map("server.ttft.ms", sumOf("nv_inference_first_response_histogram_ms", CALLED)),
  map("server.ttft.count", countOf("nv_inference_first_response_histogram_ms", CALLED)),
  map("cache.hits", value("nv_cache_num_hits_per_model")),
  map("cache.misses", value("nv_cache_num_misses_per_model")),
  map("gpu.used", value("nv_gpu_utilization")),
  map("gpu.memory", value("nv_gpu_memory_used_bytes")),
  map("gpu.memory.limit", value("nv_gpu_memory_total_bytes")),
  map("gpu.power", value("nv_gpu_power_usage")),
  map("host.cpu", value("nv_cpu_utilization")),
];

/** Triton without the TensorRT-LLM backend. `nv_inference_pending_request_count` is a gauge of its own, whatever its ending says. */
export const triton: ServerEntry = {
  kind: "triton",
  title: "Triton",
  tells: [["nv_inference_request_success"], ["nv_inference_pending_request_count"]],
  unless: ["nv_trt_llm_request_metrics"],
  replica: [],
  maps: [
    map("server.queued", value("nv_inference_pending_request_count")),
    map("server.steps", value("nv_inference_exec_count")),
    ...TRITON_MAPS,
  ],
};
