import { countOf, map, timing, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/** Weaviate on its monitoring port; query times are histograms of ms. */
export const weaviate: ServerEntry = {
  kind: "weaviate",
  title: "Weaviate",
  tells: [["weaviate_*"], ["queries_durations_ms*"], ["concurrent_queries_count"], ["lsm_segment_count"]],
  replica: [],
  maps: [
    map("store.queries", countOf("queries_durations_ms")),
    map("store.failed", value("requests_total", { where: { status: "server_error" } })),
    ...timing("store.query", "queries_durations_ms", { toMs: 1 }),
    map("store.active", value("concurrent_queries_count")),
  ],
};
