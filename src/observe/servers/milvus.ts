import { countOf, map, timing, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

const MS = { toMs: 1 };

/** Milvus: its proxies, and the queue of its query nodes; latencies are histograms of ms. */
export const milvus: ServerEntry = {
  kind: "milvus",
  title: "Milvus",
  tells: [["milvus_proxy_*"], ["milvus_querynode_*"]],
  replica: ["node_id"],
  maps: [
    map("store.queries", countOf("milvus_proxy_sq_latency")),
    ...timing("store.query", "milvus_proxy_sq_latency", MS),
    ...timing("store.queue", "milvus_querynode_sq_queue_latency", MS),
    map("store.active", value("milvus_querynode_read_task_concurrency")),
    map("store.waiting", value("milvus_querynode_read_task_ready_len")),
    map("store.failed", value("milvus_querynode_read_evicted_count")),
  ],
};
