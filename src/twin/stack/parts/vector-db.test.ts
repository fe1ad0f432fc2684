import { expect, test } from "vitest";
import { poisson, zipf } from "../../../../test/helpers/arrivals.ts";
import { type Asked, type Outcome, session } from "../../../../test/helpers/stack.ts";
import { mean } from "../../../stats/index.ts";
import { comparisons } from "./vector-db/search-cost.ts";

const DB = (fields: string) => `parts: { vectors: { kind: vector-db, servers: 100, ${fields} } }`;

function run(yaml: string, asked: readonly Asked[]) {
  const { kernel, ask, stack } = session(yaml);
  const outcomes = asked.map(ask);
  kernel.run();
  const gauges = new Map(stack.gauges().map(({ name, value }) => [name, value]));
  return { outcomes, gauges };
}

const took = ({ at, endAt }: Outcome) => endAt - at;
const apart = (calls: number, ms: number, promptKey?: number): Asked[] =>
  Array.from({ length: calls }, (_, i) => ({ at: i * ms, ...(promptKey === undefined ? {} : { promptKey }) }));

test("HNSW grows with the logarithm of the index and with the candidate list, a scan with the index itself", () => {
  const hnsw = { index: "hnsw", vectors: 1e6, topK: 10, ef: 100, filter: 1 } as const;
  expect(comparisons({ ...hnsw, vectors: 1e8 }) / comparisons(hnsw)).toBeCloseTo(8 / 6, 10);
  expect(comparisons({ ...hnsw, ef: 400 }) / comparisons(hnsw)).toBeCloseTo(4, 10);
  expect(comparisons({ ...hnsw, topK: 200 }) / comparisons(hnsw)).toBeCloseTo(2, 10);
  const flat = { ...hnsw, index: "flat" } as const;
  expect(comparisons({ ...flat, vectors: 1e8 }) / comparisons(flat)).toBeCloseTo(100, 10);
  const ivf = { ...hnsw, index: "ivf", ef: 16 } as const;
  expect(comparisons({ ...ivf, vectors: 1e8 }) / comparisons(ivf)).toBeCloseTo(10, 6);
});

test("a filter makes a graph search longer until scanning what passes it is less work", () => {
  const cost = (filter: number) => comparisons({ index: "hnsw", vectors: 1e6, topK: 10, ef: 100, filter });
  expect(cost(0.5) / cost(1)).toBeCloseTo(2, 10);
  expect(cost(0.1) / cost(1)).toBeCloseTo(10, 10);
  expect(cost(0.0001)).toBe(100);
});

test("the time in the file holds where it was measured, and scales from there", () => {
  const at = (fields: string) => run(DB(`service: 10ms, ${fields}`), [{ at: 0 }]).outcomes.map(took)[0];
  expect(at("vectors: 5000000, ef: 300")).toBe(10);
  expect(at("vectors: 100000000, measured: { vectors: 1000000 }")).toBeCloseTo((10 * 8) / 6, 10);
  expect(at("ef: 200, measured: { ef: 100 }, topK: 20, perHit: 0.5ms")).toBeCloseTo(30, 10);
});

test("a query cache answers what came before, forgets the least recently used, and what is too old", () => {
  const { outcomes, gauges } = run(DB("service: 50ms, cache: { entries: 2, latency: 2ms, ttl: 10s }"), [
    { at: 0, promptKey: 1 },
    { at: 100, promptKey: 1 },
    { at: 200, promptKey: 2 },
    { at: 300, promptKey: 1 },
    { at: 400, promptKey: 3 },
    { at: 500, promptKey: 2 },
    { at: 20_000, promptKey: 3 },
  ]);
  expect(outcomes.map(took)).toEqual([50, 2, 50, 2, 50, 50, 50]);
  expect([gauges.get("hits"), gauges.get("misses")]).toEqual([2, 5]);
});

test("prompts as popular as Zipf has it hit an LRU cache as often as Che's approximation says", () => {
  const [documents, entries, calls] = [2000, 200, 20_000];
  const { shares, next } = zipf(documents, 0.9);
  const asked = Array.from({ length: calls }, (_, i) => ({ at: i * 10, promptKey: next() }));
  const { gauges } = run(DB(`service: 1ms, cache: { entries: ${entries} }`), asked);
  // Che, Tung and Wang (2002): the time t in which `entries` different documents are asked for; a document hits where it came within t.
  let [low, high] = [0, 1e6];
  for (let i = 0; i < 60; i++) {
    const t = (low + high) / 2;
    if (shares.reduce((sum, share) => sum + 1 - Math.exp(-share * t), 0) < entries) low = t;
    else high = t;
  }
  const che = shares.reduce((sum, share) => sum + share * (1 - Math.exp(-share * low)), 0);
  expect((gauges.get("hits") ?? 0) / calls).toBeGreaterThan(che - 0.03);
  expect((gauges.get("hits") ?? 0) / calls).toBeLessThan(che + 0.03);
});

test("after a start the page cache is cold and warms with the searches; a restart makes it cold and forgets the query cache", () => {
  const yaml = DB("service: 10ms, warmUp: { factor: 5, queries: 20 }, restarts: [ 30s ], cache: { entries: 10 }");
  const { outcomes } = run(yaml, [
    ...apart(200, 100).map((asked, promptKey) => ({ ...asked, promptKey })),
    { at: 25_000, promptKey: 199 },
    { at: 31_000, promptKey: 199 },
  ]);
  const times = outcomes.map(took);
  expect(times[0]).toBe(50);
  expect(times[20]).toBeCloseTo(10 * (1 + 4 / Math.E), 10);
  expect(times[199]).toBeCloseTo(10, 1);
  expect(times[200]).toBe(1);
  expect(times[201]).toBe(50);
});

test("writes take server time from searches, and make the index grow", () => {
  const yaml =
    "parts: { vectors: { kind: vector-db, servers: 4, service: 10ms, vectors: 100000, writes: { perSecond: 100, service: 20ms } } }";
  const { outcomes, gauges } = run(yaml, [{ at: 0 }, { at: 1_000_000 }]);
  expect(took(outcomes[0] as Outcome)).toBe(20);
  expect(took(outcomes[1] as Outcome)).toBeCloseTo((20 * Math.log(200_000)) / Math.log(100_000), 6);
  expect(gauges.get("vectors")).toBeGreaterThan(100_000);
});

test("a busy database waits longer as its index grows, and a call in its queue has the time of when it is served", () => {
  const asked = poisson(1 / 14, 5000);
  const waits = (vectors: number) =>
    run(
      `parts: { vectors: { kind: vector-db, service: { median: 8ms, p99: 30ms }, vectors: ${vectors}, measured: { vectors: 1000000 } } }`,
      asked,
    ).outcomes.map(took);
  expect(mean(waits(1e9))).toBeGreaterThan(2 * mean(waits(1e6)));
});
