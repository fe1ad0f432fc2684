import { map, timing, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/** NVIDIA NIM for LLMs, whose names have no prefix. */
export const nim: ServerEntry = {
  kind: "nim",
  title: "NVIDIA NIM",
  tells: [
    ["num_request_max", "num_requests_running"],
    ["num_requests_running", "num_requests_waiting", "gpu_cache_usage_perc"],
  ],
  replica: [],
  maps: [
    map("server.queued", value("num_requests_waiting")),
    map("server.running", value("num_requests_running")),
    map("server.running.limit", value("num_request_max")),
    map("server.kv.used", value("gpu_cache_usage_perc")),
    map("server.prompt.tokens", value("prompt_tokens_total")),
    map("server.output.tokens", value("generation_tokens_total")),
    map("server.requests", value("request_success_total")),
    map("server.failed", value("request_failure_total")),
    ...timing("server.ttft", "time_to_first_token_seconds"),
    ...timing("server.tpot", "time_per_output_token_seconds"),
    ...timing("server.e2e", "e2e_request_latency_seconds"),
    map("gpu.used", value("gpu_utilization")),
    map("gpu.memory", value("gpu_memory_used_bytes")),
    map("gpu.memory.limit", value("gpu_memory_total_bytes")),
    map("gpu.power", value("gpu_power_usage_watts")),
  ],
};
