import { isMapping } from "../../base/index.ts";
import type { Sample } from "../exposition/types.ts";
import { map, ratio, total, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/**
 * llama.cpp's llama-server with `--metrics`, and its slots where `--slots` shows them. A slot is a place in the batch with its own share of
 * the KV cache; a request without one is deferred. It counts neither requests nor their latencies.
 */
export const llamacpp: ServerEntry = {
  kind: "llamacpp",
  title: "llama.cpp",
  tells: [["llamacpp:requests_processing"], ["llamacpp:tokens_predicted_total"]],
  replica: [],
  pages: [{ path: "/slots", read: readSlots }],
  maps: [
    map("server.queued", value("llamacpp:requests_deferred")),
    map("server.running", value("llamacpp:requests_processing")),
    map("server.running.limit", value("slots.count")),
    map("server.kv.used", ratio(value("slots.tokens", { fold: "sum" }), value("slots.context", { fold: "sum" }))),
    map("server.kv.tokens", value("slots.context")),
    map(
      "server.prompt.tokens",
      total(value("llamacpp:prompt_tokens_total"), value("llamacpp:prompt_tokens_cached_total")),
    ),
    map("server.prompt.cached", value("llamacpp:prompt_tokens_cached_total")),
    map("server.output.tokens", value("llamacpp:tokens_predicted_total")),
    map("server.steps", value("llamacpp:n_decode_total")),
    map("server.prefill.ms", value("llamacpp:prompt_seconds_total", { scale: 1000 })),
    map("server.decode.ms", value("llamacpp:tokens_predicted_seconds_total", { scale: 1000 })),
  ],
};

const TOKENS = "n_prompt_tokens";

/**
 * Slots, the tokens that their contexts hold, and of them those of requests in work (their prompt and what they have generated). An idle
 * slot's tokens are a cache that makes room, so they do not count as used.
 */
function readSlots(json: unknown): readonly Sample[] {
  const slots = Array.isArray(json) ? json.filter(isMapping) : [];
  if (slots.length === 0) return [];
  const working = slots.filter((slot) => slot.is_processing === true);
  // Old servers tell no tokens of a slot, and a slot that had no request yet has none to tell.
  const tellsTokens = slots.some((slot) => TOKENS in slot);
  return [
    gauge("slots.count", slots.length),
    ...sumOf("slots.context", slots, "n_ctx"),
    ...(tellsTokens ? sumOf("slots.tokens", working, TOKENS) : []),
  ];
}

/** Nothing where a slot does not say it: a sum of a part would pass for the whole. */
function sumOf(name: string, slots: readonly Record<string, unknown>[], field: string): readonly Sample[] {
  const values = slots.map((slot) => slot[field]).filter((number) => typeof number === "number");
  if (values.length < slots.length) return [];
  return [
    gauge(
      name,
      values.reduce((sum, number) => sum + number, 0),
    ),
  ];
}

function gauge(name: string, number: number): Sample {
  return { name, family: name, type: "gauge", part: "value", labels: new Map(), value: number };
}
