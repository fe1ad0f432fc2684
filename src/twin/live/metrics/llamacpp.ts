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
  counter("prompt_tokens_total", "Prompt tokens computed.", promptTokens);
  counter("prompt_seconds_total", "Seconds of prefill, summed over requests.", promptSeconds);
  counter("tokens_predicted_total", "Generated tokens.", predicted);
  counter("tokens_predicted_seconds_total", "Seconds of decoding, summed over requests.", predictedSeconds);
  counter("n_decode_total", "Steps.", decodes);
  counter(
    "n_tokens_max",
    "Longest prompt and answer together so far.",
    Math.max(...meters.map(({ longest }) => longest)),
  );
  counter(
    "n_busy_slots_per_decode",
    "Mean number of slots in a step.",
    over(meters, ({ sequences }) => sequences) /
      Math.max(
        1,
        over(meters, ({ steps }) => steps),
      ),
  );
  gauge("prompt_tokens_seconds", "Prompt tokens a second of prefill.", rate(promptTokens, promptSeconds));
  gauge("predicted_tokens_seconds", "Generated tokens a second of decoding.", rate(predicted, predictedSeconds));
  gauge(
    "requests_processing",
    "Slots at work.",
    over(engines, ({ running }) => running),
  );
  gauge(
    "requests_deferred",
    "Requests that wait for a slot.",
    over(engines, ({ waiting }) => waiting),
  );
}

function rate(count: number, seconds: number): number {
  return seconds > 0 ? count / seconds : 0;
}
