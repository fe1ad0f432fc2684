import type { ServerEntry } from "./types.ts";

/**
 * Every server that is recognised, one line each; a page may hold several. An entry is a file beside this one:
 *
 *     export const redis: ServerEntry = {
 *       kind: "redis",
 *       title: "Redis",
 *       tells: [["redis_up"]],
 *       replica: [],
 *       maps: [map("cache.hits", value("redis_keyspace_hits_total"))],
 *     };
 */
export const SERVERS: readonly ServerEntry[] = [];
