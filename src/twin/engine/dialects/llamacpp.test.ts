import { describe, expect, test } from "vitest";
import { figuresOf, PER_TOKEN, SILENT, serve } from "../../../../test/helpers/engine/serve.ts";
import type { EngineSpec } from "../types.ts";

const SPEC: EngineSpec = {
  dialect: "llamacpp",
  costs: PER_TOKEN,
  noise: SILENT,
  blocks: 400,
  blockSize: 1,
  tokenBudget: 64,
  maxSeqs: 2,
  longPrefill: 0,
  maxModelLen: 4096,
  prefixCache: true,
  policy: "fcfs",
  leak: 0,
};
const pages = (topic: number, count: number) => Array.from({ length: count }, (_, i) => topic * 10_000 + i);

describe("slots", () => {
  test("a request without a free slot is deferred until one is, first come first served", () => {
    const served = serve(SPEC, [
      { input: 10, output: 30 },
      { input: 10, output: 10 },
      { at: 1, input: 10, output: 2 },
      { at: 2, input: 1, output: 2 },
    ]);
    const [long, short, third, fourth] = [0, 1, 2, 3].map((id) => figuresOf(served, id));
    expect(third?.firstScheduledAt).toBe(short?.lastTokenAt);
    expect(fourth?.firstScheduledAt).toBe(third?.lastTokenAt);
    expect(fourth?.lastTokenAt).toBeLessThan(long?.lastTokenAt ?? 0);
  });

  test("the context is dealt out over them: a prompt as long as a share is refused, an answer ends where the share does", () => {
    const served = serve(SPEC, [
      { input: 200, output: 1 },
      { input: 190, output: 50 },
    ]);
    expect(served.answers[0]).toBe("prompt-too-long");
    expect(figuresOf(served, 1)).toMatchObject({ outputTokens: 10, capped: true, preemptions: 0 });
  });

  test("nothing is ever preempted, however full all of them are", () => {
    const served = serve(
      SPEC,
      Array.from({ length: 8 }, () => ({ input: 150, output: 50 })),
    );
    expect(served.engine.counters.preemptions).toBe(0);
    expect(served.answers.every((_, id) => figuresOf(served, id).outputTokens === 50)).toBe(true);
  });
});

test("a step takes a token of each slot that answers, then prompts up to n_batch in the order of the slots", () => {
  const served = serve(SPEC, [
    { input: 10, output: 20 },
    { at: 11, input: 100, output: 2 },
  ]);
  expect(served.steps.slice(0, 4).map(({ tokens }) => tokens)).toEqual([10, 64, 38, 2]);
  expect(figuresOf(served, 0).longestGap).toBe(65);
});

describe("each slot's own prompt cache", () => {
  test("a repeated prompt computes only its last token", () => {
    const served = serve(SPEC, [
      { input: 50, output: 3, pages: pages(1, 50) },
      { at: 500, input: 50, output: 3, pages: pages(1, 50) },
    ]);
    expect(figuresOf(served, 1).cachedTokens).toBe(49);
    expect(served.engine.counters.promptTokensComputed).toBe(51);
  });

  test("a request goes to the free slot that shares more than a tenth of its prompt", () => {
    const served = serve(SPEC, [
      { input: 50, output: 5, pages: pages(1, 50) },
      { input: 50, output: 5, pages: pages(2, 50) },
      { at: 500, input: 60, output: 5, pages: [...pages(2, 30), ...pages(3, 30)] },
      { at: 1000, input: 60, output: 5, pages: [...pages(1, 40), ...pages(4, 20)] },
    ]);
    expect([2, 3].map((id) => figuresOf(served, id).cachedTokens)).toEqual([30, 40]);
  });

  test("a prompt that shares no more than a tenth takes the slot that was used least recently", () => {
    const served = serve(SPEC, [
      { input: 50, output: 5, pages: pages(1, 50) },
      { at: 200, input: 50, output: 5, pages: pages(2, 50) },
      { at: 400, input: 50, output: 5, pages: pages(3, 50) },
      { at: 600, input: 50, output: 5, pages: pages(2, 50) },
      { at: 800, input: 50, output: 5, pages: pages(1, 50) },
    ]);
    // The third request took the first one's slot.
    expect([2, 3, 4].map((id) => figuresOf(served, id).cachedTokens)).toEqual([0, 49, 0]);
  });

  test("slots share nothing: while the slot that has the prefix is busy, it is computed again", () => {
    const served = serve(SPEC, [
      { input: 50, output: 40, pages: pages(1, 50) },
      { at: 60, input: 50, output: 5, pages: pages(1, 50) },
    ]);
    expect(figuresOf(served, 1).cachedTokens).toBe(0);
  });

  test("the answer stays in the slot too, for the next turn of the conversation", () => {
    const turn = serve(SPEC, [{ input: 50, output: 20, pages: pages(1, 50) }]);
    expect(turn.engine.peekPrefix(pages(1, 60))).toBe(50);
    expect(turn.engine.usedBlocks).toBe(0);
  });
});

describe("the prompt cache in the host's memory", () => {
  const one = { ...SPEC, maxSeqs: 1, blocks: 200 };
  const turns = [
    { input: 80, output: 10, pages: pages(1, 80) },
    { at: 500, input: 80, output: 10, pages: pages(2, 80) },
    { at: 1000, input: 80, output: 10, pages: pages(1, 80) },
    { at: 1500, input: 80, output: 10, pages: pages(3, 80) },
    { at: 2000, input: 80, output: 10, pages: pages(2, 80) },
  ];
  const cached = (promptCache: number) => {
    const served = serve({ ...one, llamacpp: { promptCache } }, turns);
    return turns.map((_, id) => figuresOf(served, id).cachedTokens);
  };

  test("brings a conversation back to a slot that has served another since", () => {
    expect(cached(0)).toEqual([0, 0, 0, 0, 0]);
    expect(cached(1000)).toEqual([0, 0, 79, 0, 79]);
  });

  test("forgets the oldest texts where it is small", () => {
    expect(cached(100)).toEqual([0, 0, 0, 0, 0]);
    expect(cached(180)).toEqual([0, 0, 79, 0, 0]);
    expect(cached(270)).toEqual([0, 0, 79, 0, 79]);
  });

  test("does not replace a text that can be kept by half or more", () => {
    const served = serve({ ...one, llamacpp: { promptCache: 1000 } }, [
      { input: 80, output: 10, pages: pages(1, 80) },
      { at: 500, input: 100, output: 10, pages: [...pages(1, 60), ...pages(2, 40)] },
    ]);
    expect(figuresOf(served, 1).cachedTokens).toBe(60);
  });
});
