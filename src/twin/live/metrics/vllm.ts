import type { EngineMeter } from "./engine-meter.ts";
import type { Exposition } from "./exposition.ts";

/**
 * vLLM V1's series of one engine (`vllm/v1/metrics/loggers.py`): names, types, labels and bounds as a server of its exports them. Left out is what the
 * twin does not have: multi-modal caches, external KV transfer, LoRA, estimated FLOPs.
 */
export function vllmPage(page: Exposition, meter: EngineMeter): void {
  const { running } = meter;
  if (running === undefined) return;
  const { engine, model, histograms } = running;
  const { counters, spec } = engine;
  const labels = { model_name: model, engine: String(meter.index) };
  const gauge = (name: string, help: string, value: number): void =>
    page.add(`vllm:${name}`, "gauge", help, labels, value);
  const counter = (name: string, help: string, value: number, more = {}): void =>
    page.add(`vllm:${name}_total`, "counter", help, { ...labels, ...more }, value);

  gauge("num_requests_running", "Requests in the running batch.", engine.running);
  gauge("num_requests_waiting", "Requests that wait for a place in the batch.", engine.waiting);
  for (const state of ["awake", "weights_offloaded", "discard_all"])
    page.add(
      "vllm:engine_sleep_state",
      "gauge",
      "1 for the state that the engine is in; the twin's are always awake.",
      { ...labels, sleep_state: state },
      state === "awake" ? 1 : 0,
    );
  gauge("kv_cache_usage_perc", "Share of the KV blocks that requests hold, 0 to 1.", engine.usedBlocks / engine.blocks);
  counter(
    "prefix_cache_queries",
    "Tokens looked up in the prefix cache, at every try of an admission.",
    counters.prefixQueries,
  );
  counter("prefix_cache_hits", "Tokens of those that were found.", counters.prefixHits);
  counter("num_preemptions", "Running requests put back for lack of KV blocks.", counters.preemptions);
  const { promptTokensComputed: computed, promptTokensCached: cached } = counters;
  counter("prompt_tokens", "Prompt tokens.", computed + cached);
  const sources = { local_compute: computed, local_cache_hit: cached, external_kv_transfer: 0 };
  for (const [source, value] of Object.entries(sources))
    counter("prompt_tokens_by_source", "Prompt tokens, by whether they were computed or found.", value, { source });
  counter("prompt_tokens_cached", "Prompt tokens found in a cache.", cached);
  counter("generation_tokens", "Generated tokens.", counters.generatedTokens);
  const finished = { stop: meter.finished.stop, length: meter.finished.length, abort: counters.cancelled, error: 0 };
  for (const [reason, value] of Object.entries(finished))
    counter("request_success", "Requests that ended, by how.", value, { finished_reason: reason });

  for (const [name, help, buckets] of [
    ["request_prompt_tokens", "Prompt tokens.", histograms.promptTokens],
    ["request_generation_tokens", "Generated tokens.", histograms.generationTokens],
    ["iteration_tokens_total", "Tokens of a step.", histograms.stepTokens],
    [
      "request_max_num_generation_tokens",
      "Generated tokens of a request's longest answer.",
      histograms.generationTokens,
    ],
    ["request_params_max_tokens", "max_tokens of the requests that set it.", histograms.maxTokens],
    ["time_to_first_token_seconds", "From a request's arrival to its first token.", histograms.firstToken],
    ["inter_token_latency_seconds", "From one token of an answer to the next.", histograms.gap],
    [
      "request_time_per_output_token_seconds",
      "A request's decode time by its tokens after the first.",
      histograms.timePerToken,
    ],
    ["e2e_request_latency_seconds", "From a request's arrival to its last token.", histograms.endToEnd],
    ["request_queue_time_seconds", "From arrival to the first scheduling.", histograms.queue],
    ["request_inference_time_seconds", "From the first scheduling to the last token.", histograms.inference],
    ["request_prefill_time_seconds", "From the first scheduling to the first token.", histograms.prefill],
    ["request_decode_time_seconds", "From the first token to the last.", histograms.decode],
    ["request_prefill_kv_computed_tokens", "Prompt tokens that were not cached.", histograms.prefillComputed],
  ] as const)
    page.histogram(`vllm:${name}`, help, labels, buckets);

  page.add(
    "vllm:cache_config_info",
    "gauge",
    "Sizes of the KV cache, as labels.",
    {
      block_size: String(spec.blockSize),
      enable_prefix_caching: spec.prefixCache ? "True" : "False",
      engine: String(meter.index),
      // vLLM counts its null block, which no request can hold.
      num_gpu_blocks: String(engine.blocks + 1),
    },
    1,
  );
}
