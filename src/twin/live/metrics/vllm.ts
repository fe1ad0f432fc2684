import type { EngineMeter } from "./engine-meter.ts";
import type { Exposition } from "./exposition.ts";

/**
 * vLLM V1's series of one engine (`vllm/v1/metrics/loggers.py`): names, labels, help and bounds as a server of its exports them. Left out is what the
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

  gauge("num_requests_running", "Number of requests in model execution batches.", engine.running);
  gauge("num_requests_waiting", "Number of requests waiting to be processed.", engine.waiting);
  for (const state of ["awake", "weights_offloaded", "discard_all"])
    page.add(
      "vllm:engine_sleep_state",
      "gauge",
      "Engine sleep state; awake = 0 means engine is sleeping; awake = 1 means engine is awake; weights_offloaded = 1 means sleep level 1; discard_all = 1 means sleep level 2.",
      { ...labels, sleep_state: state },
      state === "awake" ? 1 : 0,
    );
  gauge("kv_cache_usage_perc", "KV-cache usage. 1 means 100 percent usage.", engine.usedBlocks / engine.blocks);
  counter(
    "prefix_cache_queries",
    "Prefix cache queries, in terms of number of queried tokens.",
    counters.prefixQueries,
  );
  counter("prefix_cache_hits", "Prefix cache hits, in terms of number of cached tokens.", counters.prefixHits);
  counter("num_preemptions", "Cumulative number of preemption from the engine.", counters.preemptions);
  const { promptTokensComputed: computed, promptTokensCached: cached } = counters;
  counter("prompt_tokens", "Number of prefill tokens processed.", computed + cached);
  const sources = { local_compute: computed, local_cache_hit: cached, external_kv_transfer: 0 };
  for (const [source, value] of Object.entries(sources))
    counter("prompt_tokens_by_source", "Number of prompt tokens by source.", value, { source });
  counter("prompt_tokens_cached", "Number of cached prompt tokens (local + external).", cached);
  counter("generation_tokens", "Number of generation tokens processed.", counters.generatedTokens);
  const finished = { stop: meter.finished.stop, length: meter.finished.length, abort: counters.cancelled, error: 0 };
  for (const [reason, value] of Object.entries(finished))
    counter("request_success", "Count of successfully processed requests.", value, { finished_reason: reason });

  for (const [name, help, buckets] of [
    ["request_prompt_tokens", "Number of prefill tokens processed.", histograms.promptTokens],
    ["request_generation_tokens", "Number of generation tokens processed.", histograms.generationTokens],
    ["iteration_tokens_total", "Histogram of number of tokens per engine_step.", histograms.stepTokens],
    [
      "request_max_num_generation_tokens",
      "Histogram of maximum number of requested generation tokens.",
      histograms.generationTokens,
    ],
    ["request_params_max_tokens", "Histogram of the max_tokens request parameter.", histograms.maxTokens],
    ["time_to_first_token_seconds", "Histogram of time to first token in seconds.", histograms.firstToken],
    ["inter_token_latency_seconds", "Histogram of inter-token latency in seconds.", histograms.gap],
    [
      "request_time_per_output_token_seconds",
      "Histogram of time_per_output_token_seconds per request.",
      histograms.timePerToken,
    ],
    ["e2e_request_latency_seconds", "Histogram of e2e request latency in seconds.", histograms.endToEnd],
    ["request_queue_time_seconds", "Histogram of time spent in WAITING phase for request.", histograms.queue],
    ["request_inference_time_seconds", "Histogram of time spent in RUNNING phase for request.", histograms.inference],
    ["request_prefill_time_seconds", "Histogram of time spent in PREFILL phase for request.", histograms.prefill],
    ["request_decode_time_seconds", "Histogram of time spent in DECODE phase for request.", histograms.decode],
    [
      "request_prefill_kv_computed_tokens",
      "Histogram of new KV tokens computed during prefill (excluding cached tokens).",
      histograms.prefillComputed,
    ],
  ] as const)
    page.histogram(`vllm:${name}`, help, labels, buckets);

  page.add(
    "vllm:cache_config_info",
    "gauge",
    "Information of the LLMEngine CacheConfig",
    {
      block_size: String(spec.blockSize),
      enable_prefix_caching: spec.prefixCache ? "True" : "False",
      engine: String(meter.index),
      num_gpu_blocks: String(engine.blocks),
    },
    1,
  );
}
