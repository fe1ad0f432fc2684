import type { EngineMeter } from "./engine-meter.ts";
import type { Exposition } from "./exposition.ts";

/**
 * llama.cpp's series (`llama-server --metrics`). It labels nothing, for it is one engine; several here are summed. Its averages over time are averages
 * since the start.
 */
export function llamacppPage(page: Exposition, meters: readonly EngineMeter[]): void {
  const engines = meters.flatMap(({ running }) => (running === undefined ? [] : [running.engine]));
  if (engines.length === 0) return;
  const over = <T>(list: readonly T[], pick: (each: T) => number): number =>
    list.reduce((sum, each) => sum + pick(each), 0);
  const counter = (name: string, help: string, value: number): void =>
    page.add(`llamacpp:${name}`, "counter", help, {}, value);
  const gauge = (name: string, help: string, value: number): void =>
    page.add(`llamacpp:${name}`, "gauge", help, {}, value);

  const promptTokens = over(engines, ({ counters }) => counters.promptTokensComputed);
  const promptSeconds = over(meters, (meter) => meter.prefillSeconds);
  const predicted = over(engines, ({ counters }) => counters.generatedTokens);
  const predictedSeconds = over(meters, (meter) => meter.decodeSeconds);
  const decodes = over(engines, ({ counters }) => counters.steps);
  counter("prompt_tokens_total", "Number of prompt tokens processed.", promptTokens);
  counter("prompt_seconds_total", "Prompt process time", promptSeconds);
  counter("tokens_predicted_total", "Number of generation tokens processed.", predicted);
  counter("tokens_predicted_seconds_total", "Predict process time", predictedSeconds);
  counter("n_decode_total", "Total number of llama_decode() calls", decodes);
  counter("n_tokens_max", "Largest observed n_tokens.", Math.max(...meters.map(({ longest }) => longest)));
  counter(
    "n_busy_slots_per_decode",
    "Average number of busy slots per llama_decode() call",
    over(meters, ({ sequences }) => sequences) /
      Math.max(
        1,
        over(meters, ({ steps }) => steps),
      ),
  );
  gauge("prompt_tokens_seconds", "Average prompt throughput in tokens/s.", rate(promptTokens, promptSeconds));
  gauge("predicted_tokens_seconds", "Average generation throughput in tokens/s.", rate(predicted, predictedSeconds));
  gauge(
    "requests_processing",
    "Number of requests processing.",
    over(engines, ({ running }) => running),
  );
  gauge(
    "requests_deferred",
    "Number of requests deferred.",
    over(engines, ({ waiting }) => waiting),
  );
}

function rate(count: number, seconds: number): number {
  return seconds > 0 ? count / seconds : 0;
}
