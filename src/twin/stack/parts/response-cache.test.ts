import { expect, test } from "vitest";
import { poisson, zipf } from "../../../../test/helpers/arrivals.ts";
import { type Asked, type Outcome, session } from "../../../../test/helpers/stack.ts";

const PROVIDER = "provider: { kind: external, ttft: 100ms, gap: 10ms, concurrency: 1000 }";
const CACHE = (fields: string, provider = PROVIDER) =>
  `entry: cache\nparts: { cache: { kind: response-cache, to: provider, ${fields} }, ${provider} }`;

function run(yaml: string, asked: readonly Asked[]) {
  const { kernel, ask, stack } = session(yaml);
  const outcomes = asked.map(ask);
  kernel.run();
  const gauge = (part: string, name: string) =>
    stack.gauges().find((each) => each.part === part && each.name === name)?.value;
  return { outcomes, gauge };
}

const took = ({ at, endAt }: Outcome) => endAt - at;
const cached = (outcomes: readonly Outcome[]) => outcomes.map(({ servedBy }) => servedBy?.fromCache);

test("the same prompt again is answered from the cache, the whole answer at once", () => {
  const { outcomes, gauge } = run(CACHE("entries: 10, latency: 2ms"), [
    { at: 0, promptKey: 1, out: 11 },
    { at: 1000, promptKey: 1, out: 11, everyToken: true },
    { at: 2000, promptKey: 2, out: 11 },
  ]);
  expect(outcomes.map(took)).toEqual([202, 2, 202]);
  expect(cached(outcomes)).toEqual([false, true, false]);
  expect(outcomes[1]?.counts).toEqual([{ at: 1002, count: 11 }]);
  expect(outcomes[1]?.figures?.outputTokens).toBe(11);
  expect([gauge("cache", "hits"), gauge("cache", "misses"), gauge("provider", "requests")]).toEqual([1, 2, 2]);
});

test("a hit streams at the stated pace", () => {
  const { outcomes } = run(CACHE("entries: 10, gap: 5ms"), [
    { at: 0, promptKey: 1, out: 4 },
    { at: 1000, promptKey: 1, out: 4, everyToken: true },
  ]);
  expect(outcomes[1]?.counts.map(({ at }) => at)).toEqual([1001, 1006, 1011, 1016]);
});

test("another model or another cap is another answer", () => {
  const { outcomes } = run(CACHE("entries: 10"), [
    { at: 0, promptKey: 1, model: "a" },
    { at: 1000, promptKey: 1, model: "b" },
    { at: 2000, promptKey: 1, model: "a", maxTokens: 3 },
    { at: 3000, promptKey: 1, model: "a" },
  ]);
  expect(cached(outcomes)).toEqual([false, false, false, true]);
});

test("equal calls wait for the first one's answer: one call goes upstream however many come", () => {
  const asked = Array.from({ length: 50 }, (_, i) => ({ at: i, promptKey: 1, out: 11 }));
  const { outcomes, gauge } = run(CACHE("entries: 10"), asked);
  expect(gauge("provider", "requests")).toBe(1);
  expect(new Set(outcomes.map(({ endAt }) => endAt))).toEqual(new Set([201]));
});

test("without single flight every call that misses goes upstream: a stampede when an answer grows old", () => {
  const asked = Array.from({ length: 2000 }, (_, i) => ({ at: i * 10, promptKey: 1, out: 11 }));
  const upstream = (singleFlight: boolean) =>
    run(CACHE(`entries: 10, ttl: 5s, singleFlight: ${singleFlight}`), asked).gauge("provider", "requests") ?? 0;
  expect(upstream(true)).toBe(4);
  expect(upstream(false)).toBeGreaterThan(60);
});

test("when the first fails the next takes its place; when it leaves, too", () => {
  const broken = PROVIDER.replace(
    "concurrency: 1000",
    "outages: [ { from: 0s, for: 50ms, status: 500 } ], refusal: 60ms",
  );
  const { outcomes, gauge } = run(CACHE("entries: 10", broken), [
    { at: 0, promptKey: 1, out: 11 },
    { at: 1, promptKey: 1, out: 11, leaves: 100 },
    { at: 2, promptKey: 1, out: 11 },
    { at: 3, promptKey: 1, out: 11 },
  ]);
  expect(outcomes.map(({ failure }) => failure?.status)).toEqual([500, undefined, undefined, undefined]);
  expect(outcomes.map(({ endAt }) => endAt)).toEqual([61, Number.NaN, 300, 300]);
  expect(gauge("provider", "requests")).toBe(3);
});

test("who has waited too long for the first one's answer goes on alone", () => {
  const { outcomes, gauge } = run(CACHE("entries: 10, lockTimeout: 50ms"), [
    { at: 0, promptKey: 1, out: 11 },
    { at: 10, promptKey: 1, out: 11 },
  ]);
  expect(outcomes.map(({ endAt }) => endAt)).toEqual([201, 261]);
  expect(gauge("provider", "requests")).toBe(2);
});

test("no more entries and tokens are kept than allowed, the least recently used go first", () => {
  const asked = [1, 2, 1, 3, 2, 1].map((promptKey, i) => ({ at: i * 1000, promptKey, out: 10 }));
  expect(cached(run(CACHE("entries: 2"), asked).outcomes)).toEqual([false, false, true, false, false, false]);
  const { outcomes, gauge } = run(CACHE("entries: 100, tokens: 25"), asked);
  expect(cached(outcomes)).toEqual([false, false, true, false, false, false]);
  expect([gauge("cache", "tokens"), gauge("cache", "evictions")]).toEqual([20, 3]);
});

test("an answer is worth nothing once it is too old, and after a flush", () => {
  const { outcomes, gauge } = run(CACHE("entries: 10, ttl: 5s, flushes: [ 20s ]"), [
    { at: 0, promptKey: 1 },
    { at: 4900, promptKey: 1 },
    { at: 5300, promptKey: 1 },
    { at: 19_000, promptKey: 2 },
    { at: 20_000, promptKey: 2 },
  ]);
  expect(cached(outcomes)).toEqual([false, true, false, false, false]);
  expect([gauge("cache", "expired"), gauge("cache", "flushes")]).toEqual([1, 1]);
});

test("a near prompt is one that shares enough of its blocks from the beginning", () => {
  const near = (shared: number, tokens = 160) =>
    cached(
      run(CACHE("entries: 10, similarity: { share: 0.8 }"), [
        { at: 0, promptKey: 1, tokens: 160, family: 7, shared: 160 },
        { at: 1000, promptKey: 2, tokens, family: 7, shared },
      ]).outcomes,
    )[1];
  expect(near(128)).toBe(true);
  expect(near(112)).toBe(false);
  expect(near(160, 192)).toBe(true);
  expect(near(160, 220)).toBe(false);
});

test("prompts as popular as Zipf has it spare the upstream what they ask again", () => {
  const { next } = zipf(1000, 1);
  const asked = poisson(0.02, 10_000).map(({ at }) => ({ at, promptKey: next(), out: 5 }));
  const { gauge } = run(CACHE("entries: 100000"), asked);
  const different = new Set(asked.map(({ promptKey }) => promptKey)).size;
  expect(gauge("provider", "requests")).toBe(different);
});
