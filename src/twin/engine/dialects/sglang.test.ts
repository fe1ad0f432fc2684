import { describe, expect, test } from "vitest";
import { figuresOf, PER_TOKEN, SILENT, serve } from "../../../../test/helpers/engine/serve.ts";
import type { EngineSpec } from "../types.ts";
import { NewTokenRatio } from "./new-token-ratio.ts";

const SPEC: EngineSpec = {
  dialect: "sglang",
  costs: PER_TOKEN,
  noise: SILENT,
  blocks: 1000,
  blockSize: 1,
  tokenBudget: 100,
  maxSeqs: 8,
  longPrefill: 0,
  maxModelLen: 500,
  prefixCache: true,
  policy: "fcfs",
  leak: 0,
};
const pages = (topic: number, count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => topic * 10_000 + from + i);

describe("a prompt stops the decodes", () => {
  const wanted = [
    { input: 10, output: 10 },
    { at: 13.5, input: 250, output: 2 },
  ];

  test("while it is computed in chunks, running answers stand still for the sum of its steps", () => {
    const served = serve(SPEC, wanted);
    // Prefill of 11 ms, one decode of 2 ms; then chunks of 100, 100 and 50 before the next decode of both.
    expect(served.tokens[0]?.slice(0, 3)).toEqual([11, 13, 15]);
    expect(served.steps.slice(3, 7).map(({ tokens }) => tokens)).toEqual([100, 100, 50, 2]);
    expect(figuresOf(served, 0).longestGap).toBe(101 + 101 + 51 + 3);
  });

  test("with mixed chunks they go on, a token in each of its steps", () => {
    const served = serve({ ...SPEC, sglang: { mixedChunk: true } }, wanted);
    expect(served.steps.slice(3, 6).map(({ tokens }) => tokens)).toEqual([100, 100, 53]);
    expect(figuresOf(served, 0).longestGap).toBe(101);
  });
});

describe("admission by an estimated share of the caps", () => {
  const small = { ...SPEC, blocks: 200 };

  test("reserves the whole cap of the newcomer, so a short answer with a long cap waits where a short cap would not", () => {
    const running = { input: 20, output: 40 };
    const newcomer = { at: 25, input: 20, output: 5 };
    const [free, capped] = [10, 160].map((maxTokens) => serve(small, [running, { ...newcomer, maxTokens }]));
    if (free === undefined || capped === undefined) throw new Error("two runs");
    expect(figuresOf(free, 1).firstScheduledAt).toBe(25);
    expect(figuresOf(capped, 1).firstScheduledAt).toBe(figuresOf(capped, 0).lastTokenAt);
  });

  test("stops at the first that does not fit, and is tried again only after a sequence has left", () => {
    const served = serve(small, [
      { input: 20, output: 40, maxTokens: 100 },
      { at: 25, input: 20, output: 5, maxTokens: 160 },
      { at: 25, input: 5, output: 5 },
    ]);
    const [first, second, third] = [0, 1, 2].map((id) => figuresOf(served, id));
    expect(second?.firstScheduledAt).toBeGreaterThanOrEqual(first?.lastTokenAt ?? 0);
    expect(third?.firstScheduledAt).toBeGreaterThanOrEqual(second?.firstScheduledAt ?? 0);
  });

  test("the share falls from 0.7 to 0.098 in 600 decode steps, and a retraction sets it to what the batch has used", () => {
    const ratio = new NewTokenRatio(1);
    expect(ratio.current).toBe(0.7);
    for (let i = 0; i < 300; i++) ratio.decoded();
    expect(ratio.current).toBeCloseTo(0.399, 6);
    for (let i = 0; i < 1000; i++) ratio.decoded();
    expect(ratio.current).toBeCloseTo(0.098, 6);
    ratio.retracted([{ generated: 79, request: { maxTokens: 199, outputTokens: 100 } }]);
    expect(ratio.current).toBeCloseTo(0.495, 6);
    ratio.idle();
    expect(ratio.current).toBe(0.7);
  });
});

test("when decodes run out of memory, the one with the fewest tokens is retracted to the end of the queue and keeps its tokens so far", () => {
  const spec = { ...SPEC, blocks: 120, sglang: { conservativeness: 0.01 } };
  const served = serve(spec, [
    { input: 20, output: 60 },
    { at: 30, input: 20, output: 60 },
    { at: 40, input: 5, output: 3, maxTokens: 3 },
  ]);
  const [first, second] = [figuresOf(served, 0), figuresOf(served, 1)];
  expect([first.preemptions, second.preemptions]).toEqual([0, 1]);
  expect(served.steps.some(({ preempted }) => preempted === 1)).toBe(true);
  expect(second.outputTokens).toBe(60);
  // Its prompt was in the tree and nobody needed the room; only its answer so far is computed again.
  expect(second.recomputedTokens).toBeGreaterThan(0);
  expect(second.recomputedTokens).toBeLessThan(60);
});

describe("the radix tree", () => {
  test("finds a shared prefix to the token, and never the whole prompt", () => {
    const served = serve(SPEC, [
      { input: 40, output: 2, pages: pages(1, 40) },
      { at: 100, input: 50, output: 2, pages: [...pages(1, 37), ...pages(2, 13)] },
      { at: 300, input: 40, output: 2, pages: pages(1, 40) },
    ]);
    expect([0, 1, 2].map((id) => figuresOf(served, id).cachedTokens)).toEqual([0, 37, 39]);
    expect(served.engine.peekPrefix(pages(1, 45))).toBe(40);
  });

  test("has a prompt as soon as it is computed, while its answer still runs", () => {
    const served = serve(SPEC, [
      { input: 40, output: 50, pages: pages(1, 40) },
      { at: 45, input: 60, output: 2, pages: [...pages(1, 40), ...pages(2, 20)] },
    ]);
    expect(figuresOf(served, 1).cachedTokens).toBe(40);
    expect(served.engine.usedBlocks).toBe(0);
  });

  test("with pages of 16 tokens finds whole pages only", () => {
    const paged = { ...SPEC, blockSize: 16, blocks: 60 };
    const served = serve(paged, [
      { input: 40, output: 2, pages: pages(1, 2) },
      { at: 100, input: 47, output: 2, pages: pages(1, 2) },
    ]);
    expect(figuresOf(served, 1).cachedTokens).toBe(32);
  });

  test("gives up old prefixes where running sequences need the room", () => {
    const served = serve({ ...SPEC, blocks: 100 }, [
      { input: 40, output: 2, pages: pages(1, 40) },
      { at: 100, input: 80, output: 5, pages: pages(2, 80) },
      { at: 300, input: 41, output: 2, pages: pages(1, 41) },
    ]);
    expect(figuresOf(served, 2).cachedTokens).toBe(0);
  });
});

describe("the order of the waiting queue", () => {
  const wanted = [
    { input: 90, output: 2, pages: pages(1, 90) },
    { at: 50, input: 90, output: 1, pages: pages(2, 90) },
    { at: 51, input: 90, output: 1, pages: pages(1, 89) },
  ];

  test("is as they came, unless the longest cached prefix is to come first", () => {
    const spec = { ...SPEC, maxSeqs: 1 };
    const starts = (schedule: "fcfs" | "lpm") => {
      const served = serve({ ...spec, sglang: { schedule } }, wanted);
      return figuresOf(served, 1).firstScheduledAt < figuresOf(served, 2).firstScheduledAt;
    };
    expect(starts("fcfs")).toBe(true);
    expect(starts("lpm")).toBe(false);
  });

  test("by longest prefix, the second of two with one new prefix waits for the first and then finds it cached", () => {
    const twins = [
      { input: 40, output: 2, pages: [...pages(3, 38), ...pages(4, 2)] },
      { input: 40, output: 2, pages: [...pages(3, 38), ...pages(5, 2)] },
      { input: 70, output: 2, pages: pages(6, 70) },
    ];
    const cached = (schedule: "fcfs" | "lpm") =>
      figuresOf(serve({ ...SPEC, sglang: { schedule } }, twins), 1).cachedTokens;
    expect([cached("fcfs"), cached("lpm")]).toEqual([0, 38]);
  });
});

test("an answer ends where the model's context does, and a prompt as long as that is refused", () => {
  const served = serve(SPEC, [
    { input: 495, output: 50 },
    { input: 500, output: 1 },
  ]);
  expect(figuresOf(served, 0)).toMatchObject({ outputTokens: 5, capped: true });
  expect(served.answers[1]).toBe("prompt-too-long");
  expect(serve({ ...SPEC, blocks: 100 }, [{ input: 99, output: 1 }]).answers).toEqual(["never-fits"]);
});
