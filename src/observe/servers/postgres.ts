import { first, map, total, value } from "./source.ts";
import type { ServerEntry } from "./types.ts";

/** PostgreSQL by postgres_exporter. Queries are transactions; their time needs PostgreSQL 14. Old exporters tell that time in ms. */
export const postgres: ServerEntry = {
  kind: "postgres",
  title: "PostgreSQL",
  tells: [["pg_up"]],
  replica: [],
  maps: [
    map("store.queries", total(value("pg_stat_database_xact_commit"), value("pg_stat_database_xact_rollback"))),
    map("store.failed", value("pg_stat_database_xact_rollback")),
    map(
      "store.query.ms",
      first(
        value("pg_stat_database_active_time_seconds_total", { scale: 1000 }),
        value("pg_stat_database_active_time"),
      ),
    ),
    map("store.query.count", total(value("pg_stat_database_xact_commit"), value("pg_stat_database_xact_rollback"))),
    map("store.active", value("pg_stat_activity_count", { where: { state: "active" } })),
    map(
      "store.waiting",
      value("pg_stat_activity_count", {
        where: { state: "active", wait_event_type: ["Lock", "LWLock", "BufferPin"] },
      }),
    ),
    map("connections.used", value("pg_stat_database_numbackends")),
    map("connections.limit", value("pg_settings_max_connections")),
    map("cache.hits", value("pg_stat_database_blks_hit")),
    map("cache.misses", value("pg_stat_database_blks_read")),
  ],
};
