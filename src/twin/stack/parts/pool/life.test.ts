import { expect, test } from "vitest";
import { session } from "../../../../../test/helpers/stack.ts";
import type { StackEvent } from "../../types.ts";

const QUIET = "preset: tiny, engine: { noise: { sigma: 0, stallProbability: 0 } }";
const COLD = "coldStart: { node: 60s, image: 30s, weights: 10s, init: 20s }";
const story = (events: readonly StackEvent[], name: string) =>
  events.filter((event) => event.name === name).map(({ at, attributes, replica }) => ({ at, replica, ...attributes }));

test("a cold start passes node, image, weights and init, and is ready after their sum", () => {
  const { kernel, stack, events } = session(`parts: { llm: { kind: pool, ${QUIET}, replicas: 2, cold: 1, ${COLD} } }`);
  kernel.run(119_999);
  expect(stack.gauges().find(({ name }) => name === "replicas.starting")?.value).toBe(1);
  kernel.run(120_000);
  expect(story(events, "cold")).toEqual([
    { at: 60_000, replica: 1, phase: "node", ms: 60_000 },
    { at: 90_000, replica: 1, phase: "image", ms: 30_000 },
    { at: 100_000, replica: 1, phase: "weights", ms: 10_000 },
    { at: 120_000, replica: 1, phase: "init", ms: 20_000 },
  ]);
  expect(story(events, "ready")).toEqual([{ at: 120_000, replica: 1 }]);
});

test("while no replica is ready calls are refused, or held in order where the pool says so", () => {
  const run = (unready: string) => {
    const { kernel, ask } = session(`parts: { llm: { kind: pool, ${QUIET}, cold: 1, unready: ${unready}, ${COLD} } }`);
    const outcomes = [1000, 2000, 130_000].map((at) => ask({ at, out: 3 }));
    kernel.run();
    return outcomes;
  };
  expect(run("refuse").map(({ failure }) => failure?.code)).toEqual(["no_replica", "no_replica", undefined]);
  const held = run("hold");
  expect(held.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined]);
  expect(held[0]?.figures?.queueMs).toBe(119_000);
  expect(held[0]?.spans[0]).toMatchObject({ stage: "llm.queue", from: 1000, to: 120_000 });
});

test("a crash breaks the calls of its replica, before and after their first token, and a new engine takes over after the restart", () => {
  const { kernel, events, stack, ask } = session(
    `parts: { llm: { kind: pool, ${QUIET}, replicas: 2, faults: [ { do: crash, replica: 0, at: 5s, restart: 30s } ] } }`,
  );
  const outcomes = Array.from({ length: 4 }, (_, i) => ask({ at: 4000 + i, tokens: 10, out: 2000 }));
  const fresh = [ask({ at: 4999, tokens: 2000, out: 5 }), ask({ at: 4999, tokens: 2000, out: 5 })];
  const meanwhile = [10_000, 11_000].map((at) => ask({ at, out: 2 }));
  const after = [40_000, 41_000].map((at) => ask({ at, out: 2 }));
  kernel.run(60_000);
  const broken = [...outcomes, ...fresh].filter(({ failure }) => failure?.code === "replica_lost");
  expect(broken).toHaveLength(3);
  for (const { failure, firstTokenAt, endAt } of broken) {
    expect(endAt).toBe(5000);
    expect(failure?.status).toBe(Number.isNaN(firstTokenAt) ? 502 : 0);
  }
  expect(new Set(broken.map(({ failure }) => failure?.status))).toEqual(new Set([0, 502]));
  expect(meanwhile.map(({ servedBy }) => servedBy?.replica)).toEqual(["llm/1", "llm/1"]);
  expect(new Set(after.map(({ servedBy }) => servedBy?.replica))).toEqual(new Set(["llm/0", "llm/1"]));
  expect(story(events, "crashed")).toEqual([{ at: 5000, replica: 0, restart: 30_000 }]);
  expect(story(events, "ready")).toEqual([{ at: 35_000, replica: 0 }]);
  // The new engine counts from zero, as a process that was started again.
  expect(stack.gauges().find(({ name, replica }) => name === "requests.finished" && replica === 0)?.value).toBe(1);
});

test("a slow replica takes its factor longer, for as long as the fault lasts", () => {
  const run = (faults: string) => {
    const { kernel, ask } = session(`parts: { llm: { kind: pool, ${QUIET}, faults: [ ${faults} ] } }`);
    const outcomes = [1000, 61_000].map((at) => ask({ at, tokens: 50, out: 30 }));
    kernel.run();
    return outcomes.map(({ at, endAt }) => endAt - at);
  };
  const [sound = 0] = run("");
  const [slow, recovered] = run("{ do: slow, factor: 3, for: 60s }");
  expect(slow).toBeCloseTo(3 * sound, 6);
  expect(recovered).toBeCloseTo(sound, 6);
});

test("a frozen replica goes on where it stood, and its users see one long gap", () => {
  const run = (faults: string) => {
    const { kernel, ask } = session(`parts: { llm: { kind: pool, ${QUIET}, faults: [ ${faults} ] } }`);
    const outcomes = [ask({ at: 0, tokens: 50, out: 200 }), ask({ at: 2500, tokens: 50, out: 5 })];
    kernel.run();
    return outcomes;
  };
  const [sound] = run("");
  const [frozen, came] = run("{ do: freeze, at: 500ms, for: 3s }");
  expect(frozen?.figures?.longestGap).toBeGreaterThan(2900);
  expect(frozen?.figures?.longGaps).toBe(1);
  expect(frozen?.endAt).toBeGreaterThan((sound?.endAt ?? 0) + 2900);
  expect(came?.firstTokenAt).toBeGreaterThan(3500);
});

test("a leak fills the memory call by call until nothing is left for the next", () => {
  const { kernel, stack, ask } = session(
    `parts: { llm: { kind: pool, ${QUIET}, faults: [ { do: leak, blocks: 8 } ], timeout: 20s } }`,
  );
  for (let i = 0; i < 60; i++) ask({ at: i * 2000, tokens: 128, out: 4 });
  kernel.run(119_000);
  const used = stack.gauges().find(({ name, replica }) => name === "kv.used" && replica === 0)?.value ?? 0;
  expect(used).toBeGreaterThan(0.7);
});

const SCALED = (more: string) => `parts: { llm: { kind: pool, ${QUIET.replace("engine: {", "engine: { maxSeqs: 2,")},
  autoscale: { min: 1, max: 6, metric: queue, target: 5, scrape: 15s, sync: 15s, ${COLD}${more} } } }`;

/** Ten minutes of more than one replica of two sequences can do. */
function pressed(more = "", pool = "") {
  const life = session(SCALED(more).replace("kind: pool,", `kind: pool, ${pool}`));
  const outcomes = Array.from({ length: 2000 }, (_, i) => life.ask({ at: 20_000 + i * 300, tokens: 64, out: 150 }));
  life.kernel.run(1_800_000);
  return { ...life, outcomes };
}

test("an autoscaler sees an old metric, adds what its formula and policy allow, and reports its lag", () => {
  const { events, outcomes, stack } = pressed();
  const scales = story(events, "scale");
  expect(scales.length).toBeGreaterThan(1);
  for (const scale of scales) expect(Number("age" in scale ? scale.age : 0)).toBeLessThanOrEqual(15_000);
  const [first] = scales;
  const [ready] = story(events, "ready");
  expect(first).toMatchObject({ from: 1 });
  expect((ready?.at ?? 0) - (first?.at ?? 0)).toBeCloseTo(120_000, 6);
  const [scaled] = story(events, "scaled");
  const lag = Number(scaled && "lag" in scaled ? scaled.lag : Number.NaN);
  expect(scaled?.at).toBe(ready?.at);
  expect(scaled && "starting" in scaled ? scaled.starting : 0).toBeCloseTo(120_000, 6);
  // The cold start, and at most a scrape and a look before it.
  expect(lag).toBeGreaterThan(120_000);
  expect(lag).toBeLessThanOrEqual(150_000);
  expect(stack.gauges().some(({ name, value }) => name === "autoscale.lag" && value > 0)).toBe(true);
  expect(outcomes.every(({ figures }) => figures !== undefined)).toBe(true);
});

test("a replica that crashed and is back is no new one to the autoscaler's lag", () => {
  const { events } = pressed("", "faults: [ { do: crash, replica: 0, at: 60s, restart: 5s } ],");
  const [scale] = story(events, "scale");
  const ready = story(events, "ready").map(({ at }) => at);
  const [scaled] = story(events, "scaled");
  expect(scale?.at).toBeLessThan(60_000);
  expect(ready[0]).toBeCloseTo(65_000, 6);
  expect(scaled?.at).toBe(ready[1]);
});

test("a growth that is taken back before any of it is ready counts in no lag", () => {
  const life = session(SCALED(", down: { window: 0s }"));
  for (let i = 0; i < 40; i++) life.ask({ at: 29_000, tokens: 64, out: 100 });
  for (let i = 0; i < 600; i++) life.ask({ at: 600_000 + i * 300, tokens: 64, out: 150 });
  life.kernel.run(1_800_000);
  const early = story(life.events, "scale").filter(({ at }) => at < 150_000);
  expect(early[0]).toMatchObject({ from: 1 });
  expect(early.at(-1)).toMatchObject({ to: 1 });
  expect(story(life.events, "ready")[0]?.at).toBeGreaterThan(600_000);
  const [scaled] = story(life.events, "scaled");
  expect(scaled && "lag" in scaled ? Number(scaled.lag) : Number.NaN).toBeLessThanOrEqual(150_000);
});

test("a metric that can only be seen later makes the autoscaler later by as much", () => {
  const { events } = pressed(", delay: 60s");
  const soon = pressed();
  const scales = story(events, "scale");
  for (const scale of scales) {
    const age = Number("age" in scale ? scale.age : Number.NaN);
    expect(age).toBeGreaterThanOrEqual(60_000);
    expect(age).toBeLessThan(75_000);
  }
  expect((scales[0]?.at ?? 0) - (story(soon.events, "scale")[0]?.at ?? 0)).toBeCloseTo(60_000, 6);
});

test("a warm pool leaves node and image out, for as many as it holds", () => {
  const cold = pressed();
  const warm = pressed(", warm: 1");
  const first = (events: readonly StackEvent[]) =>
    (story(events, "ready")[0]?.at ?? 0) - (story(events, "scale")[0]?.at ?? 0);
  expect(first(cold.events)).toBeCloseTo(120_000, 6);
  expect(first(warm.events)).toBeCloseTo(30_000, 6);
});

test("on the way down a replica takes no more calls, finishes those that it has, and is gone", () => {
  const { events, outcomes, stack } = pressed(", down: { window: 30s }");
  const gone = story(events, "gone");
  expect(gone.length).toBeGreaterThan(0);
  for (const each of gone) expect(each).toMatchObject({ broken: 0 });
  expect(outcomes.every(({ failure }) => failure === undefined)).toBe(true);
  expect(stack.gauges().find(({ name, replica }) => name === "replicas" && replica === undefined)?.value).toBe(1);
});

test("what a replica that goes cannot finish within its grace breaks", () => {
  const { kernel, events, ask } = session(
    `parts: { llm: { kind: pool, ${QUIET}, replicas: 3,
       autoscale: { min: 1, max: 3, metric: running, target: 100, sync: 15s, scrape: 15s, down: { window: 0s }, grace: 5s } } }`,
  );
  const outcomes = Array.from({ length: 3 }, (_, i) => ask({ at: i, tokens: 10, out: 9000 }));
  kernel.run();
  const draining = story(events, "draining");
  expect(draining.length).toBeGreaterThan(0);
  const broken = outcomes.filter(({ failure }) => failure?.code === "replica_lost");
  expect(broken).toHaveLength(draining.length);
  for (const { endAt } of broken) expect(draining.map(({ at }) => at + 5000)).toContain(endAt);
});

test("rate and KV scale a pool as well", () => {
  const scaled = (metric: string, target: number) => {
    const { kernel, events, ask } = session(
      `parts: { llm: { kind: pool, ${QUIET}, autoscale: { min: 1, max: 4, metric: ${metric}, target: ${target}, ${COLD} } } }`,
    );
    for (let i = 0; i < 600; i++) ask({ at: i * 200, tokens: 200, out: 100 });
    kernel.run(120_000);
    return story(events, "scale").length;
  };
  expect(scaled("rate", 2)).toBeGreaterThan(0);
  expect(scaled("rate", 100)).toBe(0);
  expect(scaled("kv", 0.05)).toBeGreaterThan(0);
  expect(scaled("running", 2)).toBeGreaterThan(0);
});

test("a pool that runs is changed by name: slowed, crashed, frozen, made larger and smaller", () => {
  const { kernel, stack, ask, events } = session(
    `parts: { llm: { kind: pool, ${QUIET}, replicas: 2, coldStart: { node: 0s, image: 0s, weights: 1s, init: 1s } } }`,
  );
  kernel.at(10_000, () => stack.retune("llm", { do: "slow", replica: 0, factor: 4 }));
  kernel.at(20_000, () => stack.retune("llm", { do: "scale", replicas: 3 }));
  kernel.at(30_000, () => stack.retune("llm", { do: "scale", replicas: 1 }));
  const outcomes = [1000, 1001, 11_000, 11_001].map((at) => ask({ at, tokens: 20, out: 20 }));
  kernel.run();
  const took = (i: number) => (outcomes[i]?.endAt ?? 0) - (outcomes[i]?.at ?? 0);
  expect(took(2) / took(0)).toBeCloseTo(4, 6);
  expect(took(3) / took(1)).toBeCloseTo(1, 6);
  expect(story(events, "ready")).toEqual([{ at: 22_000, replica: 2 }]);
  expect(story(events, "gone").map(({ replica }) => replica)).toEqual([2, 1]);
  expect(() => stack.retune("lm", {})).toThrow(expect.objectContaining({ code: "STACK_UNKNOWN_PART" }));
  expect(() => stack.retune("llm", { do: "slwo" })).toThrow(expect.objectContaining({ code: "STACK_UNKNOWN_VALUE" }));
});
