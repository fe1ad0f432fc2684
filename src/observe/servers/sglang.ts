import { map, timing, total, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/** Ranks of one replica (tensor and pipeline parallel) tell the same of their scheduler, so they are not added up. */
const RANKS = { fold: "max" } as const;

/**
 * SGLang with `--enable-metrics`. Where prefill and decode are split, requests also wait in queues of their own: for the transfer of their
 * KV cache, and for room to receive it.
 */
export const sglang: ServerEntry = {
  kind: "sglang",
  title: "SGLang",
  tells: [["sglang:num_running_reqs"], ["sglang:num_queue_reqs"], ["sglang:token_usage"]],
  replica: ["dp_rank"],
  maps: [
    map(
      "server.queued",
      total(
        value("sglang:num_queue_reqs", RANKS),
        value("sglang:num_grammar_queue_reqs", RANKS),
        value("sglang:num_prefill_prealloc_queue_reqs", RANKS),
        value("sglang:num_decode_prealloc_queue_reqs", RANKS),
        value("sglang:num_decode_transfer_queue_reqs", RANKS),
      ),
    ),
    map("server.queued.capacity", value("sglang:num_decode_prealloc_queue_reqs", RANKS)),
    map("server.running", value("sglang:num_running_reqs", RANKS)),
    map("server.kv.used", value("sglang:token_usage")),
    map("server.kv.tokens", value("sglang:max_total_num_tokens", RANKS)),
    map("server.preempted", value("sglang:num_retracted_requests_total", RANKS)),
    map("server.prompt.tokens", value("sglang:prompt_tokens_total")),
    map("server.prompt.cached", value("sglang:cached_tokens_total")),
    map("server.output.tokens", value("sglang:generation_tokens_total")),
    map(
      "server.step.tokens",
      total(
        value("sglang:realtime_tokens_total", { where: { mode: "prefill_compute" }, ...RANKS }),
        value("sglang:realtime_tokens_total", { where: { mode: "decode" }, ...RANKS }),
      ),
    ),
    map("server.requests", value("sglang:num_requests_total")),
    ...timing("server.queue", "sglang:queue_time_seconds"),
    ...timing("server.ttft", "sglang:time_to_first_token_seconds"),
    ...timing("server.itl", ["sglang:inter_token_latency_seconds", "sglang:time_per_output_token_seconds"]),
    ...timing("server.e2e", "sglang:e2e_request_latency_seconds"),
  ],
};
