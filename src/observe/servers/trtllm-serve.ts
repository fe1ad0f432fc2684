import { first, map, product, ratio, timing, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/**
 * trtllm-serve: its Prometheus page, or where that is switched off its JSON page, whose newest iteration comes as samples named by their
 * path. The Prometheus names need `return_perf_metrics` and `enable_iter_perf_stats`.
 */
export const trtllmServe: ServerEntry = {
  kind: "trtllm-serve",
  title: "trtllm-serve",
  tells: [
    ["trtllm_num_requests_running"],
    ["trtllm_request_success_total"],
    ["trtllm_kv_cache_utilization"],
    ["trtllm_e2e_request_latency_seconds"],
    ["numActiveRequests", "iter"],
  ],
  replica: [],
  maps: [
    map("server.queued", value(["trtllm_num_requests_waiting", "numQueuedRequests"])),
    map("server.running", value(["trtllm_num_requests_running", "numActiveRequests"])),
    map(
      "server.running.limit",
      value([
        "trtllm_max_num_active_requests",
        "trtllm_max_batch_size_runtime",
        "maxNumActiveRequests",
        "maxBatchSizeRuntime",
      ]),
    ),
    map("server.paused", value(["trtllm_num_paused_requests", "inflightBatchingStats.numPausedRequests"])),
    map(
      "server.kv.used",
      first(
        value("trtllm_kv_cache_utilization"),
        ratio(
          value(["trtllm_kv_cache_used_blocks", "kvCacheStats.usedNumBlocks"]),
          value(["trtllm_kv_cache_max_blocks", "kvCacheStats.maxNumBlocks"]),
        ),
      ),
    ),
    map(
      "server.kv.tokens",
      product(
        value(["trtllm_kv_cache_max_blocks", "kvCacheStats.maxNumBlocks"]),
        value(["trtllm_kv_cache_tokens_per_block", "kvCacheStats.tokensPerBlock"], { fold: "max" }),
      ),
    ),
    map("server.step.budget", value(["trtllm_max_num_tokens_runtime", "maxNumTokensRuntime"])),
    map("server.prompt.tokens", value("trtllm_prompt_tokens_total")),
    map("server.prompt.cached", value("trtllm_prompt_cached_tokens_total")),
    map("server.output.tokens", value("trtllm_generation_tokens_total")),
    map("server.requests", value("trtllm_request_success_total")),
    map("server.failed", value("trtllm_request_error_total", { where: { http_code: /^5/ } })),
    map("limits.hit", value("trtllm_request_error_total", { where: { http_code: "429" } })),
    map("gpu.memory", value(["trtllm_gpu_memory_usage_bytes", "gpuMemUsage"])),
    ...timing("server.queue", "trtllm_request_queue_time_seconds"),
    ...timing("server.prefill", "trtllm_request_prefill_time_seconds"),
    ...timing("server.decode", "trtllm_request_decode_time_seconds"),
    ...timing("server.ttft", "trtllm_time_to_first_token_seconds"),
    ...timing("server.tpot", "trtllm_time_per_output_token_seconds"),
    ...timing("server.e2e", "trtllm_e2e_request_latency_seconds"),
  ],
};
