import { describe, expect, it } from "vitest";
import { DIALECTS, type EngineSpec } from "../engine/types.ts";
import { measures } from "./measures.ts";
import { predict, settingOf } from "./model.ts";
import { prefixesOf } from "./prefixes.ts";
import { converse } from "./test/conversations.ts";
import { specOf, TRUTH } from "./test/synthetic.ts";
import type { Episode, Observed } from "./types.ts";

function playedBack(spec: EngineSpec, episode: Episode) {
  const [predicted] = predict(settingOf({ spec, replicas: 1, hitRate: 0, episodes: [episode] }), {
    costs: spec.costs,
    overhead: 0,
  });
  if (predicted === undefined) throw new Error("no prediction");
  const list = measures([episode], [predicted], 0, () => true);
  const off = (name: string): number => {
    const found = list.find((measure) => measure.name === name);
    return Math.abs((found?.predicted ?? Number.NaN) / (found?.measured ?? Number.NaN) - 1);
  };
  return { off, preemptions: predicted.preemptions };
}

function unnamed({ kind, requests }: Episode): Episode {
  return {
    kind,
    requests: requests.map((request) => {
      const copy: { conversation?: string } & Observed = { ...request };
      delete copy.conversation;
      return copy;
    }),
  };
}

const chat = { count: 120, rate: 1.2, system: 600, turns: 4, question: 200, answer: 150 };
const shared = { count: 200, rate: 3, system: 4000, turns: 1, question: 200, answer: 150 };

describe("an engine with a prefix cache, played back on what it measured itself", () => {
  it.each([
    ["conversations in a memory that is nearly full", { blocks: 1200 }, chat],
    ["a long beginning that all share, in a memory that preempts", { blocks: 800 }, shared],
    ["conversations on SGLang's scheduler", { dialect: "sglang", blocks: 19_000, blockSize: 1 }, chat],
    [
      "conversations in llama.cpp's slots",
      { dialect: "llamacpp", blocks: 65_536, blockSize: 1, maxSeqs: 8 },
      { ...chat, rate: 0.4 },
    ],
  ] as const)("takes as long as it did: %s", (_, over, of) => {
    const spec = specOf(TRUTH, over);
    for (const seed of [1, 2]) {
      const { episode, preemptions } = converse(spec, of, seed);
      const named = playedBack(spec, episode);
      expect(named.off("ttft mean")).toBeLessThan(0.05);
      expect(named.off("tpot mean")).toBeLessThan(0.02);
      expect(named.off("e2e mean")).toBeLessThan(0.02);
      expect(Math.abs(named.preemptions - preemptions)).toBeLessThanOrEqual(2 + 0.1 * preemptions);
      const without = playedBack(spec, unnamed(episode));
      expect(without.off("ttft mean")).toBeLessThan(0.1);
      expect(without.off("tpot mean")).toBeLessThan(0.02);
      expect(Math.abs(without.preemptions - preemptions)).toBeLessThanOrEqual(3 + 0.1 * preemptions);
    }
  });
});

describe("tokens that a server said it found in its cache", () => {
  const one = (over: Partial<Observed> = {}): Observed => ({
    arrivedAt: 0,
    scheduledAt: Number.NaN,
    firstTokenAt: 1000,
    lastTokenAt: 3000,
    inputTokens: 2000,
    outputTokens: 2,
    cachedTokens: 1600,
    ...over,
  });

  it.each(DIALECTS)(
    "cost no prefill and are context to the rest of the prompt, whoever left them there: %s",
    (dialect) => {
      const costs = { ...TRUTH, p1: 1e-3, kappa: 1, d1: 0 };
      const spec = specOf(costs, { dialect, maxSeqs: 4, blocks: dialect === "vllm" ? 2587 : 41_392, blockSize: 16 });
      const episode = { kind: "idle", requests: [one()] };
      const [predicted] = predict(settingOf({ spec, replicas: 1, hitRate: 0, episodes: [episode] }), {
        costs,
        overhead: 0,
      });
      const step = costs.c0 + costs.c1 * costs.n0 + costs.c2 * (400 - costs.n0) + costs.p1 * 400 * (1600 + 200);
      expect(predicted?.firstTokenAt[0]).toBeCloseTo(step, 6);
    },
  );

  it("are held once where requests share them, so that more of them run at a time", () => {
    const spec = specOf(TRUTH, { blocks: 300 });
    const ends = (cached: (i: number) => number): number => {
      const requests = Array.from({ length: 8 }, (_, i) =>
        one({ arrivedAt: 40 * i, outputTokens: 40, cachedTokens: cached(i), lastTokenAt: 40_000 }),
      );
      const setting = settingOf({ spec, replicas: 1, hitRate: 0, episodes: [{ kind: "run", requests }] });
      return Math.max(...(predict(setting, { costs: TRUTH, overhead: 0 })[0]?.lastTokenAt ?? []));
    };
    // 8 times 2,040 tokens need 1,024 blocks, and two fit at a time; with 1,600 tokens held once they need 324, and seven fit.
    expect(ends((i) => (i === 0 ? 0 : 1600))).toBeLessThan(0.75 * ends(() => 0));
  });

  it("continue the turn before of the same conversation, else what ended before and is as long, else what began alike", () => {
    const asked = (over: Partial<Observed>): Observed => one({ inputTokens: 320, outputTokens: 33, ...over });
    const requests = [
      asked({ cachedTokens: 0, conversation: "a" }),
      asked({ arrivedAt: 10, cachedTokens: 0, conversation: "b" }),
      // 352 tokens of the first turn, 22 blocks of 16: the last two of them are its answer's.
      asked({ arrivedAt: 4000, inputTokens: 500, cachedTokens: 352, conversation: "a" }),
    ];
    const of = (list: readonly Observed[], i: number): readonly number[] => [
      ...(prefixesOf({ kind: "run", requests: list }, 16)?.[i]?.blockHashes ?? []),
    ];
    const named = prefixesOf({ kind: "run", requests }, 16);
    expect(of(requests, 2).slice(0, 20)).toEqual(of(requests, 0));
    expect([20, 21].map((k) => named?.[0]?.answerBlockHash?.(k))).toEqual(of(requests, 2).slice(20, 22));
    expect(named?.[1]?.blockHashes).toBeUndefined();
    const without = unnamed({ kind: "run", requests }).requests;
    expect(of(without, 2).slice(0, 20)).toEqual(of(without, 1));
    const alike = [without[0], ...[1, 2, 3].map((i) => asked({ arrivedAt: 10 * i, cachedTokens: 64 }))].flatMap(
      (request) => request ?? [],
    );
    for (const i of [1, 2, 3]) expect(of(alike, i).slice(0, 4)).toEqual(of(alike, 0).slice(0, 4));
    expect(new Set([1, 2, 3].map((i) => of(alike, i)[4])).size).toBe(3);
  });

  it("that nobody found leave the replay as it is", () => {
    expect(prefixesOf({ kind: "run", requests: [one({ cachedTokens: Number.NaN })] }, 16)).toBeUndefined();
    expect(prefixesOf({ kind: "run", requests: [one({ cachedTokens: 0 })] }, 16)).toBeUndefined();
  });
});
