import { expect, test } from "vitest";
import { samplesOf, tellsText, textFixture, told } from "./test/read-fixture.ts";

test("Redis tells of its commands, its cache and its own process, not of the exporter's", () => {
  expect(tellsText("redis")).toEqual({
    redis: {
      "store.queries": 6002,
      "store.failed": 0,
      "store.query.ms": 8.777,
      "store.query.count": 6002,
      "cache.hits": 2238,
      "cache.misses": 762,
      "cache.evicted": 814,
      "cache.memory": 1.00033, // a little over maxmemory, as Redis is while it evicts
      "connections.used": 1,
      "connections.limit": 10_000,
      "connections.refused": 0,
      "process.cpu": 0.187441,
      "process.memory": 9_105_410,
    },
  });
});

test("a Redis without a limit of memory has no share of it", () => {
  const text = textFixture("redis").replace(/^redis_memory_max_bytes .*$/m, "redis_memory_max_bytes 0");
  expect(told(samplesOf(text)).redis).not.toHaveProperty("cache.memory");
});

test("PostgreSQL's transactions, buffers and places for connections are read over all databases", () => {
  expect(tellsText("postgres")).toEqual({
    postgres: {
      "store.queries": 883,
      "store.failed": 0,
      "store.query.ms": 105.176,
      "store.query.count": 883,
      "store.active": 1,
      "connections.used": 2,
      "connections.limit": 100,
      "cache.hits": 166_778,
      "cache.misses": 1520,
    },
  });
});

test("PostgreSQL's waits for locks are told where the exporter tells them, and its time in seconds is read as ms", () => {
  const text = textFixture("postgres")
    .replaceAll("pg_stat_database_active_time", "pg_stat_database_active_time_seconds_total")
    .concat('pg_stat_activity_count{datname="postgres",state="active",wait_event_type="Lock"} 7\n');
  expect(told(samplesOf(text)).postgres).toMatchObject({ "store.waiting": 7, "store.query.ms": 105_176 });
});

test("Qdrant's searches count, its upserts do not", () => {
  expect(tellsText("qdrant")).toEqual({
    qdrant: {
      "store.queries": 503,
      "store.failed": 3,
      "store.query.ms": 9000,
      "store.query.count": 500,
      "process.memory": 250_000_000,
    },
  });
});

test("Milvus tells of its proxies' searches and of its query nodes' queue, each node by itself", () => {
  expect(tellsText("milvus")).toEqual({
    milvus: {
      "store.queries@4": 320,
      "store.query.ms@4": 6100,
      "store.query.count@4": 320,
      "store.queue.ms@6": 2400,
      "store.queue.count@6": 300,
      "store.active@6": 8,
      "store.waiting@6": 9,
      "store.failed@6": 2,
      "process.memory": 800_000_000,
    },
  });
});

test("Weaviate tells of queries in ms", () => {
  expect(tellsText("weaviate")).toEqual({
    weaviate: {
      "store.queries": 100,
      "store.failed": 2,
      "store.query.ms": 2500,
      "store.query.count": 100,
      "store.active": 5,
      "process.cpu": 12.5,
    },
  });
});

test("Prometheus is a store of its own queries", () => {
  expect(tellsText("prometheus")).toEqual({
    prometheus: {
      "store.queries": 0,
      "store.query.ms": 0,
      "store.query.count": 0,
      "store.queue.ms": 0,
      "store.queue.count": 0,
      "store.active": 0,
      "process.cpu": 0.09,
      "process.memory": 48_132_100,
      "process.files": 15,
      "process.files.limit": 20_000,
    },
  });
});
