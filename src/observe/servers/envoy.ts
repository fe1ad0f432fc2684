import { map, timing, total, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/** Envoy counts requests to its own admin page too. */
const SERVED = { where: { envoy_http_conn_manager_prefix: /^(?!admin$)/ } };

/** Envoy's `/stats/prometheus`; durations are histograms of ms. */
export const envoy: ServerEntry = {
  kind: "envoy",
  title: "Envoy",
  tells: [["envoy_server_uptime"], ["envoy_cluster_upstream_rq_active"], ["envoy_http_downstream_rq_active"]],
  replica: [],
  maps: [
    map("gateway.requests", value("envoy_http_downstream_rq_total", SERVED)),
    map("gateway.active", value("envoy_cluster_upstream_rq_active")),
    map("gateway.retries", value("envoy_cluster_upstream_rq_retry")),
    map("gateway.timeouts", value("envoy_cluster_upstream_rq_timeout")),
    ...timing("server.e2e", "envoy_http_downstream_rq_time", { toMs: 1, ...SERVED }),
    map("connections.used", value("envoy_http_downstream_cx_active", SERVED)),
    map("connections.waiting", value("envoy_cluster_upstream_rq_pending_active")),
    map(
      "connections.refused",
      total(value("envoy_cluster_upstream_rq_pending_overflow"), value("envoy_cluster_upstream_cx_overflow")),
    ),
    map(
      "limits.hit",
      total(value("envoy_cluster_ratelimit_over_limit"), value("envoy_http_local_rate_limit_rate_limited")),
    ),
    map("replicas.ready", value("envoy_cluster_membership_healthy")),
    map("replicas.wanted", value("envoy_cluster_membership_total")),
    map("process.memory", value("envoy_server_memory_physical_size")),
  ],
};
