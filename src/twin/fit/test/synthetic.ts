import { randomStream } from "../../../base/index.ts";
import { standardNormal } from "../../../stats/index.ts";
import { createEngine } from "../../engine/index.ts";
import type { EngineSpec, StepCosts } from "../../engine/types.ts";
import type { Episode, Observations, Observed } from "../types.ts";

/** Step times of an 8B model on a card of the RTX 4090's class. */
export const TRUTH: StepCosts = {
  c0: 17,
  c1: 0.033,
  c2: 0.094,
  n0: 160,
  ch: 0,
  d1: 1.4e-4,
  d2: 0.02,
  p1: 5e-6,
  p2: 0,
  kappa: 1.3,
};

export function specOf(costs: StepCosts, over: Partial<EngineSpec> = {}): EngineSpec {
  return {
    dialect: "vllm",
    costs,
    noise: { sigma: 0.04, stallProbability: 1e-3, stallMin: 20, stallMax: 50 },
    blocks: 2587,
    blockSize: 16,
    tokenBudget: 2048,
    maxSeqs: 256,
    longPrefill: 0,
    maxModelLen: 32_768,
    prefixCache: true,
    policy: "fcfs",
    leak: 0,
    ...over,
  };
}

type Asked = Pick<Observed, "arrivedAt" | "inputTokens" | "outputTokens">;

/** What an engine of the twin makes of these requests, noise and all; `overhead` ms are put on every first and last token. */
export function serve(spec: EngineSpec, kind: string, asked: readonly Asked[], seed: number, overhead = 0): Episode {
  const engine = createEngine(spec, randomStream(seed, "synthetic", kind), { fastForward: true });
  const requests: Observed[] = asked.map((one) => ({
    ...one,
    scheduledAt: Number.NaN,
    firstTokenAt: Number.NaN,
    lastTokenAt: Number.NaN,
    cachedTokens: Number.NaN,
  }));
  for (const [i, one] of asked.entries()) {
    engine.advance(one.arrivedAt);
    engine.submit(
      {
        id: i,
        inputTokens: one.inputTokens,
        outputTokens: one.outputTokens,
        priority: 0,
        blockHashes: undefined,
        cell: 0,
        listener: {
          firstToken: () => undefined,
          finished: (at, figures) => {
            requests[i] = {
              ...one,
              scheduledAt: figures.firstScheduledAt,
              firstTokenAt: figures.firstTokenAt + overhead,
              lastTokenAt: at + overhead,
              cachedTokens: Number.NaN,
            };
          },
        },
      },
      one.arrivedAt,
    );
  }
  while (Number.isFinite(engine.nextAt)) engine.advance(engine.nextAt + 1000);
  return { kind, requests };
}

/** Poisson arrivals of log-normal lengths, as chat has them. */
export function chat(seed: number, count: number, rate: number): Asked[] {
  const random = randomStream(seed, "synthetic", "chat");
  let at = 0;
  return Array.from({ length: count }, () => {
    const arrivedAt = at;
    at += (-Math.log(1 - random.next()) / rate) * 1000;
    const length = (median: number, sigma: number): number =>
      Math.max(4, Math.min(4000, Math.round(median * Math.exp(sigma * standardNormal(random)))));
    return { arrivedAt, inputTokens: length(400, 1), outputTokens: length(200, 0.7) };
  });
}

/** Poisson arrivals of exponential lengths, `rate` a second. */
export function poisson(seed: number, count: number, rate: number): Asked[] {
  const random = randomStream(seed, "synthetic", "poisson");
  let at = 0;
  const drawn = (mean: number): number => -Math.log(1 - random.next()) * mean;
  return Array.from({ length: count }, () => {
    at += drawn(1000 / rate);
    return {
      arrivedAt: at,
      inputTokens: Math.max(8, Math.min(6000, Math.round(drawn(600)))),
      outputTokens: Math.max(2, Math.min(1500, Math.round(drawn(200)))),
    };
  });
}

/** Streams at once under {@link even}. */
const LEVEL = 30;

/**
 * A load that is the same from its first step on: LEVEL requests at once whose answers end one after the other, and from then on one more for each that
 * ends. All steps are alike, so that nothing tells a step's fixed cost from what its sequences and contexts add.
 */
export function even(count: number): Asked[] {
  const first = Array.from({ length: LEVEL }, (_, i) => ({
    arrivedAt: 0,
    inputTokens: 400 + 200 - Math.round((200 * (i + 1)) / LEVEL),
    outputTokens: Math.round((200 * (i + 1)) / LEVEL),
  }));
  const rest = Array.from({ length: count - LEVEL }, (_, i) => ({
    arrivedAt: 400 + i * 155,
    inputTokens: 400,
    outputTokens: 200,
  }));
  return [...first, ...rest];
}

/** The experiments that a probe makes, on an engine at rest each. */
export function probed(spec: EngineSpec, seed: number, overhead: number): Episode[] {
  const one = (inputTokens: number, outputTokens: number, arrivedAt = 0): Asked => ({
    arrivedAt,
    inputTokens,
    outputTokens,
  });
  const episodes: Episode[] = [];
  const add = (kind: string, asked: readonly Asked[]): void => {
    episodes.push(serve(spec, kind, asked, seed * 1000 + episodes.length, overhead));
  };
  for (let repetition = 0; repetition < 2; repetition++)
    for (const length of [64, 128, 256, 512, 1024, 4096]) add("prompt", [one(length, 2)]);
  for (let repetition = 0; repetition < 2; repetition++)
    for (const length of [32, 4096]) add("idle", [one(length, 128)]);
  for (let n = 1; n <= 64; n *= 4)
    add(
      "ladder",
      Array.from({ length: n }, () => one(32, 128)),
    );
  add(
    "deep",
    Array.from({ length: 8 }, () => one(4096, 128)),
  );
  for (let repetition = 0; repetition < 2; repetition++)
    add("interference", [...Array.from({ length: 4 }, () => one(32, 128)), one(4096, 2, 800)]);
  return episodes;
}

export function observationsOf(episodes: readonly Episode[], engineClock: boolean): Observations {
  return { source: "synthetic", episodes, engineClock, preemptions: undefined, kvPeak: undefined, notes: [] };
}
