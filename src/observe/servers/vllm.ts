import { countOf, label, map, product, sumOf, timing, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/**
 * vLLM, V1 and what V0 still calls otherwise. Prefix hits are those of `prompt_tokens_cached`: `prefix_cache_hits` counts again at every
 * try of an admission, so it swells under pressure and stays raw. Decode time holds the waits of preempted requests.
 */
export const vllm: ServerEntry = {
  kind: "vllm",
  title: "vLLM",
  tells: [["vllm:num_requests_running"]],
  unless: ["vllm:healthy_pods_total"],
  replica: ["engine"],
  maps: [
    map("server.queued", value("vllm:num_requests_waiting")),
    map("server.queued.capacity", value("vllm:num_requests_waiting_by_reason", { where: { reason: "capacity" } })),
    map("server.running", value("vllm:num_requests_running")),
    map("server.paused", value("vllm:num_requests_swapped")),
    map("server.kv.used", value(["vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"])),
    map(
      "server.kv.tokens",
      product(label("vllm:cache_config_info", "num_gpu_blocks"), label("vllm:cache_config_info", "block_size")),
    ),
    map("server.preempted", value("vllm:num_preemptions_total")),
    map("server.prompt.tokens", value("vllm:prompt_tokens_total")),
    map(
      "server.prompt.cached",
      value(["vllm:prompt_tokens_cached_total", "vllm:prompt_tokens_by_source_total"], {
        where: { source: ["", "local_cache_hit", "external_kv_transfer"] },
      }),
    ),
    map("server.prompt.recomputed", value("vllm:prompt_tokens_recomputed_total")),
    map("server.output.tokens", value("vllm:generation_tokens_total")),
    map("server.step.tokens", sumOf("vllm:iteration_tokens_total")),
    map("server.steps", countOf("vllm:iteration_tokens_total")),
    map("server.requests", value("vllm:request_success_total", { where: { finished_reason: ["stop", "length"] } })),
    map("server.failed", value("vllm:request_success_total", { where: { finished_reason: "error" } })),
    ...timing("server.queue", "vllm:request_queue_time_seconds"),
    ...timing("server.prefill", "vllm:request_prefill_time_seconds"),
    ...timing("server.decode", "vllm:request_decode_time_seconds"),
    ...timing("server.ttft", "vllm:time_to_first_token_seconds"),
    ...timing("server.itl", ["vllm:inter_token_latency_seconds", "vllm:time_per_output_token_seconds"]),
    ...timing("server.tpot", "vllm:request_time_per_output_token_seconds"),
    ...timing("server.e2e", "vllm:e2e_request_latency_seconds"),
  ],
};
