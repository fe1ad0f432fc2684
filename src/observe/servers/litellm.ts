import { map, timing, total, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/** The LiteLLM proxy. Its own time is `gateway.overhead`; what its providers still allow is `limits`. */
export const litellm: ServerEntry = {
  kind: "litellm",
  title: "LiteLLM",
  tells: [["litellm_*"]],
  replica: [],
  maps: [
    map("gateway.requests", value("litellm_proxy_total_requests_metric")),
    map("gateway.active", value("litellm_in_flight_requests")),
    map(
      "gateway.retries",
      total(value("litellm_deployment_successful_fallbacks"), value("litellm_deployment_failed_fallbacks")),
    ),
    map("gateway.timeouts", value("litellm_deployment_failure_responses", { where: { exception_class: /Timeout/ } })),
    ...timing("gateway.overhead", "litellm_overhead_latency_metric"),
    map("server.requests", value("litellm_deployment_success_responses")),
    map("server.failed", value("litellm_deployment_failure_responses")),
    map("server.prompt.tokens", value("litellm_input_tokens_metric")),
    map(
      "server.prompt.cached",
      value(["litellm_provider_cache_read_input_tokens_metric", "litellm_input_cached_tokens_metric"]),
    ),
    map("server.output.tokens", value("litellm_output_tokens_metric")),
    ...timing("server.queue", "litellm_request_queue_time_seconds"),
    ...timing("server.ttft", "litellm_llm_api_time_to_first_token_metric"),
    ...timing("server.tpot", "litellm_deployment_latency_per_output_token"),
    ...timing("server.e2e", "litellm_request_total_latency_metric"),
    map("limits.requests.left", value(["litellm_remaining_requests_metric", "litellm_remaining_requests"])),
    map("limits.tokens.left", value(["litellm_remaining_tokens_metric", "litellm_remaining_tokens"])),
    map("limits.hit", value("litellm_deployment_failure_responses", { where: { exception_status: "429" } })),
    map("cache.hits", value("litellm_cache_hits_metric")),
    map("cache.misses", value("litellm_cache_misses_metric")),
  ],
};
