import { expect, test } from "vitest";
import { poisson } from "../../../../test/helpers/arrivals.ts";
import { type Asked, type Outcome, session } from "../../../../test/helpers/stack.ts";
import { randomStream } from "../../../base/index.ts";
import { mean } from "../../../stats/index.ts";
import { backoff, RetryBudget } from "./gateway/retry-policy.ts";
import { gatewaySchema } from "./gateway/schema.ts";
import { failureOf } from "./kit/failures.ts";

const GATEWAY = (fields: string, provider = "") => `
entry: gateway
parts:
  gateway: { kind: gateway, to: llm, ${fields} }
  llm: { kind: external, ttft: 100ms, gap: 10ms, refusal: 1ms, ${provider} }
`;

function run(yaml: string, asked: readonly Asked[]) {
  const { kernel, ask, stack } = session(yaml);
  const outcomes = asked.map(ask);
  kernel.run();
  const gauge = (part: string, name: string) =>
    stack.gauges().find((each) => each.part === part && each.name === name)?.value;
  return { outcomes, gauge };
}

const statuses = (outcomes: readonly Outcome[]) => outcomes.map(({ failure }) => failure?.status ?? 200);
const ends = (outcomes: readonly Outcome[]) => outcomes.map(({ endAt }) => endAt);

test("only known keys come in, and those that sign-on lets pass", () => {
  const { outcomes } = run(GATEWAY("keys: [ alpha, { key: beta } ]"), [
    { at: 0, key: "alpha", out: 1 },
    { at: 0, key: "beta", out: 1 },
    { at: 0, key: "gamma" },
    { at: 0 },
  ]);
  expect(statuses(outcomes)).toEqual([200, 200, 401, 401]);
  expect(outcomes[2]?.failure).toMatchObject({ code: "invalid_api_key", part: "gateway" });
  const signOn = `${GATEWAY("auth: sign-on")}  sign-on: { kind: station, stage: auth, service: 5ms, errors: { rate: 1, status: 403 } }`;
  expect(run(signOn, [{ at: 0 }]).outcomes[0]).toMatchObject({ endAt: 5, failure: { status: 403, part: "sign-on" } });
});

test("each key has a bucket of its own, with headers that say what is left", () => {
  const yaml = GATEWAY("keys: [ a, { key: b, requestsPerMinute: 1 } ], limits: { requestsPerMinute: 2 }");
  const asked = ["a", "a", "a", "b", "b"].map((key, i) => ({ at: i, key, out: 1 }));
  const { outcomes } = run(yaml, asked);
  expect(statuses(outcomes)).toEqual([200, 200, 429, 200, 429]);
  expect(outcomes[0]?.servedBy?.headers).toMatchObject({
    "x-ratelimit-limit-requests": "2",
    "x-ratelimit-remaining-requests": "1",
    "x-ratelimit-reset-requests": "30s",
  });
  expect(outcomes[2]?.failure).toMatchObject({ code: "rate_limit_exceeded", retryAfter: 30, part: "gateway" });
});

test("so many at once, the rest in order; who waits too long, or finds the queue full, is refused", () => {
  const { outcomes } = run(GATEWAY("concurrency: 1, queue: 2, queueTimeout: 150ms"), [
    { at: 0, out: 1 },
    { at: 1, out: 1 },
    { at: 2, out: 1 },
    { at: 3, out: 1 },
    { at: 130, out: 1 },
  ]);
  expect(statuses(outcomes)).toEqual([200, 200, 503, 503, 200]);
  expect(ends(outcomes)).toEqual([100, 200, 152, 3, 300]);
  expect([outcomes[2]?.failure?.code, outcomes[3]?.failure?.code]).toEqual(["queue_timeout", "queue_full"]);
});

test("shedding refuses early what would wait, counting its own queue and that of another part", () => {
  const own = run(GATEWAY("concurrency: 1, shed: { waiting: 1, retryAfter: 5s }"), [{ at: 0 }, { at: 1 }, { at: 2 }]);
  expect(own.outcomes[2]?.failure).toMatchObject({ status: 503, code: "overloaded", retryAfter: 5 });
  const behind = `
entry: gateway
parts:
  gateway: { kind: gateway, to: app, shed: { waiting: 1, of: tool } }
  app: { kind: app, to: llm, steps: [ { call: tool } ] }
  tool: { kind: station, stage: tool, service: 1s }
  llm: { kind: external, ttft: 1ms, gap: 1ms }
`;
  expect(statuses(run(behind, [{ at: 0 }, { at: 1 }, { at: 2 }]).outcomes)).toEqual([200, 200, 503]);
});

test("timeouts bound the first token, a try and the whole call, and take the work back", () => {
  const { outcomes: first, gauge } = run(GATEWAY("timeout: { firstToken: 50ms }"), [{ at: 0 }]);
  expect(first[0]).toMatchObject({ endAt: 50, failure: { status: 504, code: "timeout", part: "gateway" } });
  expect(gauge("llm", "tokens.output")).toBe(0);
  const { outcomes: severed } = run(GATEWAY("timeout: 150ms"), [{ at: 0, out: 50, everyToken: true }]);
  expect([severed[0]?.endAt, severed[0]?.failure?.status, severed[0]?.counts.length]).toEqual([150, 504, 5]);
  const whole = GATEWAY(
    "timeout: { firstToken: 50ms, total: 120ms }, retries: { count: 9, backoff: 10ms, jitter: none }",
  );
  expect(run(whole, [{ at: 0 }]).outcomes[0]?.endAt).toBe(120);
});

test("a try that failed before its first token is repeated after a backoff that doubles", () => {
  const yaml = GATEWAY(
    "retries: { count: 3, backoff: 100ms, jitter: none }",
    "outages: [ { from: 0s, for: 250ms, status: 503 } ]",
  );
  const { outcomes, gauge } = run(yaml, [{ at: 0, out: 1 }]);
  // Tries at 0, 101 and 302.
  expect([outcomes[0]?.endAt, gauge("gateway", "retries"), gauge("gateway", "tries")]).toEqual([402, 2, 3]);
  const waits = outcomes[0]?.spans.filter(({ stage }) => stage === "route").map(({ from, to }) => [from, to]);
  expect(waits).toEqual([
    [1, 101],
    [102, 302],
  ]);
});

test("the last cause is told when no try is left, and what another try would not mend is told at once", () => {
  const out = "outages: [ { from: 0s, for: 1h, status: 529 } ]";
  const { outcomes, gauge } = run(GATEWAY("retries: { count: 2, backoff: 10ms }", out), [{ at: 0 }]);
  expect(outcomes[0]?.failure).toMatchObject({ status: 529, part: "llm" });
  expect(gauge("gateway", "retries")).toBe(2);
  const { gauge: after } = run(GATEWAY("retries: { count: 2 }", "models: [ a ]"), [{ at: 0, model: "b" }]);
  expect(after("gateway", "retries")).toBe(0);
});

test("a retry waits as long as Retry-After says, where that is honoured", () => {
  const yaml = (more: string) =>
    GATEWAY(`retries: { count: 1, backoff: 10ms, jitter: none, ${more} }`, "requestsPerMinute: 60, burst: 1s");
  expect(
    ends(
      run(yaml(""), [
        { at: 0, out: 1 },
        { at: 5, out: 1 },
      ]).outcomes,
    ),
  ).toEqual([100, 1106]);
  const { outcomes } = run(yaml("honourRetryAfter: false"), [
    { at: 0, out: 1 },
    { at: 5, out: 1 },
  ]);
  expect(outcomes[1]).toMatchObject({ endAt: 17, failure: { status: 429 } });
});

test("jitter spreads the waits: full over all of it, equal over its second half", () => {
  const failure = failureOf("llm", 503, "out");
  const waits = (jitter: string) => {
    const { retries } = gatewaySchema.parse({
      kind: "gateway",
      to: "llm",
      retries: { count: 5, backoff: "100ms", maxBackoff: "1s", jitter },
    });
    if (retries === undefined) throw new Error("retries were asked for");
    return Array.from({ length: 2000 }, (_, i) => backoff(retries, 3, failure, randomStream(1, i)));
  };
  const [full, equal] = [waits("full"), waits("equal")];
  expect([Math.min(...full) < 20, Math.max(...full) <= 400, Math.abs(mean(full) - 200) < 15]).toEqual([
    true,
    true,
    true,
  ]);
  expect([Math.min(...equal) >= 200, Math.max(...equal) <= 400, Math.abs(mean(equal) - 300) < 8]).toEqual([
    true,
    true,
    true,
  ]);
  expect(new Set(waits("none"))).toEqual(new Set([400]));
});

test("a retry budget keeps retries to its share of the first tries, however many fail", () => {
  const budget = new RetryBudget({ share: 0.2, perSecond: 0, most: 10 }, 0);
  let retries = 0;
  for (let i = 0; i < 10_000; i++) {
    budget.firstTry(i);
    if (budget.take(i)) retries++;
  }
  expect(retries).toBeGreaterThanOrEqual(2000);
  expect(retries).toBeLessThanOrEqual(2010);
  const yaml = GATEWAY("retries: { count: 5, backoff: 1ms, budget: {} }", "outages: [ { from: 0s, for: 1h } ]");
  const { gauge } = run(yaml, poisson(0.1, 1000));
  expect(gauge("gateway", "retries")).toBeGreaterThan(100);
  expect(gauge("gateway", "retries")).toBeLessThanOrEqual(110);
});

test("a server that does not notice that its caller left works on all the same, where the file says so", () => {
  const spent = (orphans: boolean) =>
    run(GATEWAY(`timeout: { firstToken: 50ms }, orphans: ${orphans}`), [{ at: 0, out: 20 }]).gauge(
      "llm",
      "tokens.output",
    );
  expect([spent(false), spent(true)]).toEqual([0, 20]);
});
