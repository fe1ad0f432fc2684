import { expect, test } from "vitest";
import { poisson } from "../../../../test/helpers/arrivals.ts";
import { type Asked, type Outcome, session } from "../../../../test/helpers/stack.ts";
import { wilson } from "../../../stats/index.ts";
import type { EngineHooks } from "../types.ts";
import { goDuration } from "./kit/rate-headers.ts";

const PROVIDER = (fields: string) => `parts: { provider: { kind: external, ttft: 100ms, gap: 10ms, ${fields} } }`;

function run(yaml: string, asked: readonly Asked[], hooks: Partial<EngineHooks> = {}) {
  const { kernel, ask, stack } = session(yaml, hooks);
  const outcomes = asked.map(ask);
  kernel.run();
  return { outcomes, gauges: new Map(stack.gauges().map(({ name, value }) => [name, value])) };
}

const statuses = (outcomes: readonly Outcome[]) => outcomes.map(({ failure }) => failure?.status ?? 200);

test("an answer has its first token and its gaps at the provider's pace, however many run at once", () => {
  const asked = Array.from({ length: 50 }, () => ({ at: 0, out: 5, everyToken: true }));
  for (const { counts, firstTokenAt, endAt } of run(PROVIDER(""), asked).outcomes) {
    expect([firstTokenAt, endAt]).toEqual([100, 140]);
    expect(counts.map(({ at }) => at)).toEqual([100, 110, 120, 130, 140]);
  }
});

test("a caller who hears only the first and the last token leaves the same gaps behind, and the same figures", () => {
  const yaml = PROVIDER("ttft: 50ms, gap: { median: 10ms, p99: 2s }").replace("ttft: 100ms, gap: 10ms, ", "");
  const heard = [true, false].map((everyToken) => {
    const gaps: string[] = [];
    const sink = {
      gaps: (cell: number, ms: number, count: number, at: number) => gaps.push([cell, ms, count, at].join()),
    };
    const { outcomes } = run(yaml, [{ at: 0, out: 200, everyToken }], { gaps: sink });
    return { gaps, figures: outcomes[0]?.figures, end: outcomes[0]?.endAt };
  });
  expect(heard[0]).toEqual(heard[1]);
  expect(heard[0]?.gaps).toHaveLength(199);
  expect(heard[0]?.figures?.longestGap).toBeGreaterThan(100);
});

test("who leaves in the middle is told no more gaps than came, and pays for what had come", () => {
  let told = 0;
  const yaml = PROVIDER("prices: { input: $1/M, output: $10/M }");
  const { gauges } = run(yaml, [{ at: 0, out: 50, tokens: 1000, leaves: 205 }], {
    gaps: { gaps: () => void told++ },
  });
  expect(told).toBe(10);
  expect(gauges.get("tokens.output")).toBe(11);
  expect(gauges.get("cost")).toBeCloseTo(1000 / 1e6 + 110 / 1e6, 12);
});

test("over a long time exactly the stated requests a minute get in, after one burst", () => {
  const asked = Array.from({ length: 5001 }, (_, i) => ({ at: i * 100, out: 1 }));
  const { outcomes } = run(PROVIDER("requestsPerMinute: 60"), asked);
  expect(outcomes.filter(({ failure }) => failure === undefined)).toHaveLength(60 + 500);
});

test("tokens a minute charge prompt and max_tokens as they come, whatever the answer's length", () => {
  const { outcomes } = run(PROVIDER("tokensPerMinute: 6000, assumedOutput: 100"), [
    { at: 0, tokens: 2000, maxTokens: 3000, out: 3 },
    { at: 1, tokens: 900, out: 3 },
    { at: 2, tokens: 900, maxTokens: 100, out: 3 },
    { at: 10_001, tokens: 900, maxTokens: 100, out: 3 },
    { at: 70_000, tokens: 5000, maxTokens: 1001, out: 3 },
  ]);
  expect(statuses(outcomes)).toEqual([200, 200, 429, 200, 429]);
  expect(outcomes[2]?.failure?.retryAfter).toBe(10);
  expect(outcomes[4]?.failure?.retryAfter, "it never fits").toBeUndefined();
});

test("who waits as long as Retry-After says gets in", () => {
  const yaml = PROVIDER("requestsPerMinute: 30, tokensPerMinute: 5000, burst: 10s");
  const asked = Array.from({ length: 40 }, (_, i) => ({ at: i, tokens: 60 + i, maxTokens: 50 }));
  const first = run(yaml, asked).outcomes.map((outcome, i) => ({ ...outcome, asked: asked[i] as Asked }));
  for (const { failure, asked: again } of first) {
    if (failure === undefined) continue;
    const later = { ...again, at: again.at + (failure.retryAfter ?? 0) * 1000 };
    expect(
      statuses(run(yaml, [...asked.filter((_, i) => first[i]?.failure === undefined), later]).outcomes),
    ).not.toContain(429);
  }
});

test("OpenAI's headers say limit, what is left, and in how long it is whole again", () => {
  const { outcomes } = run(PROVIDER("requestsPerMinute: 500, tokensPerMinute: 150000"), [
    { at: 0, tokens: 10, maxTokens: 6, out: 2 },
  ]);
  expect(outcomes[0]?.servedBy?.headers).toEqual({
    "x-ratelimit-limit-requests": "500",
    "x-ratelimit-limit-tokens": "150000",
    "x-ratelimit-remaining-requests": "499",
    "x-ratelimit-remaining-tokens": "149984",
    "x-ratelimit-reset-requests": "120ms",
    "x-ratelimit-reset-tokens": "7ms",
  });
  expect([0, 120, 1000, 90_500, 252_172, 360_000, 3_600_000].map(goDuration)).toEqual([
    "0s",
    "120ms",
    "1s",
    "1m30.5s",
    "4m12.172s",
    "6m0s",
    "1h0m0s",
  ]);
});

test("Anthropic's headers name times of day, and its output tokens are put right when the answer ends", () => {
  const yaml = PROVIDER(
    "dialect: anthropic, requestsPerMinute: 60, inputTokensPerMinute: 30000, outputTokensPerMinute: 8000",
  );
  const { outcomes } = run(yaml, [
    { at: 0, tokens: 3000, maxTokens: 7000, out: 10 },
    { at: 10, tokens: 3000, maxTokens: 2000, out: 10 },
    { at: 2000, tokens: 3000, maxTokens: 7000, out: 10 },
  ]);
  expect(outcomes[0]?.servedBy?.headers).toEqual({
    "anthropic-ratelimit-requests-limit": "60",
    "anthropic-ratelimit-requests-remaining": "59",
    "anthropic-ratelimit-requests-reset": "1970-01-01T00:00:01Z",
    "anthropic-ratelimit-input-tokens-limit": "30000",
    "anthropic-ratelimit-input-tokens-remaining": "27000",
    "anthropic-ratelimit-input-tokens-reset": "1970-01-01T00:00:06Z",
    "anthropic-ratelimit-output-tokens-limit": "8000",
    "anthropic-ratelimit-output-tokens-remaining": "1000",
    "anthropic-ratelimit-output-tokens-reset": "1970-01-01T00:00:53Z",
    "anthropic-ratelimit-tokens-limit": "8000",
    "anthropic-ratelimit-tokens-remaining": "1000",
    "anthropic-ratelimit-tokens-reset": "1970-01-01T00:00:53Z",
  });
  expect(statuses(outcomes)).toEqual([200, 429, 200]);
  expect(outcomes[1]?.failure).toMatchObject({ code: "rate_limit_error", retryAfter: 8 });
});

test("more at once than allowed get 429, a model that it has not 404", () => {
  const { outcomes } = run(PROVIDER("concurrency: 2, models: [ gpt-like ]"), [
    ...[0, 1, 2].map((at) => ({ at, model: "gpt-like" })),
    { at: 1000, model: "gpt-like" },
    { at: 2000, model: "other" },
  ]);
  expect(statuses(outcomes)).toEqual([200, 200, 429, 200, 404]);
});

test("a brown-out fails its share of the calls that come meanwhile, and breaks streams where it severs", () => {
  const yaml = PROVIDER("outages: [ { from: 10s, for: 20s, share: 0.3, status: 529, severs: true } ]");
  const { outcomes } = run(yaml, [...poisson(0.2, 8000), { at: 9_950, out: 100 }]);
  const meanwhile = outcomes.filter(({ at }) => at >= 10_000 && at < 30_000);
  const { low, high } = wilson(meanwhile.filter(({ failure }) => failure?.status === 529).length, meanwhile.length);
  expect(low).toBeLessThan(0.3);
  expect(high).toBeGreaterThan(0.3);
  expect(new Set(statuses(outcomes.filter(({ at }) => at > 30_000 || at < 9_700)))).toEqual(new Set([200]));
  const severed = outcomes.filter(({ at, endAt, failure }) => at < 10_000 && endAt === 10_000 && failure !== undefined);
  expect(severed.length).toBeGreaterThan(0);
});

test("a slow start lengthens the first token of its share, and nothing else of any answer", () => {
  const asked = poisson(0.1, 3000).map((each) => ({ ...each, out: 3 }));
  const plain = run(PROVIDER(""), asked).outcomes;
  const slow = run(PROVIDER("slowStart: { share: 0.1, extra: 5s }"), asked).outcomes;
  const moved = slow.map((outcome, i) => Math.round(outcome.firstTokenAt - (plain[i]?.firstTokenAt ?? 0)));
  expect(new Set(moved)).toEqual(new Set([0, 5000]));
  const { low, high } = wilson(moved.filter((ms) => ms > 0).length, moved.length);
  expect(low).toBeLessThan(0.1);
  expect(high).toBeGreaterThan(0.1);
});

test("a slow period stretches first tokens and gaps while it lasts", () => {
  const { outcomes } = run(PROVIDER("slow: [ { from: 1s, for: 200ms, factor: 3 } ]"), [
    { at: 950, out: 4, everyToken: true },
    { at: 1300, out: 2, everyToken: true },
  ]);
  // 50 ms at full speed and 50 at a third; then gaps of 30 ms, the last of which ends with the period.
  expect(outcomes.map(({ counts }) => counts.map(({ at }) => at))).toEqual([
    [1150, 1180, 1203.3333333333333, 1213.3333333333333],
    [1400, 1410],
  ]);
});
