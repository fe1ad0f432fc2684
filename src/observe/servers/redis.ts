import { map, ratio, total, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/** Redis and its kin (Valkey, KeyDB) by redis_exporter. `maxmemory` 0 means no limit, and then there is no share of it. */
export const redis: ServerEntry = {
  kind: "redis",
  title: "Redis",
  tells: [["redis_up"]],
  replica: [],
  maps: [
    map("store.queries", value("redis_commands_processed_total")),
    map("store.failed", value("redis_commands_failed_calls_total")),
    map("store.query.ms", value("redis_commands_duration_seconds_total", { scale: 1000 })),
    map("store.query.count", value("redis_commands_total")),
    map("cache.hits", value("redis_keyspace_hits_total")),
    map("cache.misses", value("redis_keyspace_misses_total")),
    map("cache.evicted", value("redis_evicted_keys_total")),
    map(
      "cache.memory",
      ratio(value("redis_memory_used_bytes"), value(["redis_memory_max_bytes", "redis_config_maxmemory"])),
    ),
    map("connections.used", value("redis_connected_clients")),
    map("connections.limit", value(["redis_config_maxclients", "redis_max_clients"])),
    map("connections.refused", value("redis_rejected_connections_total")),
    map("process.cpu", total(value("redis_cpu_sys_seconds_total"), value("redis_cpu_user_seconds_total"))),
    map("process.memory", value("redis_memory_used_rss_bytes")),
  ],
};
