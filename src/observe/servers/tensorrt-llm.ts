import { map, product, ratio, sumOf, value } from "./source.ts";
import { TRITON_MAPS } from "./triton.ts";
import type { ServerEntry, Source } from "./types.ts";

const requests = (type: string): Source => value("nv_trt_llm_request_metrics", { where: { request_type: type } });
const blocks = (type: string): Source =>
  value("nv_trt_llm_kv_cache_block_metrics", { where: { kv_cache_block_type: type }, fold: "sum" });

/** Triton with the TensorRT-LLM backend. KV use is made of blocks, which need no unit; `fraction` is left raw. */
export const tensorrtLlm: ServerEntry = {
  kind: "tensorrt-llm",
  title: "TensorRT-LLM on Triton",
  tells: [["nv_trt_llm_request_metrics"]],
  replica: [],
  maps: [
    map("server.queued", requests("waiting")),
    map("server.running", requests("scheduled")),
    map("server.running.limit", requests("max")),
    map(
      "server.paused",
      value("nv_trt_llm_inflight_batcher_metrics", {
        where: { inflight_batcher_specific_metric: "paused_requests" },
      }),
    ),
    map("server.kv.used", ratio(blocks("used"), blocks("max"))),
    map("server.kv.tokens", product(blocks("max"), blocks("tokens_per"))),
    map("server.prompt.cached", product(blocks("reused"), blocks("tokens_per"))),
    map("server.prompt.tokens", sumOf("nv_llm_input_token_len")),
    map("server.output.tokens", sumOf("nv_llm_output_token_len")),
    ...TRITON_MAPS,
  ],
};
