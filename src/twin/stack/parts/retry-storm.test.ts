import { expect, test } from "vitest";
import { type Outcome, session } from "../../../../test/helpers/stack.ts";
import { randomStream } from "../../../base/index.ts";

const [STEP_FROM, STEP_TO, END] = [30_000, 60_000, 180_000];
/** Calls a second, usually and in the step of load; the engine can prefill about five. */
const [USUAL, STEP] = [3.5, 12];

/** Prompts of about 2000 tokens, 0.1 ms each: an engine whose time goes into first tokens. */
const ENGINE = (gateway: string, patience = "1s") => `
entry: gateway
parts:
  gateway: { kind: gateway, to: llm, timeout: { firstToken: ${patience} }, ${gateway} }
  llm:
    kind: pool
    engine: { costs: { c0: 1, c1: 0.1, n0: 100000 }, blocks: 100000, maxModelLen: 8192, tokenBudget: 2048, maxSeqs: 64, prefixCache: false }
`;

/** Answers a second that came whole, before the step of load and long after it. */
function goodput(yaml: string): { readonly before: number; readonly after: number } {
  const { kernel, ask } = session(yaml);
  const random = randomStream(9, "storm");
  const outcomes: Outcome[] = [];
  for (let at = 0; at < END; ) {
    const rate = at >= STEP_FROM && at < STEP_TO ? STEP : USUAL;
    at -= (Math.log(1 - random.next()) * 1000) / rate;
    outcomes.push(ask({ at, out: 5, tokens: Math.round(1800 + 400 * random.next()) }));
  }
  kernel.run();
  const between = (from: number, to: number) =>
    outcomes.filter(({ endAt, failure }) => failure === undefined && endAt >= from && endAt < to).length /
    ((to - from) / 1000);
  return { before: between(5_000, STEP_FROM), after: between(120_000, END) };
}

const EAGER = "retries: { count: 4, backoff: 50ms }";

test("with short timeouts and eager retries goodput collapses past a step of load, and stays low when the step is long gone", () => {
  const { before, after } = goodput(ENGINE(EAGER));
  expect(before).toBeGreaterThan(0.9 * USUAL);
  expect(after).toBeLessThan(0.1 * USUAL);
});

test("without retries the same stack recovers by itself", () => {
  expect(goodput(ENGINE("")).after).toBeGreaterThan(0.9 * USUAL);
});

test("with a retry budget the same retries do no lasting harm", () => {
  const { after } = goodput(ENGINE("retries: { count: 4, backoff: 50ms, budget: { share: 0.1 } }"));
  expect(after).toBeGreaterThan(0.9 * USUAL);
});

test("shedding what would wait too long ends the storm, too", () => {
  expect(goodput(ENGINE(`${EAGER}, shed: { waiting: 3 }`)).after).toBeGreaterThan(0.9 * USUAL);
});

test("timeouts longer than the queue ever gets raise no storm", () => {
  expect(goodput(ENGINE(EAGER, "5m")).after).toBeGreaterThan(0.9 * USUAL);
});
