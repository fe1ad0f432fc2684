import type { EngineMeter } from "./engine-meter.ts";
import type { Exposition } from "./exposition.ts";

/** SGLang's series of one engine (`sglang/srt/metrics/collector.py`), as far as the twin has them. Replicas differ in their `dp_rank`. */
export function sglangPage(page: Exposition, meter: EngineMeter): void {
  const { running } = meter;
  if (running === undefined) return;
  const { engine, model, histograms } = running;
  const { counters, spec } = engine;
  const labels = {
    model_name: model,
    engine_type: "unified",
    tp_rank: "0",
    pp_rank: "0",
    dp_rank: String(meter.index),
  };
  const gauge = (name: string, help: string, value: number): void =>
    page.add(`sglang:${name}`, "gauge", help, labels, value);
  const counter = (name: string, help: string, value: number): void =>
    page.add(`sglang:${name}_total`, "counter", help, labels, value);
  const { promptTokensComputed: computed, promptTokensCached: cached } = counters;
  const usedTokens = engine.usedBlocks * spec.blockSize;

  gauge("num_running_reqs", "The number of running requests.", engine.running);
  gauge("num_queue_reqs", "The number of requests in the waiting queue.", engine.waiting);
  gauge("num_used_tokens", "The number of used tokens.", usedTokens);
  gauge("max_total_num_tokens", "Maximum total number of tokens in the KV cache pool.", engine.blocks * spec.blockSize);
  gauge("token_usage", "The token usage.", engine.usedBlocks / engine.blocks);
  gauge("cache_hit_rate", "The prefix cache hit rate.", computed + cached === 0 ? 0 : cached / (computed + cached));
  counter("num_retracted_requests", "Total number of retracted requests.", counters.preemptions);
  counter("prompt_tokens", "Number of prefill tokens processed.", computed + cached);
  counter("generation_tokens", "Number of generation tokens processed.", counters.generatedTokens);
  counter("cached_tokens", "Number of cached prompt tokens.", cached);
  counter("num_requests", "Number of requests processed.", counters.finished);
  counter("num_aborted_requests", "Number of requests aborted.", counters.cancelled);
  page.histogram(
    "sglang:time_to_first_token_seconds",
    "Histogram of time to first token in seconds.",
    labels,
    histograms.firstToken,
  );
  page.histogram(
    "sglang:inter_token_latency_seconds",
    "Histogram of inter-token latency in seconds.",
    labels,
    histograms.gap,
  );
  page.histogram(
    "sglang:e2e_request_latency_seconds",
    "Histogram of End-to-end request latency in seconds",
    labels,
    histograms.endToEnd,
  );
  page.histogram("sglang:queue_time_seconds", "Histogram of queueing time in seconds.", labels, histograms.queue);
}
