import { describe, expect, it } from "vitest";
import { QUIET } from "../../../../test/helpers/engine/scripts.ts";
import { randomStream } from "../../../base/index.ts";
import { createEngine } from "../index.ts";
import type { Engine, EngineRequest, EngineSpec, RequestFigures } from "../types.ts";

/** Every step takes 10 ms, blocks have 4 tokens: schedules can be worked out on paper. */
const TEN: EngineSpec = {
  dialect: "vllm",
  costs: { c0: 10, c1: 0, c2: 0, n0: 1, ch: 0, d1: 0, d2: 0, p1: 0, p2: 0, kappa: 1 },
  noise: QUIET,
  blocks: 100,
  blockSize: 4,
  tokenBudget: 100,
  maxSeqs: 8,
  longPrefill: 0,
  maxModelLen: 100,
  prefixCache: false,
  policy: "fcfs",
  leak: 0,
  asyncScheduling: false,
};

interface Rig {
  readonly engine: Engine;
  /** Times of each request's tokens, one entry a step in which it got any. */
  readonly tokens: Map<string, number[]>;
  readonly figures: Map<string, RequestFigures>;
  /** Tokens of each step, by its end. */
  readonly steps: [at: number, tokens: number, preempted: number][];
  ask(name: string, at: number, input: number, output: number, more?: Partial<EngineRequest>): string | undefined;
}

function rig(spec: Partial<EngineSpec> = {}): Rig {
  const tokens = new Map<string, number[]>();
  const figures = new Map<string, RequestFigures>();
  const steps: Rig["steps"] = [];
  const engine = createEngine({ ...TEN, ...spec }, randomStream(1), {
    fastForward: true,
    steps: { step: (at, _ms, _steps, count, _sequences, preempted) => steps.push([at, count, preempted]) },
  });
  let ids = 0;
  let last = 0;
  return {
    engine,
    tokens,
    figures,
    steps,
    ask(name, at, inputTokens, outputTokens, more = {}) {
      const times: number[] = [];
      tokens.set(name, times);
      // Requests of one moment share the step that begins then.
      if (at > last) engine.advance(at);
      last = at;
      return engine.submit(
        {
          id: ids++,
          inputTokens,
          outputTokens,
          priority: 0,
          blockHashes: undefined,
          cell: 0,
          listener: {
            firstToken() {},
            tokens: (when) => times.push(when),
            finished: (_at, each) => figures.set(name, each),
          },
          ...more,
        },
        at,
      );
    },
  };
}

describe("worked schedules of the vLLM core", () => {
  it("lets running answers go on while a long prompt is computed in what is left of the budget", () => {
    const { engine, ask, tokens, steps } = rig({ tokenBudget: 8 });
    ask("short", 0, 4, 4);
    ask("long", 1, 20, 2);
    engine.advance(1000);
    expect(steps.map(([at, count]) => [at, count])).toEqual([
      [10, 4],
      [20, 8],
      [30, 8],
      [40, 7],
      [50, 1],
    ]);
    expect(tokens.get("short")).toEqual([10, 20, 30, 40]);
    expect(tokens.get("long")).toEqual([40, 50]);
  });

  it("gives a long prompt no more than its threshold a step, and another prompt the rest", () => {
    const { engine, ask, tokens, steps } = rig({ longPrefill: 6, tokenBudget: 10 });
    ask("long", 0, 15, 1);
    ask("short", 0, 4, 1);
    engine.advance(1000);
    expect(steps.map(([, count]) => count)).toEqual([10, 6, 3]);
    expect([tokens.get("short"), tokens.get("long")]).toEqual([[10], [30]]);
  });

  it("preempts the newest when blocks run out, admits nobody in that step, and computes the victim again", () => {
    const { engine, ask, tokens, figures, steps } = rig({ blocks: 4 });
    ask("old", 0, 8, 6);
    ask("new", 0, 7, 6);
    engine.advance(1000);
    // The old one's ninth token needs a third block; the new one gives its two and waits until the old one has ended.
    expect(steps.map(([at, count, preempted]) => [at, count, preempted])).toEqual([
      [10, 15, 0],
      [20, 1, 1],
      [30, 1, 0],
      [40, 1, 0],
      [50, 1, 0],
      [60, 1, 0],
      [70, 8, 0],
      [80, 1, 0],
      [90, 1, 0],
      [100, 1, 0],
      [110, 1, 0],
    ]);
    expect(tokens.get("old")).toEqual([10, 20, 30, 40, 50, 60]);
    expect(tokens.get("new")).toEqual([10, 70, 80, 90, 100, 110]);
    expect(figures.get("new")).toMatchObject({
      firstScheduledAt: 0,
      lastScheduledAt: 60,
      preemptions: 1,
      recomputedTokens: 7,
      longestGap: 60,
    });
    expect(engine.counters).toMatchObject({ promptTokensComputed: 15, promptTokensRecomputed: 7, generatedTokens: 12 });
  });

  it("finds a prefix that is computed in the same step, but never the whole prompt", () => {
    const { engine, ask, tokens, figures, steps } = rig({ prefixCache: true });
    const blockHashes = [1, 2, 3];
    ask("first", 0, 12, 1, { blockHashes });
    ask("second", 0, 12, 1, { blockHashes });
    engine.advance(1000);
    expect(steps).toEqual([[10, 16, 0]]);
    expect([tokens.get("first"), tokens.get("second")]).toEqual([[10], [10]]);
    expect(figures.get("second")?.cachedTokens).toBe(8);
    expect(engine.counters).toMatchObject({ prefixQueries: 24, prefixHits: 8, promptTokensCached: 8 });
    expect(engine.peekPrefix([1, 2, 3, 4])).toBe(12);
  });

  it("evicts the tail of a prompt before its head", () => {
    const { engine, ask, figures } = rig({ prefixCache: true, blocks: 4 });
    ask("first", 0, 12, 1, { blockHashes: [1, 2, 3] });
    // Takes the block that was never used, and the first one's third.
    ask("other", 20, 8, 1, { blockHashes: [7, 8] });
    engine.advance(100);
    expect(engine.peekPrefix([1, 2, 3])).toBe(8);
    ask("again", 100, 12, 1, { blockHashes: [1, 2, 3] });
    engine.advance(1000);
    expect(figures.get("again")?.cachedTokens).toBe(8);
  });

  it("lets the next turn find the answer of the last one", () => {
    const { engine, ask, figures } = rig({ prefixCache: true });
    ask("turn", 0, 6, 7, { blockHashes: [1], answerBlockHash: (index) => 100 + index });
    engine.advance(500);
    // The answer's last token was never computed: of thirteen tokens twelve are cached.
    ask("next", 500, 16, 1, { blockHashes: [1, 101, 102, 9] });
    engine.advance(1000);
    expect(figures.get("next")?.cachedTokens).toBe(12);
  });

  it("brings a preempted request back to its own blocks, as far as they are left", () => {
    const { engine, ask, figures } = rig({ blocks: 4, prefixCache: true });
    ask("old", 0, 8, 5);
    ask("new", 0, 7, 2);
    engine.advance(1000);
    // Its second block was freed before its first, and the old one took that: the first, which is full, is still there.
    expect(figures.get("new")).toMatchObject({ preemptions: 1, recomputedTokens: 3, cachedTokens: 0 });
  });

  it("serves the urgent first under priority, and preempts the least urgent", () => {
    const seats = rig({ policy: "priority", maxSeqs: 1 });
    seats.ask("running", 0, 4, 2);
    seats.ask("patient", 1, 4, 1, { priority: 5 });
    seats.ask("urgent", 2, 4, 1, { priority: -5 });
    seats.engine.advance(1000);
    expect([seats.tokens.get("urgent"), seats.tokens.get("patient")]).toEqual([[30], [40]]);

    const blocks = rig({ policy: "priority", blocks: 4 });
    blocks.ask("patient", 0, 7, 3, { priority: 5 });
    blocks.ask("urgent", 5, 8, 3);
    blocks.engine.advance(1000);
    // At 20 the patient one computes its eighth token; then the urgent one needs a third block.
    expect(blocks.tokens.get("urgent")).toEqual([20, 30, 40]);
    expect(blocks.tokens.get("patient")).toEqual([10, 20, 50]);
  });

  it("refuses what can never be served, and caps answers at the model's context or the pool", () => {
    const { engine, ask, figures } = rig({ maxModelLen: 50, blocks: 10 });
    expect(ask("too long", 0, 50, 1)).toBe("prompt-too-long");
    expect(ask("never fits", 0, 41, 1)).toBe("never-fits");
    expect(ask("capped", 0, 38, 90)).toBeUndefined();
    engine.advance(1000);
    expect(figures.get("capped")).toMatchObject({ outputTokens: 3, capped: true });
    const roomy = rig({ maxModelLen: 50 });
    roomy.ask("capped", 0, 45, 90);
    roomy.engine.advance(1000);
    expect(roomy.figures.get("capped")).toMatchObject({ outputTokens: 5, capped: true });
  });

  it("frees a cancelled request's blocks for the next step, and lets it hear nothing more", () => {
    const { engine, ask, tokens } = rig({ blocks: 4 });
    ask("leaves", 0, 12, 9);
    ask("waits", 1, 8, 1);
    engine.advance(25);
    expect([engine.running, engine.waiting, engine.usedBlocks]).toEqual([1, 1, 4]);
    expect(engine.cancel(0, 25)).toBe(true);
    expect(engine.cancel(0, 25)).toBe(false);
    engine.advance(1000);
    expect(tokens.get("leaves")).toEqual([10, 20]);
    expect(tokens.get("waits")).toEqual([40]);
  });

  it("keeps what its requests leak", () => {
    const { engine, ask } = rig({ leak: 2, blocks: 10 });
    for (let i = 0; i < 3; i++) ask(`request ${i}`, 100 * i, 9, 1);
    engine.advance(1000);
    expect([engine.running, engine.usedBlocks]).toEqual([0, 6]);
  });

  it("tells the tokens of a jump by the time of asking", () => {
    const engine = createEngine(TEN, randomStream(1), { fastForward: true });
    const listener = { firstToken() {}, finished() {} };
    engine.submit(
      { id: 1, inputTokens: 4, outputTokens: 60, priority: 0, blockHashes: undefined, cell: 0, listener },
      0,
    );
    engine.advance(10);
    expect(engine.nextAt).toBe(600);
    expect(engine.progress?.(1, 255)).toEqual({ tokens: 25, lastTokenAt: 250, longestGap: 10, longGaps: 0 });
    expect(engine.counters.generatedTokens).toBe(25);
    // A slow period begins with the step after the one under way.
    engine.setSlowdown(3);
    expect(engine.nextAt).toBe(260);
    engine.advance(260);
    expect(engine.nextAt).toBe(260 + 34 * 30);
  });
});

/** The plan of a step is made when the step before it begins. */
describe("worked schedules of the vLLM core, asynchronously scheduled", () => {
  const asynchronous = (spec: Partial<EngineSpec> = {}): Rig => rig({ ...spec, asyncScheduling: true });

  it("starts at once when idle, and lets what arrives during that step wait for the third", () => {
    const { engine, ask, tokens, figures } = asynchronous();
    ask("first", 0, 4, 4);
    ask("second", 1, 4, 2);
    engine.advance(1000);
    expect(tokens.get("first")).toEqual([10, 20, 30, 40]);
    // The second step was planned at 0. The third is planned at 10, which is when the second request is scheduled, and runs from 20 on.
    expect(tokens.get("second")).toEqual([30, 40]);
    expect(figures.get("second")).toMatchObject({ arrivedAt: 1, firstScheduledAt: 10, firstTokenAt: 30 });
  });

  it("sees a request that arrives during a step in the plan after the next", () => {
    const { engine, ask, tokens, figures } = asynchronous();
    ask("running", 0, 4, 9);
    ask("arrives", 25, 4, 1);
    expect([engine.running, engine.waiting]).toEqual([1, 1]);
    engine.advance(30);
    expect([engine.running, engine.waiting]).toEqual([2, 0]);
    engine.advance(1000);
    expect(figures.get("arrives")?.firstScheduledAt).toBe(30);
    expect(tokens.get("arrives")).toEqual([50]);
  });

  it("frees the blocks of an answer that ends one plan after its last token is promised", () => {
    const { engine, ask, tokens, steps, figures } = asynchronous({ blocks: 4 });
    ask("stays", 0, 4, 6);
    ask("leaves", 0, 4, 2);
    ask("waits", 1, 4, 1);
    engine.advance(15);
    // What ends at 20 is left out of the step that is planned at 10, yet its blocks are not free for it.
    expect([engine.running, engine.waiting, engine.usedBlocks]).toEqual([2, 1, 4]);
    engine.advance(25);
    expect([engine.running, engine.waiting, engine.usedBlocks]).toEqual([2, 0, 3]);
    engine.advance(1000);
    expect(tokens.get("leaves")).toEqual([10, 20]);
    expect(figures.get("waits")?.firstScheduledAt).toBe(20);
    expect(tokens.get("waits")).toEqual([40]);
    expect(steps.map(([, count]) => count)).toEqual([8, 2, 1, 5, 1, 1]);
  });

  it("counts an answer that ends against the seats of the next plan", () => {
    const { engine, ask, tokens } = asynchronous({ maxSeqs: 2 });
    ask("stays", 0, 4, 6);
    ask("leaves", 0, 4, 2);
    ask("waits", 1, 4, 1);
    engine.advance(1000);
    expect(tokens.get("waits")).toEqual([40]);
  });

  it("loses no time where the last answer ends: the next one starts at once", () => {
    const { engine, ask, tokens } = asynchronous({ maxSeqs: 1 });
    ask("leaves", 0, 4, 2);
    ask("waits", 1, 4, 2);
    engine.advance(1000);
    expect([tokens.get("leaves"), tokens.get("waits")]).toEqual([
      [10, 20],
      [30, 40],
    ]);
  });

  it("computes a cancelled request's row in the step that was planned, and has its blocks for the one after", () => {
    const { engine, ask, tokens, steps } = asynchronous({ blocks: 4 });
    ask("leaves", 0, 12, 9);
    ask("waits", 1, 8, 1);
    engine.advance(25);
    expect(engine.cancel(0, 25)).toBe(true);
    expect([engine.running, engine.usedBlocks]).toEqual([0, 0]);
    engine.advance(1000);
    expect(tokens.get("leaves")).toEqual([10, 20]);
    expect(tokens.get("waits")).toEqual([50]);
    expect(steps.map(([at, count]) => [at, count])).toEqual([
      [10, 12],
      [20, 1],
      [30, 1],
      [40, 1],
      [50, 8],
    ]);
  });

  it("lets the token of a step leave though the next one's plan preempted its request", () => {
    const { engine, ask, tokens, figures } = asynchronous({ blocks: 4 });
    ask("old", 0, 8, 6);
    ask("new", 0, 7, 6);
    engine.advance(5);
    expect([engine.running, engine.waiting, engine.counters.preemptions]).toEqual([1, 1, 1]);
    engine.advance(1000);
    expect(tokens.get("new")).toEqual([10, 70, 80, 90, 100, 110]);
    expect(figures.get("new")).toMatchObject({ preemptions: 1, recomputedTokens: 7 });
  });

  it("takes the blocks of an answer that is about to end where others need them, which costs it nothing", () => {
    const { engine, ask, tokens, figures } = asynchronous({ blocks: 3 });
    ask("goes on", 0, 8, 3);
    ask("ends", 0, 4, 1);
    engine.advance(1000);
    expect(tokens.get("goes on")).toEqual([10, 20, 30]);
    expect(tokens.get("ends")).toEqual([10]);
    expect(figures.get("ends")).toMatchObject({ preemptions: 1, recomputedTokens: 0 });
  });

  it("jumps to the step that ends an answer, and lets an arrival in after the step that is planned", () => {
    const { engine, ask, tokens } = asynchronous();
    const listener = { firstToken() {}, finished() {} };
    ask("alone", 0, 4, 60, { listener });
    engine.advance(10);
    expect(engine.nextAt).toBe(590);
    expect(engine.progress?.(0, 255)).toEqual({ tokens: 25, lastTokenAt: 250, longestGap: 10, longGaps: 0 });
    ask("arrives", 255, 4, 1);
    expect(engine.nextAt).toBe(260);
    engine.advance(1000);
    expect(tokens.get("arrives")).toEqual([280]);
  });
});
