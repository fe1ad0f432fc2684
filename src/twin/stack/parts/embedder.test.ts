import fc from "fast-check";
import { expect, test } from "vitest";
import { type Asked, type Outcome, session } from "../../../../test/helpers/stack.ts";

const EMBEDDER = (fields: string) => `parts: { embedder: { kind: embedder, fixed: 10ms, perToken: 0.1ms, ${fields} } }`;

function run(yaml: string, asked: readonly Asked[]) {
  const { kernel, ask, stack } = session(yaml);
  const outcomes = asked.map(ask);
  kernel.run();
  return { outcomes, gauges: new Map(stack.gauges().map(({ name, value }) => [name, value])) };
}

const ends = (outcomes: readonly Outcome[]) => outcomes.map(({ endAt }) => endAt);

test("what comes while a batch runs makes the next one, which costs its fixed time once", () => {
  const { outcomes, gauges } = run(EMBEDDER("batch: 32"), [
    { at: 0, tokens: 100 },
    { at: 5, tokens: 100 },
    { at: 10, tokens: 100 },
    { at: 15, tokens: 100 },
  ]);
  expect(ends(outcomes)).toEqual([20, 60, 60, 60]);
  expect([gauges.get("batches"), gauges.get("tokens")]).toEqual([2, 400]);
  expect(outcomes[1]?.spans[0]).toMatchObject({
    stage: "embed",
    from: 5,
    to: 60,
    attributes: { queueMs: 15, serviceMs: 40, batch: 3 },
  });
});

test("a batch begins when it is full, or when the oldest has waited long enough", () => {
  const { outcomes } = run(EMBEDDER("batch: 3, wait: 50ms"), [
    { at: 0, tokens: 100 },
    { at: 10, tokens: 100 },
    { at: 20, tokens: 100 },
    { at: 100, tokens: 100 },
  ]);
  expect(ends(outcomes)).toEqual([60, 60, 60, 170]);
});

test("a batch has no more tokens than it may, except where one input alone has", () => {
  const { outcomes } = run(EMBEDDER("batchTokens: 300, maxInput: 512"), [
    { at: 0, tokens: 10 },
    { at: 1, tokens: 200 },
    { at: 2, tokens: 200 },
    { at: 3, tokens: 400 },
    { at: 4, tokens: 9000 },
  ]);
  expect(ends(outcomes).map((end) => Number(end.toFixed(6)))).toEqual([11, 41, 71, 121, 182.2]);
});

test("an input that is too long is cut, or refused where the server refuses", () => {
  const { outcomes } = run(EMBEDDER("maxInput: 100, tooLong: reject"), [{ at: 0, tokens: 101 }]);
  expect(outcomes[0]?.failure).toMatchObject({ status: 413, code: "context_length_exceeded", part: "embedder" });
  expect(run(EMBEDDER("maxInput: 100"), [{ at: 0, tokens: 9000 }]).outcomes[0]?.figures?.inputTokens).toBe(100);
});

test("a call for embeddings is answered by the embedder itself", () => {
  const { outcomes } = run(EMBEDDER("model: bge-small"), [{ at: 0, tokens: 10, kind: "embed" }]);
  expect(outcomes[0]?.servedBy).toMatchObject({ part: "embedder", ask: { model: "bge-small" } });
  expect(outcomes[0]?.figures).toMatchObject({ inputTokens: 10, outputTokens: 0 });
});

test("who leaves the queue is in no batch; who leaves a running batch leaves it as long as it was", () => {
  const { outcomes, gauges } = run(EMBEDDER(""), [
    { at: 0, tokens: 100, leaves: 10 },
    { at: 5, tokens: 900, leaves: 15 },
    { at: 6, tokens: 100 },
  ]);
  expect(ends(outcomes)).toEqual([Number.NaN, Number.NaN, 40]);
  expect(gauges.get("tokens")).toBe(200);
});

test("calls are served in the order of their coming, none is lost, and no batch is larger than allowed", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ gap: fc.nat(30), tokens: fc.integer({ min: 1, max: 400 }) }), {
        minLength: 1,
        maxLength: 60,
      }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 3 }),
      fc.nat(40),
      (calls, batch, servers, wait) => {
        let at = 0;
        const asked = calls.map(({ gap, tokens }) => {
          at += gap;
          return { at, tokens };
        });
        const { outcomes } = run(EMBEDDER(`batch: ${batch}, servers: ${servers}, wait: ${wait}ms`), asked);
        const starts = outcomes.map(({ spans, at: from }) => from + Number(spans[0]?.attributes?.queueMs));
        expect(starts.every((start, i) => i === 0 || start >= (starts[i - 1] ?? 0) - 1e-9)).toBe(true);
        expect(outcomes.every(({ ends }) => ends === 1)).toBe(true);
        expect(Math.max(...outcomes.map(({ spans }) => Number(spans[0]?.attributes?.batch)))).toBeLessThanOrEqual(
          batch,
        );
      },
    ),
    { numRuns: 60 },
  );
});
