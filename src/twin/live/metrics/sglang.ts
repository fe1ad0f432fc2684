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

  gauge("num_running_reqs", "Requests in the running batch.", engine.running);
  gauge("num_queue_reqs", "Requests that wait.", engine.waiting);
  gauge("num_used_tokens", "Tokens that requests hold in the KV pool.", usedTokens);
  gauge("max_total_num_tokens", "Tokens that the KV pool holds.", engine.blocks * spec.blockSize);
  gauge("token_usage", "Share of the KV pool that requests hold, 0 to 1.", engine.usedBlocks / engine.blocks);
  gauge(
    "cache_hit_rate",
    "Share of the prompt tokens found in the prefix cache.",
    computed + cached === 0 ? 0 : cached / (computed + cached),
  );
  counter("num_retracted_requests", "Running requests put back for lack of KV memory.", counters.preemptions);
  counter("prompt_tokens", "Prompt tokens.", computed + cached);
  counter("generation_tokens", "Generated tokens.", counters.generatedTokens);
  counter("cached_tokens", "Prompt tokens found in the prefix cache.", cached);
  counter("num_requests", "Requests that ended.", counters.finished);
  counter("num_aborted_requests", "Requests whose caller left.", counters.cancelled);
  page.histogram(
    "sglang:time_to_first_token_seconds",
    "From a request's arrival to its first token.",
    labels,
    histograms.firstToken,
  );
  page.histogram(
    "sglang:inter_token_latency_seconds",
    "From one token of an answer to the next.",
    labels,
    histograms.gap,
  );
  page.histogram(
    "sglang:e2e_request_latency_seconds",
    "From a request's arrival to its last token.",
    labels,
    histograms.endToEnd,
  );
  page.histogram("sglang:queue_time_seconds", "From arrival to the first scheduling.", labels, histograms.queue);
}
