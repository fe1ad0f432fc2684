import { map, rate, ratio, sumOf, timing, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/** What a client did wrong, or what was turned away for want of room, is no failure of the server. */
const OWN_FAULT = /^(?!validation$|overloaded$)/;

/** Text Generation Inference. Its counters end without `_total`; a batch's memory is reserved for the longest answer its requests may get. */
export const tgi: ServerEntry = {
  kind: "tgi",
  title: "Text Generation Inference",
  tells: [["tgi_queue_size"], ["tgi_batch_current_size"], ["tgi_request_count"]],
  replica: [],
  maps: [
    map("server.queued", value("tgi_queue_size")),
    map("server.running", value("tgi_batch_current_size")),
    map("server.kv.used", ratio(value("tgi_batch_current_max_tokens"), value("tgi_batch_max_total_tokens"))),
    map("server.kv.tokens", value("tgi_batch_max_total_tokens")),
    map("server.prompt.tokens", sumOf("tgi_request_input_length")),
    map("server.output.tokens", sumOf("tgi_request_generated_tokens")),
    map("server.steps", value("tgi_batch_inference_count")),
    map("server.busy", rate(sumOf("tgi_batch_inference_duration", { fold: "sum" }))),
    map("server.requests", value("tgi_request_success")),
    map("server.failed", value("tgi_request_failure", { where: { err: OWN_FAULT } })),
    map("connections.refused", value("tgi_request_failure", { where: { err: "overloaded" } })),
    ...timing("server.queue", "tgi_request_queue_duration"),
    ...timing("server.tpot", "tgi_request_mean_time_per_token_duration"),
    ...timing("server.e2e", "tgi_request_duration"),
  ],
};
