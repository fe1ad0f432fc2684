import { describe, expect, it } from "vitest";
import { randomStream } from "../../base/index.ts";
import type { StageSketch } from "../facts/test/facts-of.ts";
import { factsOf } from "../facts/test/facts-of.ts";
import type { LimitLine } from "../verdict/schema.ts";
import { stretches } from "./evidence.ts";
import { kneeOf } from "./knee.ts";
import { limitLine } from "./limit-line.ts";
import { saturationOf } from "./saturation.ts";
import { scalabilityOf } from "./scalability.ts";
import { queueRun } from "./test/queue.ts";
import { windowsOf } from "./windows.ts";

/** One exponential server of 20 a second: the 95th percentile of the response time is ln 20 / (20 - load). */
const RATE = 20;
const LIMIT = 0.8;
const TRUTH = RATE - Math.log(20) / LIMIT;

const steady = (at: number, seconds: number): StageSketch => ({ kind: "steady", name: `at ${at}`, seconds, at });
const ramp = (from: number, to: number, seconds: number): StageSketch => ({ kind: "ramp", seconds, from, to });

function lines(stages: readonly StageSketch[], seeds: number, servers?: number): readonly LimitLine[] {
  return Array.from({ length: seeds }, (_, seed) => {
    const rate = RATE / (servers ?? 1);
    const { facts, limit } = queueRun(stages, {
      rate,
      limit: LIMIT,
      seed,
      ...(servers === undefined ? {} : { servers }),
    });
    return limitLine(facts, stretches(facts, "sessions/s"), limit);
  });
}

const covers = ({ holdsUpTo }: LimitLine, truth: number): boolean =>
  holdsUpTo !== undefined && holdsUpTo.low <= truth && truth <= holdsUpTo.high;

function share(list: readonly LimitLine[], fits: (line: LimitLine) => boolean): number {
  return list.filter(fits).length / list.length;
}

describe("the load line of a queue whose limit is known", () => {
  it("from steps lies between the last step that holds and the first that does not, with an interval that covers the truth", () => {
    const found = lines(
      [8, 10, 12, 14, 16, 18, 20].map((at) => steady(at, 90)),
      40,
    );
    expect(share(found, (line) => covers(line, TRUTH))).toBeGreaterThanOrEqual(0.9);
    // 16 is within 2 % of the truth: a step below it is as right as a step above.
    const near = [14, 16, 18];
    expect(share(found, ({ holdsUpTo }) => near.includes(holdsUpTo?.value ?? 0))).toBeGreaterThanOrEqual(0.95);
  });

  it.each([
    [120, 40],
    [600, 20],
  ])("from a ramp of %d s is not drawn too high by what the ramp's speed hides", (seconds, seeds) => {
    const found = lines([ramp(5, 30, seconds), { kind: "recovery", seconds: 60, at: 5 }], seeds);
    expect(share(found, (line) => covers(line, TRUTH))).toBeGreaterThanOrEqual(0.8);
    const errors = found.map(({ holdsUpTo }) => (holdsUpTo?.value ?? 0) / TRUTH - 1).sort((a, b) => a - b);
    expect(Math.abs(errors[seeds / 2] ?? 1)).toBeLessThan(0.1);
    expect(share(found, ({ holdsUpTo }) => (holdsUpTo?.low ?? 0) > TRUTH * 1.1)).toBeLessThanOrEqual(0.05);
  });

  it("well below the limit never broke, and well above it never held", () => {
    const healthy = lines([steady(12, 120)], 40);
    expect(share(healthy, ({ above }) => above === 12)).toBeGreaterThanOrEqual(0.95);
    expect(share(healthy, ({ below }) => below !== undefined)).toBe(0);
    const broken = lines([steady(19, 180)], 40);
    expect(share(broken, ({ below }) => below === 19)).toBeGreaterThanOrEqual(0.75);
    expect(share(broken, ({ above }) => above !== undefined)).toBeLessThanOrEqual(0.05);
  });

  it("near the limit says that it may be either, and is seldom sure of what is false", () => {
    const near = lines([steady(15, 120)], 40);
    expect(share(near, ({ below }) => below !== undefined)).toBeLessThanOrEqual(0.05);
  });

  it("does not lower the line for answers that are late because of a load that is gone", () => {
    const before = lines([steady(12, 60), steady(25, 30), steady(12, 90)], 30);
    expect(share(before, ({ holdsUpTo }) => holdsUpTo?.value === 12)).toBeGreaterThanOrEqual(0.95);
    expect(share(before, ({ below }) => below !== undefined)).toBe(0);
  });

  it("says nothing of a load that was held too shortly to show it, and takes no spike for proof that it holds", () => {
    const [short] = lines([steady(12, 5)], 1);
    expect(short).toMatchObject({ why: expect.stringContaining("long enough") });
    const spiked = lines([steady(8, 60), { kind: "spike", seconds: 3, at: 14 }], 10);
    expect(share(spiked, ({ above }) => above === 8)).toBeGreaterThanOrEqual(0.9);
  });
});

describe("saturation", () => {
  const saturated = (load: number, seconds: number, seeds = 25): number =>
    Array.from({ length: seeds }, (_, seed) => {
      const { facts } = queueRun([steady(load, seconds)], { rate: RATE, limit: LIMIT, seed });
      return saturationOf(facts) === undefined ? 0 : 1;
    }).reduce<number>((sum, one) => sum + one, 0) / seeds;

  it("is not called on a healthy steady stage, up to 80 % busy", () => {
    for (const [load, seconds] of [
      [6, 60],
      [10, 180],
      [16, 60],
      [16, 300],
    ] as const) {
      expect(saturated(load, seconds)).toBeLessThanOrEqual(0.04);
    }
  });

  it("is called where more come than can be answered", () => {
    expect(saturated(22, 60)).toBeGreaterThanOrEqual(0.85);
    expect(saturated(22, 180)).toBeGreaterThanOrEqual(0.95);
    expect(saturated(26, 30)).toBeGreaterThanOrEqual(0.95);
  });

  it("is not called while an empty system fills with sessions of several turns, and is where they stay longer and longer", () => {
    const called = (stay: (second: number) => number): number =>
      Array.from({ length: 100 }, (_, seed) => {
        const random = randomStream(seed, "filling");
        const noise = (share: number): number => 1 + share * (random.next() * 2 - 1);
        const facts = factsOf({
          stages: [steady(4, 40)],
          load: { inFlight: (bin) => 40 * (1 - Math.exp(-bin / 25)) * noise(0.15) },
          client: { responseP50: (bin) => stay(bin) * noise(0.3) },
        });
        return saturationOf(facts) === undefined ? 0 : 1;
      }).reduce<number>((sum, one) => sum + one, 0);
    expect(called(() => 2000)).toBeLessThanOrEqual(2);
    expect(called((second) => 2000 + 100 * second)).toBeGreaterThanOrEqual(95);
  });

  it("tells the load and by how many requests a second it grows", () => {
    const { facts } = queueRun([steady(10, 60), steady(25, 120)], { rate: RATE, limit: LIMIT, seed: 3 });
    const found = saturationOf(facts);
    expect(found?.load).toBe(25);
    expect(found?.from).toBe(60_000);
    expect(found?.slope.value).toBeGreaterThan(3);
    expect(found?.slope.value).toBeLessThan(7);
  });
});

describe("knee and scalability", () => {
  const facts = (response: (load: number) => number, throughput = (load: number): number => load) =>
    factsOf({
      stages: [{ kind: "ramp", seconds: 300, from: 1, to: 31 }],
      load: { answered: (_, load) => throughput(load), inFlight: (_, load) => load },
      client: { responseP50: (bin, load) => response(load) * (1 + 0.02 * Math.sin(bin * 7)) },
    });
  const windows = (run: ReturnType<typeof facts>) => windowsOf(run, stretches(run, "sessions/s"));

  it("the knee is where the median response time leaves its first slope, and there is none in a straight line", () => {
    const bent = kneeOf(windows(facts((load) => 500 + 5 * load + 80 * Math.max(0, load - 20))));
    expect(bent?.value).toBeCloseTo(20, 0);
    expect(bent?.low).toBeGreaterThan(18);
    expect(bent?.high).toBeLessThan(22);
    expect(kneeOf(windows(facts((load) => 500 + 5 * load)))).toBeUndefined();
  });

  it("a law without kappa has no peak, and one whose peak was passed names it", () => {
    const law = (kappa: number) => (n: number) => (4 * n) / (1 + 0.02 * (n - 1) + kappa * n * (n - 1));
    const flat = scalabilityOf(windows(facts(() => 500, law(0))), randomStream(1, "usl"));
    expect(flat?.kappa.value).toBeLessThan(1e-5);
    expect(flat?.peak).toBeUndefined();
    expect(flat?.meaning).toContain("No load was seen at which more in flight get less done");
    const peaked = scalabilityOf(windows(facts(() => 500, law(0.005))), randomStream(1, "usl"));
    expect(peaked?.peak).toBeCloseTo(Math.sqrt(0.98 / 0.005), 0);
  });

  it("nothing is fitted to a run that stays at one load", () => {
    const even = factsOf({ stages: [steady(10, 120)] });
    expect(scalabilityOf(windowsOf(even, stretches(even, "sessions/s")), randomStream(1, "usl"))).toBeUndefined();
  });
});
