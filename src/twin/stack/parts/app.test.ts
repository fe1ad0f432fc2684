import { expect, test } from "vitest";
import { poisson } from "../../../../test/helpers/arrivals.ts";
import { type Asked, type Outcome, session } from "../../../../test/helpers/stack.ts";
import { mean, variance, wilson } from "../../../stats/index.ts";

const APP = (fields: string, more = "") => `
entry: app
parts:
  app: { kind: app, to: llm, ${fields} }
  llm: { kind: external, ttft: 100ms, gap: 10ms }
  tool: { kind: station, stage: tool, servers: 100, service: 50ms }
  ${more}
`;

function run(yaml: string, asked: readonly Asked[]) {
  const { kernel, ask, stack } = session(yaml);
  const outcomes = asked.map(ask);
  kernel.run();
  const gauge = (part: string, name: string) =>
    stack.gauges().find((each) => each.part === part && each.name === name)?.value;
  return { outcomes, gauge };
}

const USES_TOOL = "steps: [ { call: tool } ]";
const ends = (outcomes: readonly Outcome[]) => outcomes.map(({ endAt }) => endAt);
const stages = ({ spans }: Outcome) => spans.map(({ stage, from, to }) => [stage, from, to]);

test("steps go one after another, then the answer comes from the part that the app leads to", () => {
  const { outcomes } = run(APP("time: 5ms, steps: [ { call: tool, adds: 200 }, { call: tool, adds: 30 } ]"), [
    { at: 0, tokens: 100, out: 3 },
  ]);
  const [outcome] = outcomes;
  expect(outcome?.endAt).toBe(225);
  expect(outcome?.figures?.inputTokens).toBe(330);
  expect(outcome && stages(outcome)).toEqual([
    ["app", 0, 5],
    ["tool", 5, 55],
    ["tool", 55, 105],
    ["llm.prefill", 105, 205],
    ["llm.decode", 205, 225],
  ]);
});

test("parallel steps take as long as the longest, and add in the order in which they are written", () => {
  const { outcomes } = run(
    APP(
      "steps: [ { parallel: [ { call: slow, adds: 10 }, { call: tool, adds: 20 } ] } ]",
      "slow: { kind: station, stage: rerank, service: 80ms }",
    ),
    [{ at: 0, tokens: 100, out: 1 }],
  );
  expect([outcomes[0]?.endAt, outcomes[0]?.figures?.inputTokens]).toEqual([180, 130]);
});

test("a step is taken by its share of the calls, and by the same calls whatever else the app does", () => {
  const asked = poisson(0.1, 1500).map((each) => ({ ...each, out: 1 }));
  const takes = (fields: string) =>
    run(APP(fields), asked).outcomes.map(({ spans }) => spans.some(({ stage }) => stage === "tool"));
  const plain = takes("steps: [ { call: tool, share: 0.2 } ]");
  const { low, high } = wilson(plain.filter(Boolean).length, plain.length);
  expect([low < 0.2, high > 0.2]).toEqual([true, true]);
  expect(takes("time: { mean: 5ms }, concurrency: 3, steps: [ { call: tool, share: 0.2, timeout: 5s } ]")).toEqual(
    plain,
  );
});

test("a step that fails fails the call with its own cause, or is left out", () => {
  const more = "broken: { kind: station, stage: guard, service: 1ms, errors: { rate: 1, status: 502 } }";
  const { outcomes } = run(APP("steps: [ { call: broken }, { call: tool } ]", more), [{ at: 0, out: 1 }]);
  expect(outcomes[0]?.failure).toMatchObject({ status: 502, code: "bad_gateway", part: "broken" });
  const { outcomes: skipped, gauge } = run(
    APP("steps: [ { call: broken, adds: 9, onFailure: skip }, { call: tool } ]", more),
    [{ at: 0, out: 1, tokens: 50 }],
  );
  expect([skipped[0]?.endAt, skipped[0]?.figures?.inputTokens, gauge("app", "skipped")]).toEqual([151, 50, 1]);
});

test("a parallel step that fails takes its neighbours' work back", () => {
  const more = "broken: { kind: station, stage: guard, service: 1ms, errors: 1 }";
  const yaml = APP("steps: [ { parallel: [ { call: tool }, { call: broken } ] } ]", more);
  const { kernel, ask, stack } = session(yaml);
  ask({ at: 0 });
  kernel.run(1);
  expect(stack.parts.get("tool")?.load.running).toBe(0);
});

test("a step's timeout ends the step and its work", () => {
  const { outcomes } = run(APP("steps: [ { call: tool, timeout: 20ms, onFailure: skip } ]"), [{ at: 0, out: 1 }]);
  expect(outcomes[0]?.endAt).toBe(120);
  const { outcomes: failed } = run(APP("steps: [ { call: tool, timeout: 20ms } ]"), [{ at: 0, out: 1 }]);
  expect(failed[0]?.failure).toMatchObject({ status: 504, code: "timeout", part: "app" });
});

test("an agent thinks and uses tools in turn; every turn lengthens the prompt of the next", () => {
  const { outcomes, gauge } = run(
    APP("steps: [ { loop: { turns: 3, tools: [ { call: tool, adds: 40 } ], answer: 4 } } ]"),
    [{ at: 0, tokens: 100, out: 10, everyToken: true }],
  );
  const [outcome] = outcomes;
  // Three thoughts of 4 tokens and three tools, then the answer of 10.
  expect(outcome?.endAt).toBe(3 * (100 + 30 + 50) + 100 + 90);
  expect(outcome?.figures).toMatchObject({ inputTokens: 100 + 3 * 44, outputTokens: 10 });
  expect(outcome?.counts.length, "only the answer is heard").toBe(10);
  expect(gauge("llm", "tokens.input")).toBe(100 + 144 + 188 + 232);
});

test("an agent's turns have the mean of the file", () => {
  const asked = poisson(0.001, 800).map((each) => ({ ...each, out: 1 }));
  const { outcomes } = run(APP("steps: [ { loop: { turns: { mean: 3 }, tools: [ { call: tool } ] } } ]"), asked);
  const turns = outcomes.map(({ spans }) => spans.filter(({ stage }) => stage === "tool").length);
  expect(Math.abs(mean(turns) - 3)).toBeLessThan(4 * Math.sqrt(variance(turns) / turns.length));
});

test("a worker is held to the end of its call; the queue is bounded; waiting is the app's own time", () => {
  const { outcomes } = run(APP(`concurrency: 1, queue: 1, ${USES_TOOL}`), [
    { at: 0, out: 1 },
    { at: 10, out: 1 },
    { at: 20, out: 1 },
  ]);
  expect(ends(outcomes)).toEqual([150, 300, 20]);
  expect(outcomes[2]?.failure).toMatchObject({ status: 503, code: "queue_full" });
  expect(outcomes[1] && stages(outcomes[1])[0]).toEqual(["app", 10, 150]);
});

test("computing takes a core, waiting for others does not", () => {
  const { outcomes } = run(APP(`time: 20ms, cores: 1, ${USES_TOOL}`), [
    { at: 0, out: 1 },
    { at: 0, out: 1 },
    { at: 0, out: 1 },
  ]);
  expect(ends(outcomes)).toEqual([170, 190, 210]);
});

test("what an app adds to the same prompt is the same text, so that a cache behind it finds it again", () => {
  const yaml = `
entry: app
parts:
  app: { kind: app, to: cache, steps: [ { call: tool, adds: 500 } ] }
  cache: { kind: response-cache, to: llm, entries: 10 }
  llm: { kind: external, ttft: 100ms, gap: 10ms }
  tool: { kind: station, stage: tool, service: 50ms }
`;
  const { outcomes } = run(yaml, [
    { at: 0, promptKey: 4 },
    { at: 1000, promptKey: 4 },
    { at: 2000, promptKey: 5 },
  ]);
  expect(outcomes.map(({ servedBy }) => servedBy?.fromCache)).toEqual([false, true, false]);
});

test("gaps of thoughts and tools are not told as gaps of the answer", () => {
  const cells: number[] = [];
  const { kernel, ask } = session(APP("steps: [ { loop: { turns: 2, tools: [ { call: tool } ], answer: 4 } } ]"), {
    gaps: { gaps: (cell, _ms, count) => void cells.push(...Array<number>(count).fill(cell)) },
  });
  ask({ at: 0, out: 10 });
  kernel.run();
  expect([cells.filter((cell) => cell === 0).length, cells.filter((cell) => cell === -1).length]).toEqual([9, 6]);
});

test("a call for embeddings needs no retrieval", () => {
  const { outcomes } = run(APP(USES_TOOL), [{ at: 0, kind: "embed" }]);
  expect([outcomes[0]?.endAt, outcomes[0]?.figures?.outputTokens]).toEqual([100, 0]);
});
