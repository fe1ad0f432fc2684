import { map, total, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/** NGINX by its exporter; NGINX Plus by the same. A connection that was accepted and not handled met the limit of worker_connections. */
export const nginx: ServerEntry = {
  kind: "nginx",
  title: "NGINX",
  tells: [["nginx_up"], ["nginx_connections_active"], ["nginxplus_up"], ["nginxplus_connections_active"]],
  replica: [],
  maps: [
    map("gateway.requests", value(["nginx_http_requests_total", "nginxplus_http_requests_total"])),
    map("gateway.active", value(["nginx_connections_writing", "nginxplus_http_requests_current"])),
    map("connections.used", value(["nginx_connections_active", "nginxplus_connections_active"])),
    map(
      "connections.refused",
      total(
        value("nginx_connections_accepted"),
        value("nginx_connections_handled", { scale: -1 }),
        value("nginxplus_connections_dropped"),
      ),
    ),
  ],
};
