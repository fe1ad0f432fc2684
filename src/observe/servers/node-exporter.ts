import { distinct, map, rate, ratio, rest, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

const SUM = { fold: "sum" } as const;
const CPU = "node_cpu_seconds_total";

/** A host by node_exporter. Memory in use is what is not available: caches make room. */
export const nodeExporter: ServerEntry = {
  kind: "host",
  title: "host (node_exporter)",
  tells: [["node_cpu_seconds_total"], ["node_memory_MemTotal_bytes"]],
  replica: [],
  maps: [
    map(
      "host.cpu",
      rest(ratio(rate(value(CPU, { where: { mode: ["idle", "iowait"] }, ...SUM })), rate(value(CPU, SUM)))),
    ),
    map("host.cores", distinct(CPU, "cpu")),
    map(
      "host.memory",
      rest(ratio(value("node_memory_MemAvailable_bytes", SUM), value("node_memory_MemTotal_bytes", SUM))),
    ),
    map("host.disk", rate(value("node_disk_io_time_seconds_total", { where: { device: /^(?!loop|ram|zram|sr|fd)/ } }))),
    map("host.retransmits", value("node_netstat_Tcp_RetransSegs")),
    map("connections.refused", value("node_netstat_TcpExt_ListenDrops")),
  ],
};
