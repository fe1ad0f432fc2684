import { first, map, product, sumOf, timing, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/**
 * The frontend of NVIDIA Dynamo. Its queue is the router's where the router keeps one; else `queued_requests`, which counts a request until
 * its first token, prefill included.
 */
export const dynamo: ServerEntry = {
  kind: "dynamo",
  title: "NVIDIA Dynamo",
  tells: [["dynamo_frontend_*"]],
  replica: [],
  maps: [
    map("server.queued", value(["dynamo_frontend_router_queue_pending_requests", "dynamo_frontend_queued_requests"])),
    map("gateway.active", value(["dynamo_frontend_inflight_requests", "dynamo_frontend_active_requests"])),
    map("gateway.requests", value("dynamo_frontend_requests_total")),
    map("server.requests", value("dynamo_frontend_requests_total", { where: { status: "success" } })),
    map(
      "server.failed",
      value("dynamo_frontend_requests_total", { where: { status: "error", error_type: ["", "internal"] } }),
    ),
    map("connections.refused", value("dynamo_frontend_requests_total", { where: { error_type: "overload" } })),
    map("server.prompt.tokens", sumOf("dynamo_frontend_input_sequence_tokens")),
    map("server.prompt.cached", sumOf("dynamo_frontend_cached_tokens")),
    map(
      "server.output.tokens",
      first(value("dynamo_frontend_output_tokens_total"), sumOf("dynamo_frontend_output_sequence_tokens")),
    ),
    map("server.running.limit", value("dynamo_frontend_model_max_num_seqs")),
    map("server.step.budget", value("dynamo_frontend_model_max_num_batched_tokens")),
    map(
      "server.kv.tokens",
      product(
        value("dynamo_frontend_model_total_kv_blocks"),
        value("dynamo_frontend_model_kv_cache_block_size", { fold: "max" }),
      ),
    ),
    ...timing("server.ttft", "dynamo_frontend_time_to_first_token_seconds"),
    ...timing("server.itl", "dynamo_frontend_inter_token_latency_seconds"),
    ...timing("server.e2e", "dynamo_frontend_request_duration_seconds"),
  ],
};
