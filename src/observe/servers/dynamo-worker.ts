import { map, timing, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/** A worker of NVIDIA Dynamo. Where its page also has the engine's own series, those tell more, and the engine's table reads them. */
export const dynamoWorker: ServerEntry = {
  kind: "dynamo-worker",
  title: "Dynamo worker",
  tells: [["dynamo_component_*"]],
  unless: ["vllm:*", "sglang:*", "trtllm_*", "dynamo_frontend_*"],
  replica: ["worker_id", "dp_rank"],
  maps: [
    map("server.running", value("dynamo_component_inflight_requests")),
    map("server.requests", value("dynamo_component_requests_total")),
    map("server.failed", value("dynamo_component_errors_total")),
    map(
      "server.kv.used",
      value(["dynamo_component_gpu_cache_usage_percent", "dynamo_component_kvstats_gpu_cache_usage_percent"]),
    ),
    ...timing("server.ttft", "dynamo_component_time_to_first_response_seconds"),
    ...timing("server.e2e", "dynamo_component_request_duration_seconds"),
  ],
};
