import { map, timing, total, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/** The router of vLLM's production stack, which tells of its engines under vLLM's own prefix, by the label `server`. */
export const vllmRouter: ServerEntry = {
  kind: "vllm-router",
  title: "vLLM router",
  tells: [["vllm:healthy_pods_total"]],
  replica: [],
  maps: [
    map("replicas.ready", value("vllm:healthy_pods_total")),
    map("gateway.active", total(value("vllm:num_prefill_requests"), value("vllm:num_decoding_requests"))),
    map("gateway.requests", value("vllm:num_incoming_requests_total")),
    map("server.failed", value("vllm:request_errors_total")),
    ...timing("server.e2e", "vllm:request_latency_seconds"),
    map("cache.hits", value("vllm:semantic_cache_hits")),
    map("cache.misses", value("vllm:semantic_cache_misses")),
  ],
};
