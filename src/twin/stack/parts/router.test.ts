import fc from "fast-check";
import { expect, test } from "vitest";
import { poisson } from "../../../../test/helpers/arrivals.ts";
import { type Asked, session } from "../../../../test/helpers/stack.ts";
import { wilson } from "../../../stats/index.ts";
import { Breaker } from "./router/breaker.ts";

const ROUTER = (fields: string, small = "", large = "") => `
entry: models
parts:
  models: { kind: router, ${fields} }
  small: { kind: external, ttft: 100ms, gap: 10ms, refusal: 1ms, ${small} }
  large: { kind: external, ttft: 300ms, gap: 30ms, refusal: 1ms, ${large} }
`;

function run(yaml: string, asked: readonly Asked[]) {
  const { kernel, ask, stack } = session(yaml);
  const outcomes = asked.map(ask);
  kernel.run();
  const gauge = (name: string) => stack.gauges().find((each) => each.part === "models" && each.name === name)?.value;
  return { outcomes, gauge, parts: outcomes.map(({ servedBy }) => servedBy?.part) };
}

test("the first rule that holds decides: by prompt, by cap, by model", () => {
  const yaml = ROUTER(
    `rules: [ { when: { promptTokens: "> 3000" }, to: large }, { when: { model: [ big, bigger ], maxTokens: "<= 100" }, to: large } ], otherwise: small`,
  );
  const { parts } = run(yaml, [
    { at: 0, tokens: 3001 },
    { at: 0, tokens: 3000 },
    { at: 0, model: "bigger", maxTokens: 100 },
    { at: 0, model: "bigger" },
    { at: 0, model: "other", maxTokens: 1 },
  ]);
  expect(parts).toEqual(["large", "small", "large", "small", "small"]);
});

test("a rule may hold only while its own target has room", () => {
  const { parts } = run(ROUTER('rules: [ { when: { running: "< 2" }, to: large } ], otherwise: small'), [
    { at: 0 },
    { at: 1 },
    { at: 2 },
    { at: 2000 },
  ]);
  expect(parts).toEqual(["large", "large", "small", "large"]);
});

test("among several the least loaded is chosen, or the cheapest for this very call", () => {
  expect(run(ROUTER("otherwise: { least: [ small, large ] }"), [{ at: 0 }, { at: 1 }, { at: 2 }]).parts).toEqual([
    "small",
    "large",
    "small",
  ]);
  const prices =
    "prices: { small: { input: $1/M, output: $10/M }, large: { input: $3/M, output: $3/M, request: $0.001 } }";
  const { parts, gauge } = run(ROUTER(`otherwise: { cheapest: [ small, large ] }, ${prices}`), [
    { at: 0, tokens: 1000, maxTokens: 10, out: 5 },
    { at: 0, tokens: 100, maxTokens: 2000, out: 500 },
  ]);
  expect(parts).toEqual(["small", "large"]);
  expect(gauge("cost")).toBeCloseTo(1000e-6 + 50e-6 + 0.001 + 300e-6 + 1500e-6, 12);
});

test("a split has its weights; with sticky sessions each stays where it began", () => {
  const asked = poisson(0.1, 2000).map(({ at }, i) => ({ at, session: `s${i % 400}`, out: 1 }));
  const { parts } = run(ROUTER("otherwise: { split: { small: 3, large: 1 } }"), asked);
  const { low, high } = wilson(parts.filter((part) => part === "large").length, parts.length);
  expect([low < 0.25, high > 0.25]).toEqual([true, true]);
  const sticky = run(ROUTER("otherwise: { split: { small: 3, large: 1 } }, sticky: true"), asked).parts;
  expect(sticky.every((part, i) => i < 400 || part === sticky[i - 400])).toBe(true);
  const grown = ROUTER('rules: [ { when: { promptTokens: "> 50" }, to: large } ], otherwise: small, sticky: true');
  const turns = [10, 60, 100].map((tokens, i) => ({ at: i * 1000, session: "one", tokens }));
  expect(run(grown, turns).parts).toEqual(["small", "small", "small"]);
});

test("where the chosen part fails before its first token the next is tried, and the last cause is told", () => {
  const down = (status: number) => `outages: [ { from: 0s, for: 10s, status: ${status} } ]`;
  const { outcomes, gauge, parts } = run(ROUTER("otherwise: small, fallback: [ small, large ]", down(529)), [
    { at: 0, out: 1 },
    { at: 20_000, out: 1 },
  ]);
  expect([parts, outcomes[0]?.endAt]).toEqual([["large", "small"], 301]);
  expect([gauge("fallbacks"), gauge("failures"), gauge("sent.small"), gauge("sent.large")]).toEqual([1, 0, 2, 1]);
  const both = run(ROUTER("otherwise: small, fallback: [ large ]", down(529), down(503)), [{ at: 0 }]);
  expect(both.outcomes[0]?.failure).toMatchObject({ status: 503, part: "large" });
});

test("a broken stream and a bad request are not tried elsewhere", () => {
  const severed = "outages: [ { from: 150ms, for: 1s, severs: true, status: 0 } ]";
  const { outcomes, gauge } = run(ROUTER("otherwise: small, fallback: [ large ], on: [ 0, 503 ]", severed), [
    { at: 0, out: 50, everyToken: true },
  ]);
  expect([outcomes[0]?.failure?.status, outcomes[0]?.counts.length, gauge("fallbacks")]).toEqual([0, 5, 0]);
  const refused = run(ROUTER("otherwise: small, fallback: [ large ], on: [ 503 ]", "tokensPerMinute: 1"), [{ at: 0 }]);
  expect([refused.outcomes[0]?.failure?.status, refused.gauge("fallbacks")]).toEqual([429, 0]);
});

test("a failing part is left alone for a while, then tried by a few, and used again once they succeed", () => {
  const yaml = ROUTER(
    "otherwise: small, fallback: [ large ], breaker: { failures: 3, open: 10s }",
    "outages: [ { from: 0s, for: 15s } ]",
  );
  const asked = Array.from({ length: 40 }, (_, i) => ({ at: i * 1000, out: 1 }));
  const { outcomes, gauge } = run(yaml, asked);
  const tried = outcomes.map(({ spans }) => spans.some(({ part }) => part === "small"));
  // Open from the third failure at 2 s; the one probe at 13 s fails, the one at 24 s is served.
  expect(tried.flatMap((each, second) => (each ? [second] : [])).slice(0, 6)).toEqual([0, 1, 2, 13, 24, 25]);
  expect([gauge("failures"), gauge("breaker.small")]).toEqual([0, 0]);
});

test("a breaker never lets through more probes than it may, and always comes back when its part does", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("good", "bad", "left", "wait"), { maxLength: 80 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      (script, failures, probes) => {
        const breaker = new Breaker({ failures, open: 100, probes });
        let now = 0;
        const open: ((verdict: "good" | "bad" | "left", at: number) => void)[] = [];
        for (const word of script) {
          now += word === "wait" ? 120 : 7;
          const state = breaker.state(now);
          const tell = breaker.ask(now);
          if (state === 2) expect(tell).toBeUndefined();
          if (tell !== undefined) open.push(tell);
          if (state === 1) expect(open.length).toBeGreaterThan(0);
          if (word !== "wait") open.shift()?.(word, now);
        }
        for (const tell of open) tell("left", now);
        now += 1000;
        expect(breaker.state(now)).not.toBe(2);
        const probe = breaker.ask(now);
        expect(probe).toBeDefined();
        probe?.("good", now);
        expect(breaker.state(now)).toBe(0);
      },
    ),
  );
});

test("a part is asked for a model that it has; a router that has no rule for a model says so", () => {
  const rules = "{ when: { model: fast }, to: small }, { when: { model: good }, to: large }";
  const yaml = ROUTER(`rules: [ ${rules} ]`, "models: [ small-1, small-2 ]");
  const { outcomes } = run(yaml, [
    { at: 0, model: "fast" },
    { at: 0, model: "unheard-of" },
  ]);
  expect(outcomes[0]?.servedBy?.ask.model).toBe("small-1");
  expect(outcomes[1]?.failure).toMatchObject({ status: 404, code: "model_not_found", part: "models" });
});

test("calls for embeddings may go elsewhere, and cost no answer tokens", () => {
  const { outcomes } = run(ROUTER("rules: [ { when: { kind: embed }, to: small } ], otherwise: large"), [
    { at: 0, kind: "embed", tokens: 30 },
    { at: 0, out: 1 },
  ]);
  expect(outcomes.map(({ servedBy, endAt }) => [servedBy?.part, endAt])).toEqual([
    ["small", 100],
    ["large", 300],
  ]);
  expect(outcomes[0]?.figures).toMatchObject({ inputTokens: 30, outputTokens: 0 });
});

test("whoever drives the stack hears when a breaker opens and closes", () => {
  const yaml = ROUTER(
    "otherwise: small, fallback: [ large ], breaker: { failures: 2, open: 5s }",
    "outages: [ { from: 0s, for: 3s } ]",
  );
  const { kernel, ask, events } = session(yaml);
  for (let i = 0; i < 12; i++) ask({ at: i * 1000, out: 1 });
  kernel.run();
  expect(events).toEqual([
    { at: 1001, part: "models", name: "breaker-open", attributes: { to: "small" } },
    { at: 7100, part: "models", name: "breaker-closed", attributes: { to: "small" } },
  ]);
});
