import { describe, expect, test } from "vitest";
import { SILENT } from "../../../../test/helpers/engine/serve.ts";
import { type Random, randomStream } from "../../../base/index.ts";
import { createEngine } from "../engine.ts";
import type { EngineSpec } from "../types.ts";

/** Every step takes a ms whatever is in it, so that an answer of n tokens is a service of n ms. */
const COSTS = { c0: 1, c1: 0, c2: 0, n0: 1, ch: 0, d1: 0, d2: 0, p1: 0, p2: 0, kappa: 1 };
const MEAN = 400;

function slots(count: number): EngineSpec {
  return {
    dialect: "llamacpp",
    costs: COSTS,
    noise: SILENT,
    blocks: count * 20_000,
    blockSize: 1,
    tokenBudget: 4096,
    maxSeqs: count,
    longPrefill: 0,
    maxModelLen: 20_000,
    prefixCache: false,
    policy: "fcfs",
    leak: 0,
  };
}

const exponential = (random: Random, mean: number): number => -Math.log1p(-random.next()) * mean;

interface Result {
  /** Mean time before admission and from arrival to the end, ms, and the mean number of requests in the engine, from its own counts. */
  readonly wait: number;
  readonly sojourn: number;
  readonly present: number;
  readonly perMs: number;
}

/** Poisson arrivals at a load of `rho`, answers of a length that `length` draws. */
function run(spec: EngineSpec, rho: number, length: (random: Random) => number, requests: number): Result {
  const arrivals = randomStream(11, "arrivals");
  const lengths = randomStream(11, "lengths");
  const engine = createEngine(spec, randomStream(11), { fastForward: true });
  let wait = 0;
  let sojourn = 0;
  let finished = 0;
  let at = 0;
  let area = 0;
  let last = 0;
  const listener = {
    firstToken: () => {},
    finished: (end: number, figures: { readonly arrivedAt: number; readonly firstScheduledAt: number }) => {
      area += (end - last) * (engine.running + engine.waiting + 1);
      last = end;
      wait += figures.firstScheduledAt - figures.arrivedAt;
      sojourn += end - figures.arrivedAt;
      finished++;
    },
  };
  for (let id = 0; id < requests; id++) {
    at += exponential(arrivals, MEAN / (rho * spec.maxSeqs));
    engine.advance(at);
    area += (at - last) * (engine.running + engine.waiting);
    last = at;
    const outputTokens = Math.max(1, Math.round(length(lengths)));
    engine.submit({ id, inputTokens: 1, outputTokens, priority: 0, blockHashes: undefined, cell: 0, listener }, at);
  }
  engine.advance(1e12);
  return { wait: wait / finished, sojourn: sojourn / finished, present: area / last, perMs: finished / last };
}

/** Mean wait of M/M/c by Erlang's C formula, in units of the mean service. */
function erlangWait(servers: number, rho: number): number {
  const load = servers * rho;
  let term = 1;
  let sum = 1;
  for (let k = 1; k < servers; k++) {
    term *= load / k;
    sum += term;
  }
  const last = (term * load) / servers / (1 - rho);
  return last / (sum + last) / (servers * (1 - rho));
}

describe("llama.cpp's slots are the servers of a textbook queue", () => {
  test.each([
    { servers: 1, rho: 0.7 },
    { servers: 4, rho: 0.8 },
  ])("with exponential answers the mean wait of $servers at load $rho is Erlang's, within 8 %", ({ servers, rho }) => {
    const { wait } = run(slots(servers), rho, (random) => exponential(random, MEAN), 12_000);
    expect(Math.abs(wait / MEAN / erlangWait(servers, rho) - 1)).toBeLessThan(0.08);
  });

  test("with equal answers one slot's mean wait is half of that: Pollaczek and Khinchine's, within 8 %", () => {
    const { wait } = run(slots(1), 0.7, () => MEAN, 12_000);
    expect(Math.abs(wait / MEAN / (0.7 / (2 * 0.3)) - 1)).toBeLessThan(0.08);
  });
});

test.each([
  { name: "llama.cpp", spec: slots(4) },
  {
    name: "SGLang",
    spec: { ...slots(4), dialect: "sglang" as const, blocks: 4000, maxModelLen: 2000, prefixCache: true },
  },
])("Little's law holds in $name: as many are present as come a second, times how long each stays", ({ spec }) => {
  const { sojourn, present, perMs } = run(spec, 0.6, (random) => Math.min(1500, exponential(random, MEAN)), 2000);
  expect(Math.abs(present / (perMs * sojourn) - 1)).toBeLessThan(0.01);
});
