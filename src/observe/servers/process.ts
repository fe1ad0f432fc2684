import { map, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/**
 * What client libraries tell of the process that they run in (Python, Go, Node, Rust, Java), and prom-client of Node's event loop. An
 * exporter's page tells so of the exporter, which is not the server. `nodejs_eventloop_lag_p99_seconds` and its like hold the resolution
 * of their timer, so they stay raw.
 */
export const processMetrics: ServerEntry = {
  kind: "process",
  title: "process",
  tells: [
    ["process_cpu_seconds_total"],
    ["process_resident_memory_bytes"],
    ["process_open_fds"],
    ["nodejs_eventloop_lag_seconds"],
  ],
  unless: [
    "redis_up",
    "pg_up",
    "nginx_up",
    "nginxplus_up",
    "node_exporter_build_info",
    "DCGM_FI_*",
    "kube_*",
    "envoy_server_uptime",
  ],
  beside: true,
  replica: [],
  maps: [
    map("process.cpu", value("process_cpu_seconds_total")),
    map("process.memory", value("process_resident_memory_bytes")),
    map("process.files", value("process_open_fds")),
    map("process.files.limit", value("process_max_fds")),
    map("process.loop.lag", value("nodejs_eventloop_lag_seconds", { scale: 1000 })),
  ],
};
