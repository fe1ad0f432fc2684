import { expect, test } from "vitest";
import { type Asked, type Outcome, session } from "../../../../test/helpers/stack.ts";

const PROVIDER = (fields = "") => `{ kind: external, ttft: 100ms, gap: 10ms, refusal: 1ms, ${fields} }`;
const WORLD = (fields: string, eu = PROVIDER(), us = PROVIDER()) => `
entry: world
parts:
  world: { kind: regions, to: { eu: eu-llm, us: us-llm }, rtt: { eu: { us: 90ms }, asia: { eu: 200ms, us: 150ms } }, ${fields} }
  eu-llm: ${eu}
  us-llm: ${us}
`;

function run(yaml: string, asked: readonly Asked[]) {
  const { kernel, ask, stack } = session(yaml);
  const outcomes = asked.map(ask);
  kernel.run();
  const gauge = (part: string, name: string) =>
    stack.gauges().find((each) => each.part === part && each.name === name)?.value;
  return { outcomes, gauge };
}

const regionsOf = (outcomes: readonly Outcome[]) => outcomes.map(({ servedBy }) => servedBy?.headers?.["x-region"]);

test("half of the round trip lies on the request, half on every token", () => {
  const { outcomes } = run(WORLD("local: 10ms"), [
    { at: 0, region: "eu", out: 3, everyToken: true },
    { at: 0, region: "asia", out: 3, everyToken: true },
    { at: 0, out: 3, everyToken: true },
  ]);
  expect(outcomes.map(({ counts }) => counts.map(({ at }) => at))).toEqual([
    [110, 120, 130],
    [250, 260, 270],
    [110, 120, 130],
  ]);
  expect(regionsOf(outcomes)).toEqual(["eu", "us", "eu"]);
  expect(outcomes[1]?.spans.filter(({ stage }) => stage === "network").map(({ from, to }) => [from, to])).toEqual([
    [0, 75],
    [195, 270],
  ]);
});

test("where a region fails before its first token the next nearest is asked, from where the user is", () => {
  const { outcomes, gauge } = run(WORLD("local: 10ms", PROVIDER("outages: [ { from: 0s, for: 1h } ]")), [
    { at: 0, region: "eu", out: 1 },
  ]);
  expect(regionsOf(outcomes)).toEqual(["us"]);
  // 5 there, 1 to fail, 5 back, 45 to the other side, 100 to the first token, 45 back.
  expect(outcomes[0]?.endAt).toBe(201);
  expect(gauge("world", "failovers")).toBe(1);
  const stubborn = run(WORLD("failover: false", PROVIDER("outages: [ { from: 0s, for: 1h } ]")), [
    { at: 0, region: "eu" },
  ]);
  expect(stubborn.outcomes[0]?.failure).toMatchObject({ status: 503, part: "eu-llm" });
});

test("a stream that breaks is not begun again elsewhere", () => {
  const { outcomes } = run(WORLD("", PROVIDER("outages: [ { from: 150ms, for: 1s, severs: true, status: 0 } ]")), [
    { at: 0, region: "eu", out: 20, everyToken: true },
  ]);
  expect([outcomes[0]?.failure?.status, outcomes[0]?.counts.length]).toEqual([0, 5]);
});

test("a caller's own fault is no reason to ask elsewhere", () => {
  const { outcomes, gauge } = run(WORLD("", PROVIDER("models: [ a ]")), [{ at: 0, region: "eu", model: "b" }]);
  expect([outcomes[0]?.failure?.status, gauge("world", "failovers")]).toEqual([404, 0]);
});

test("an ill region is left alone once that is known, and tried again later", () => {
  const ill = PROVIDER("outages: [ { from: 0s, for: 50s } ]");
  const asked = Array.from({ length: 90 }, (_, i) => ({ at: i * 1000, region: "eu", out: 1 }));
  const { outcomes, gauge } = run(WORLD("health: { failures: 3, delay: 5s, recover: 20s }", ill), asked);
  const failovers = outcomes.map(({ spans }) => spans.some(({ error }) => error !== undefined));
  const until = (from: number, to: number) => failovers.slice(from, to);
  // The third failure is at 2 s, known at 7 s, tried again from 27 s on; the third then at 29 s, and so on.
  expect([until(0, 8).every(Boolean), until(8, 27).some(Boolean), until(28, 34).every(Boolean)]).toEqual([
    true,
    false,
    true,
  ]);
  expect(regionsOf(outcomes).slice(80)).toEqual(Array(10).fill("eu"));
  expect(gauge("world", "well.eu")).toBe(1);
});

test("that a user left is known in the region half a round trip later", () => {
  const { kernel, ask, stack } = session(WORLD("local: 80ms"));
  ask({ at: 0, region: "eu", out: 100, leaves: 200 });
  const running = () => stack.parts.get("eu-llm")?.load.running;
  kernel.run(239);
  expect(running()).toBe(1);
  kernel.run(241);
  expect(running()).toBe(0);
});

test("a pair of regions without a round-trip time is a fault of the file", () => {
  expect(() =>
    run(
      "parts: { w: { kind: regions, to: { eu: a, us: a }, rtt: { eu: {} } }, a: { kind: external, ttft: 1ms, gap: 1ms } }",
      [],
    ),
  ).toThrow(/round-trip time between eu and us/);
});
