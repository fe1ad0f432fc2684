import type { Outcome } from "../../base/index.ts";

const FINISH: Readonly<Record<string, Outcome>> = {
  length: "capped",
  max_tokens: "capped",
  max_output_tokens: "capped",
  model_length: "capped",
  model_context_window_exceeded: "capped",
  content_filter: "filtered",
  safety: "filtered",
  refusal: "filtered",
  recitation: "filtered",
  blocklist: "filtered",
  prohibited_content: "filtered",
  spii: "filtered",
  insufficient_system_resource: "resource",
  resource_exhausted: "resource",
  out_of_resources: "resource",
  out_of_memory: "resource",
  overloaded: "resource",
  abort: "resource",
  error: "stream-error",
  failed: "stream-error",
  cancelled: "stream-error",
};

/** What a finish reason means; one that is not known is a proper end, and stays in `finishReason` as it was sent. */
export function finishOutcome(reason: string): Outcome {
  const word = reason.toLowerCase().replaceAll("-", "_");
  return Object.hasOwn(FINISH, word) ? (FINISH[word] ?? "complete") : "complete";
}
