import { countOf, map, timing, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/** Prometheus itself, as a store that is asked. */
export const prometheus: ServerEntry = {
  kind: "prometheus",
  title: "Prometheus",
  tells: [["prometheus_build_info"]],
  replica: [],
  maps: [
    map("store.queries", countOf("prometheus_engine_query_duration_seconds", { where: { slice: "inner_eval" } })),
    ...timing("store.query", "prometheus_engine_query_duration_seconds", { where: { slice: "inner_eval" } }),
    ...timing("store.queue", "prometheus_engine_query_duration_seconds", { where: { slice: "queue_time" } }),
    map("store.active", value("prometheus_engine_queries")),
  ],
};
