import fc from "fast-check";
import { expect, test } from "vitest";
import { type Outcome, session } from "../../../../test/helpers/stack.ts";
import { randomStream } from "../../../base/index.ts";

const TINY = (more = "", engine = "") =>
  `parts: { llm: { kind: pool, preset: tiny, engine: { noise: { sigma: 0, stallProbability: 0 }${engine} }${more} } }`;

test("an answer tells its times, its tokens, its replica and its spans, which join without gaps", () => {
  const { kernel, ask } = session(TINY());
  const outcome = ask({ at: 100, tokens: 300, out: 20 });
  kernel.run();
  expect(outcome.servedBy).toMatchObject({ part: "llm", replica: "llm/0", fromCache: false, cachedTokens: 0 });
  expect(outcome.figures).toMatchObject({ inputTokens: 300, outputTokens: 20, preemptions: 0, capped: false });
  expect(outcome.spans.map(({ stage }) => stage)).toEqual(["llm.queue", "llm.prefill", "llm.decode"]);
  const [queue, prefill, decode] = outcome.spans;
  expect(queue?.from).toBe(100);
  expect(prefill?.from).toBe(queue?.to);
  expect(decode?.from).toBe(prefill?.to);
  expect(decode?.to).toBe(outcome.endAt);
  expect(outcome.firstTokenAt).toBe(prefill?.to);
  const { queueMs = 0, prefillMs = 0, decodeMs = 0 } = outcome.figures ?? {};
  expect(queueMs + prefillMs + decodeMs).toBeCloseTo(outcome.endAt - 100, 6);
  expect(outcome.spans.every(({ part }) => part === "llm/0")).toBe(true);
});

test("a caller who wants every token hears as many as the answer has, at the same times as one who does not", () => {
  const run = (everyToken: boolean) => {
    const { kernel, ask } = session(TINY());
    const outcomes = Array.from({ length: 20 }, (_, i) => ask({ at: i * 30, tokens: 100, out: 5 + i, everyToken }));
    kernel.run();
    return outcomes;
  };
  const every = run(true);
  const ends = run(false);
  for (const [i, outcome] of every.entries()) {
    expect(outcome.counts.reduce((sum, { count }) => sum + count, 0)).toBe(5 + i);
    expect(outcome.firstTokenAt).toBeCloseTo(ends[i]?.firstTokenAt ?? 0, 6);
    expect(outcome.endAt).toBeCloseTo(ends[i]?.endAt ?? 0, 6);
    expect(ends[i]?.counts).toEqual([]);
  }
});

test("the same stack, seed and calls give the same trace; another seed another one", () => {
  const run = (seed: number) => {
    const { kernel, stack, ask } = session(
      `seed: ${seed}\nparts: { llm: { kind: pool, preset: tiny, replicas: 3, balancer: power-of-two } }`,
    );
    const random = randomStream(5, "calls");
    const outcomes = Array.from({ length: 200 }, (_, i) =>
      ask({ at: i * 50, tokens: 1 + Math.floor(400 * random.next()), out: 1 + Math.floor(60 * random.next()) }),
    );
    kernel.run();
    return { ends: outcomes.map(({ endAt, servedBy }) => [endAt, servedBy?.replica]), gauges: stack.gauges() };
  };
  expect(run(1)).toEqual(run(1));
  expect(run(1).ends).not.toEqual(run(2).ends);
});

test("a prompt that does not fit the context is refused as vLLM refuses it, and one that may not fit with its answer too", () => {
  const { kernel, ask } = session(TINY("", ", maxModelLen: 1000"));
  const fits = ask({ at: 0, tokens: 900, maxTokens: 100, out: 10 });
  const long = ask({ at: 0, tokens: 1000 });
  const wide = ask({ at: 0, tokens: 900, maxTokens: 101 });
  kernel.run();
  expect(fits.figures?.outputTokens).toBe(10);
  for (const { failure } of [long, wide]) {
    expect(failure).toMatchObject({ status: 400, code: "context_length_exceeded", part: "llm" });
    expect(failure?.message).toContain("1000");
  }
});

test("calls beyond the queue's limit get 503 at once", () => {
  const { kernel, ask } = session(TINY(", queue: 3", ", maxSeqs: 2"));
  const outcomes = Array.from({ length: 10 }, (_, i) => ask({ at: 1 + i / 100, tokens: 10, out: 50 }));
  kernel.run();
  const refused = outcomes.filter(({ failure }) => failure?.status === 503 && failure.code === "overloaded");
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.every(({ at, endAt }) => at === endAt)).toBe(true);
  expect(outcomes.filter(({ figures }) => figures)).toHaveLength(10 - refused.length);
});

test("a timeout breaks a call, before and after its first token, and frees what it held", () => {
  const { kernel, stack, ask } = session(TINY(", timeout: 2s", ", maxSeqs: 1"));
  const streaming = ask({ at: 0, tokens: 10, out: 100_000 });
  const queued = ask({ at: 10, tokens: 10 });
  const later = ask({ at: 3000, tokens: 10 });
  kernel.run();
  expect(streaming.failure).toMatchObject({ status: 504, code: "timeout" });
  expect(streaming.endAt).toBe(2000);
  expect(streaming.firstTokenAt).toBeLessThan(2000);
  expect(streaming.spans.at(-1)).toMatchObject({ stage: "llm.decode", error: "timeout", to: 2000 });
  expect(queued.endAt).toBeLessThanOrEqual(2010);
  expect(later.figures?.queueMs).toBe(0);
  expect(stack.gauges().find(({ name, replica }) => name === "kv.used" && replica === 0)?.value).toBe(0);
});

test("a caller who leaves hears nothing further, and the place is free for the next", () => {
  const { kernel, stack, ask } = session(TINY("", ", maxSeqs: 1"));
  const left = ask({ at: 0, tokens: 10, out: 10_000, leaves: 500 });
  const next = ask({ at: 100, tokens: 10, out: 2 });
  kernel.run();
  expect(left.ends).toBe(0);
  expect(left.spans.at(-1)).toMatchObject({ stage: "llm.decode", error: "cancelled", to: 500 });
  expect(next.firstTokenAt).toBeGreaterThan(500);
  expect(next.firstTokenAt).toBeLessThan(700);
  expect(stack.entry.load).toEqual({ waiting: 0, running: 0 });
});

test("a pool answers in its own name where it is not known by the one that was asked for", () => {
  const { kernel, stack, ask } = session(TINY(", models: [ small, tiny-1 ]"));
  const outcome = ask({ at: 0 });
  kernel.run();
  expect(stack.models).toEqual(["small", "tiny-1"]);
  expect(outcome.servedBy?.ask.model).toBe("small");
});

test("gauges and counters say what the calls say", () => {
  const { kernel, stack, ask } = session(TINY(", replicas: 2"));
  const outcomes = Array.from({ length: 40 }, (_, i) => ask({ at: i * 10, tokens: 64, out: 12 }));
  kernel.run();
  const sum = (name: string) =>
    stack
      .gauges()
      .reduce((total, gauge) => (gauge.name === name && gauge.replica !== undefined ? total + gauge.value : total), 0);
  expect(sum("tokens.generated")).toBe(40 * 12);
  expect(sum("requests.finished")).toBe(40);
  expect(sum("tokens.prompt.computed") + sum("tokens.prompt.cached")).toBe(40 * 64);
  expect(sum("queue") + sum("running") + sum("kv.used")).toBe(0);
  expect(stack.gauges()).toContainEqual({ part: "llm", name: "replicas", kind: "gauge", value: 2 });
  expect(outcomes.every(({ ends }) => ends === 1)).toBe(true);
});

test("gauges show the memory of a decode as it grows, not as it stood when its steps were planned", () => {
  const { kernel, stack, ask } = session(TINY());
  ask({ at: 0, tokens: 160, out: 900 });
  const used: number[] = [];
  for (let at = 1000; at <= 5000; at += 1000) {
    kernel.run(at);
    used.push(stack.gauges().find(({ name, replica }) => name === "kv.used" && replica === 0)?.value ?? 0);
  }
  expect(used.every((value, i) => value > (used[i - 1] ?? 0))).toBe(true);
});

test("every call ends once, whatever breaks around it, unless its caller left", () => {
  const asked = fc.array(
    fc.record({
      at: fc.nat(20_000),
      tokens: fc.integer({ min: 1, max: 1500 }),
      out: fc.integer({ min: 1, max: 300 }),
      leaves: fc.option(fc.nat(30_000), { nil: undefined }),
      everyToken: fc.boolean(),
    }),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(asked, fc.nat(20_000), fc.constantFrom("refuse", "hold"), (calls, crashAt, unready) => {
      const { kernel, stack, ask } = session(
        `parts: { llm: { kind: pool, preset: tiny, replicas: 2, cold: 1, unready: ${unready}, queue: 20, timeout: 8s,
          coldStart: { node: 1s, image: 1s, weights: 1s, init: 1s },
          autoscale: { min: 1, max: 4, metric: queue, target: 2, sync: 1s, scrape: 1s, down: { window: 2s }, grace: 1s },
          degrade: [ { do: shed, when: { waiting: "> 10" } }, { do: clamp, tokens: 50, probability: 0.5 } ],
          faults: [ { do: crash, replica: 0, at: ${crashAt}ms, restart: 2s }, { do: freeze, at: 5s, for: 1s }, { do: leak, blocks: 1 } ] } }`,
      );
      const outcomes: [Outcome, number | undefined][] = calls.map(({ leaves, ...rest }) => {
        const leave = leaves === undefined ? {} : { leaves: rest.at + leaves };
        return [ask({ ...rest, ...leave }), leaves];
      });
      kernel.run();
      for (const [outcome, leaves] of outcomes) {
        expect(outcome.ends).toBeLessThanOrEqual(1);
        if (leaves === undefined) expect(outcome.ends).toBe(1);
        if (outcome.figures) expect(outcome.endAt).toBeGreaterThanOrEqual(outcome.firstTokenAt);
      }
      expect(stack.entry.load).toEqual({ waiting: 0, running: 0 });
    }),
    { numRuns: 60 },
  );
});
