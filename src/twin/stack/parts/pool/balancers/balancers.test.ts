import fc from "fast-check";
import { expect, test } from "vitest";
import { callOf, Outcome, session } from "../../../../../../test/helpers/stack.ts";
import { randomStream } from "../../../../../base/index.ts";
import type { Call } from "../../../types.ts";
import { costOf } from "./prefix-aware.ts";
import { BALANCERS } from "./table.ts";
import type { Balancer, Candidate } from "./types.ts";

function balancer(name: string, seed = 1): Balancer {
  const entry = BALANCERS.find((each) => each.name === name);
  if (!entry) throw new Error(`no balancer ${name}`);
  return entry.create(randomStream(seed, "balancer"));
}

function candidate(index: number, fields: Partial<Candidate> = {}): Candidate {
  return {
    index,
    outstanding: 0,
    pendingPrefillTokens: 0,
    usedBlocks: 0,
    blockSize: 16,
    cachedTokens: () => 0,
    ...fields,
  };
}

type Several = [Candidate, ...Candidate[]];
const several = (count: number, each: (index: number) => Partial<Candidate> = () => ({})): Several => [
  candidate(0, each(0)),
  ...Array.from({ length: count - 1 }, (_, i) => candidate(i + 1, each(i + 1))),
];
const call = (id: number, sessionName = `s${id}`): Call => callOf(id, { at: 0, session: sessionName }, new Outcome(0));

const loads = fc.array(fc.nat(20), { minLength: 1, maxLength: 12 });

test.each(BALANCERS)("$name picks one of the candidates, the same with the same seed", ({ name }) => {
  fc.assert(
    fc.property(fc.nat(1e6), loads, (seed, outstanding) => {
      const candidates = several(outstanding.length, (i) => ({ outstanding: outstanding[i] ?? 0 }));
      const [one, two] = [balancer(name, seed), balancer(name, seed)];
      for (let id = 0; id < 20; id++) {
        const picked = one.pick(call(id), candidates);
        expect(candidates).toContain(picked);
        expect(two.pick(call(id), candidates)).toBe(picked);
      }
    }),
    { numRuns: 25 },
  );
});

test("round-robin gives every replica its turn, also while others come and go", () => {
  const turns = balancer("round-robin");
  const picks = (candidates: Several, count: number) =>
    Array.from({ length: count }, (_, id) => turns.pick(call(id), candidates).index);
  expect(picks(several(3), 6)).toEqual([0, 1, 2, 0, 1, 2]);
  expect(picks([candidate(0), candidate(2)], 3)).toEqual([0, 2, 0]);
  expect(picks(several(4), 4)).toEqual([1, 2, 3, 0]);
});

test("least-outstanding never picks a busier replica than another, and takes turns among equals", () => {
  fc.assert(
    fc.property(loads, (outstanding) => {
      const candidates = several(outstanding.length, (i) => ({ outstanding: outstanding[i] ?? 0 }));
      const least = balancer("least-outstanding");
      for (let id = 0; id < 5; id++) {
        expect(least.pick(call(id), candidates).outstanding).toBe(Math.min(...outstanding));
      }
    }),
  );
  const equals = balancer("least-outstanding");
  expect([0, 1, 2, 3].map((id) => equals.pick(call(id), several(3)).index)).toEqual([0, 1, 2, 0]);
});

test("power-of-two never picks the busiest of several, and each of equals as often", () => {
  const two = balancer("power-of-two");
  const candidates = several(5, (index) => ({ outstanding: index }));
  const seen = Array.from({ length: 5000 }, (_, id) => two.pick(call(id), candidates).index);
  const share = (index: number) => seen.filter((each) => each === index).length / seen.length;
  expect(share(4)).toBe(0);
  // Of the 10 pairs of 5, the less busy one is 0 in 4, 1 in 3, 2 in 2 and 3 in 1.
  for (const [index, pairs] of [4, 3, 2, 1].entries()) expect(share(index)).toBeCloseTo(pairs / 10, 1);
  const even = Array.from({ length: 4000 }, (_, id) => two.pick(call(id), several(4)).index);
  for (let index = 0; index < 4; index++) {
    expect(even.filter((each) => each === index).length / even.length).toBeCloseTo(0.25, 1);
  }
});

test("random picks each as often, whatever their load", () => {
  const any = balancer("random");
  const seen = Array.from(
    { length: 4000 },
    (_, id) =>
      any.pick(
        call(id),
        several(4, (i) => ({ outstanding: i })),
      ).index,
  );
  for (let index = 0; index < 4; index++) {
    expect(seen.filter((each) => each === index).length / seen.length).toBeCloseTo(0.25, 1);
  }
});

test("session-hash keeps a session on its replica, and moves only the share of a replica that comes or goes", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 16 }), fc.nat(15), (count, leaving) => {
      const hash = balancer("session-hash");
      const all = several(count);
      const gone = leaving % count;
      const [first, ...rest] = all.filter(({ index }) => index !== gone);
      if (first === undefined) return;
      const names = Array.from({ length: 400 }, (_, i) => `user-${i}`);
      const before = names.map((name) => hash.pick(call(1, name), all).index);
      const without = names.map((name) => hash.pick(call(2, name), [first, ...rest]).index);
      expect(names.map((name) => hash.pick(call(3, name), all).index)).toEqual(before);
      // Only the sessions of the one that went move.
      for (const [i, index] of before.entries()) if (index !== gone) expect(without[i]).toBe(index);
      const moved = before.filter((index) => index === gone).length / names.length;
      expect(moved).toBeLessThan(1 / count + 0.2);
    }),
    { numRuns: 30 },
  );
});

test("session-hash gives every replica about as many sessions", () => {
  const hash = balancer("session-hash");
  const seen = Array.from({ length: 8000 }, (_, i) => hash.pick(call(i), several(8)).index);
  for (let index = 0; index < 8; index++) {
    const share = seen.filter((each) => each === index).length / seen.length;
    expect(share).toBeGreaterThan(0.125 * 0.7);
    expect(share).toBeLessThan(0.125 * 1.3);
  }
});

test("prefix-aware weighs what a cache holds against what the replica has to do", () => {
  const asked = callOf(1, { at: 0, tokens: 1600 }, new Outcome(0));
  const cached = candidate(0, { cachedTokens: () => 1200, usedBlocks: 70 });
  const idle = candidate(1, {});
  const busy = candidate(2, { pendingPrefillTokens: 4000 });
  expect([cached, idle, busy].map((each) => costOf(each, asked))).toEqual([95, 100, 350]);
  const aware = balancer("prefix-aware");
  expect(aware.pick(asked, [cached, idle, busy]).index).toBe(0);
  const crowded = { ...cached, usedBlocks: 80 };
  expect(aware.pick(asked, [crowded, idle, busy]).index).toBe(1);
});

function families(name: string) {
  const { kernel, stack, ask } = session(
    `parts: { llm: { kind: pool, preset: tiny, replicas: 4, balancer: ${name}, engine: { blocks: 4000 } } }`,
  );
  const outcomes = Array.from({ length: 200 }, (_, i) =>
    ask({ at: i * 400, tokens: 500, out: 10, family: 1 + (i % 5), shared: 448, session: `f${i % 5}-${i}` }),
  );
  kernel.run();
  const replicasOf = (family: number) =>
    new Set(outcomes.filter((_, i) => 1 + (i % 5) === family && i >= 20).map(({ servedBy }) => servedBy?.replica)).size;
  const hits = stack.gauges().filter((gauge) => gauge.name === "tokens.prompt.cached");
  return {
    spread: [1, 2, 3, 4, 5].map(replicasOf),
    cached: hits.reduce((sum, { value }) => sum + value, 0),
    outcomes,
  };
}

test("prefix-aware sends prompts that begin alike to one replica, and so finds more of them cached than round-robin", () => {
  const aware = families("prefix-aware");
  const turns = families("round-robin");
  expect(Math.max(...aware.spread)).toBe(1);
  expect(Math.min(...turns.spread)).toBe(4);
  expect(aware.cached).toBeGreaterThan(turns.cached);
  // All but the first of each family find its beginning.
  expect(aware.outcomes.filter(({ servedBy }) => servedBy?.cachedTokens === 448)).toHaveLength(195);
});

test("prefix-aware looks for the prompt that the engine gets, where a policy trims it", () => {
  const { kernel, ask } = session(
    "parts: { llm: { kind: pool, preset: tiny, replicas: 3, balancer: prefix-aware, degrade: [ { do: trim, tokens: 321 } ] } }",
  );
  const outcomes = Array.from({ length: 6 }, (_, i) =>
    ask({ at: i * 5000, tokens: 1000, out: 5, promptKey: 7, session: `s${i}` }),
  );
  kernel.run();
  expect(outcomes.map(({ servedBy }) => servedBy?.cachedTokens)).toEqual([0, 320, 320, 320, 320, 320]);
  expect(new Set(outcomes.map(({ servedBy }) => servedBy?.replica)).size).toBe(1);
});
