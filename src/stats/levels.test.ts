import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../base/index.ts";
import {
  fitUsl,
  isotonic,
  mannKendall,
  mean,
  mser5,
  segmented,
  standardNormal,
  theilSen,
  uslPeak,
  uslThroughput,
} from "./index.ts";

const noise = (seed: number, n: number, sd = 1): number[] => {
  const random = randomStream(seed, "noise");
  return Array.from({ length: n }, () => sd * standardNormal(random));
};

describe("Theil's and Sen's slope", () => {
  it("is 4, from 26/7 to 35/8 with 93 %, for the seven points of Sen (1968)", () => {
    const { slope, low, high } = theilSen([1, 2, 3, 4, 10, 12, 18], [9, 15, 19, 20, 45, 55, 78], { confidence: 0.93 });
    expect([slope, low, high]).toEqual([4, 26 / 7, 35 / 8]);
  });

  it("covers the true slope in about 95 % of series, and shifts and scales with them", () => {
    let covered = 0;
    for (let seed = 0; seed < 400; seed++) {
      const y = noise(seed, 30).map((value, i) => 0.1 * i + value);
      const { low, high } = theilSen([...y.keys()], y);
      if (low <= 0.1 && 0.1 <= high) covered++;
    }
    expect(covered / 400).toBeGreaterThan(0.92);
    expect(covered / 400).toBeLessThan(0.985);
    const y = noise(1, 40);
    const x = [...y.keys()];
    const { slope, intercept } = theilSen(x, y);
    const moved = theilSen(
      x,
      y.map((value) => 3 * value + 5),
    );
    expect(moved.slope).toBeCloseTo(3 * slope, 12);
    expect(moved.intercept).toBeCloseTo(3 * intercept + 5, 9);
  });

  it("takes a long series in means of neighbours, and passes over what is no number", () => {
    const y = Array.from({ length: 5000 }, (_, i) => (i % 7 === 0 ? Number.NaN : 2 * i));
    expect(theilSen([...y.keys()], y).slope).toBeCloseTo(2, 6);
  });

  it("is wider with the variance of neighbours that resemble each other", () => {
    const drift = noise(3, 60);
    for (let i = 1; i < drift.length; i++) drift[i] = 0.8 * (drift[i - 1] ?? 0) + (drift[i] ?? 0);
    const x = [...drift.keys()];
    const plain = theilSen(x, drift);
    const corrected = theilSen(x, drift, { variance: mannKendall(drift, { slope: plain.slope }).variance });
    expect(corrected.high - corrected.low).toBeGreaterThan(plain.high - plain.low);
  });
});

describe("isotonic regression", () => {
  it("pools as the example of R's isoreg does", () => {
    expect([...isotonic([1, 0, 4, 3, 3, 5, 4, 2, 0], new Array(9).fill(1))]).toEqual([0.5, 0.5, 3, 3, 3, 3, 3, 3, 3]);
  });

  it("never falls, keeps the weighted mean, and leaves what already rises as it is", () => {
    const values = fc.array(
      fc.record({ y: fc.double({ min: 0, max: 1, noNaN: true }), w: fc.integer({ min: 1, max: 9 }) }),
      {
        minLength: 1,
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(values, (points) => {
        const [y, w] = [points.map((point) => point.y), points.map((point) => point.w)];
        const fitted = isotonic(y, w);
        for (let i = 1; i < fitted.length; i++) expect(fitted[i]).toBeGreaterThanOrEqual((fitted[i - 1] ?? 0) - 1e-12);
        const total = (list: ArrayLike<number>): number =>
          w.reduce((sum, weight, i) => sum + weight * (list[i] ?? 0), 0);
        expect(total(fitted)).toBeCloseTo(total(y), 9);
        const sorted = y.toSorted((a, b) => a - b);
        expect([...isotonic(sorted, w)].every((value, i) => Math.abs(value - (sorted[i] ?? 0)) < 1e-12)).toBe(true);
      }),
    );
  });

  it("gives values without weight a neighbour's", () => {
    expect([...isotonic([9, 1, 9, 2], [0, 1, 0, 1])]).toEqual([1, 1, 1, 2]);
  });
});

describe("MSER-5", () => {
  it("cuts off a start that is above the rest, and little of a series that has none", () => {
    let [cut, kept] = [0, 0];
    for (let seed = 0; seed < 50; seed++) {
      const steady = noise(seed, 200);
      kept += mser5(steady);
      cut += mser5(steady.map((value, i) => value + 20 * Math.exp(-i / 10)));
    }
    expect(cut / 50).toBeGreaterThan(20);
    expect(cut / 50).toBeLessThan(60);
    expect(kept / 50).toBeLessThan(30);
    expect(mser5([9, 9, 9, 1, 1, 1])).toBe(0);
  });
});

describe("two lines against one", () => {
  const x = Array.from({ length: 60 }, (_, i) => i / 6);
  const bent = (seed: number): number[] =>
    noise(seed, 60, 0.3).map((value, i) => 1 + 0.1 * (x[i] ?? 0) + 1.5 * Math.max(0, (x[i] ?? 0) - 6) + value);

  it("finds where a line bends, with an interval that covers it in about 95 % of series", () => {
    let covered = 0;
    let worth = 0;
    for (let seed = 0; seed < 200; seed++) {
      const found = segmented(x, bent(seed));
      if (found === undefined) throw new Error("no fit");
      if (found.low <= 6.05 && 5.95 <= found.high) covered++;
      if (found.bicGain > 10) worth++;
    }
    expect(covered / 200).toBeGreaterThan(0.88);
    expect(worth).toBe(200);
  });

  it("finds no bend worth its parameters in a straight line", () => {
    let worth = 0;
    for (let seed = 0; seed < 200; seed++) {
      const straight = noise(seed, 60).map((value, i) => 2 + 0.5 * (x[i] ?? 0) + value);
      if ((segmented(x, straight)?.bicGain ?? 0) > 6) worth++;
    }
    expect(worth / 200).toBeLessThan(0.03);
  });

  it("has nothing to say of few points, and meets exact lines exactly", () => {
    expect(segmented([1, 2, 3], [1, 2, 3])).toBeUndefined();
    const exact = segmented(
      x,
      x.map((value) => value + 2 * Math.max(0, value - 5)),
    );
    expect(exact?.breakpoint).toBeCloseTo(5, 1);
    expect(exact?.before.slope).toBeCloseTo(1, 1);
    expect(exact?.after.slope).toBeCloseTo(3, 1);
  });
});

describe("the Universal Scalability Law", () => {
  it("through SPEC's SDM91 is what R's package usl prints", () => {
    const usl = fitUsl([1, 18, 36, 72, 108, 144, 216], [64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2]);
    expect(usl?.sigma).toBeCloseTo(0.0277285, 4);
    expect(usl?.kappa).toBeCloseTo(0.0001044, 6);
    expect(usl?.lambda).toBeCloseTo(89.995, 1);
    expect(usl === undefined ? 0 : uslPeak(usl)).toBeCloseTo(96.5, 0);
  });

  it("gives a decode engine's identity no kappa: X = n/(c0 + b n)", () => {
    const loads = [1, 2, 4, 8, 16, 32, 64];
    const usl = fitUsl(
      loads,
      loads.map((n) => n / (6.973 + 0.027 * n)),
    );
    expect(usl?.lambda).toBeCloseTo(1 / 7, 4);
    expect(usl?.sigma).toBeCloseTo(0.027 / 7, 4);
    expect(usl?.kappa).toBeLessThan(1e-6);
  });

  it("finds the law again that made the points", () => {
    const law = fc.record({
      lambda: fc.double({ min: 0.5, max: 50, noNaN: true }),
      sigma: fc.double({ min: 0.005, max: 0.3, noNaN: true }),
      kappa: fc.double({ min: 1e-4, max: 0.01, noNaN: true }),
    });
    const loads = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64];
    fc.assert(
      fc.property(law, (truth) => {
        const throughputs = loads.map((n) => uslThroughput(truth, n));
        const usl = fitUsl(loads, throughputs);
        const errors = loads.map((n, i) =>
          Math.abs((usl === undefined ? 0 : uslThroughput(usl, n)) / (throughputs[i] ?? 1) - 1),
        );
        expect(mean(errors)).toBeLessThan(1e-3);
      }),
      { numRuns: 50 },
    );
  });
});
