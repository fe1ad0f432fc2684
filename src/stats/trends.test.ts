import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../base/index.ts";
import {
  ar1Series,
  autocorrelation,
  benjaminiHochberg,
  changePoints,
  fitAr1,
  gaussianSmooth,
  kendall,
  mannKendall,
  mean,
  runsTest,
  standardNormal,
  variance,
} from "./index.ts";

/** Yearly flow of the Nile at Aswan, 1871 to 1970 (R's `Nile`; Cobb 1978). */
const NILE = [
  1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140, 1100,
  1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456,
  824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897,
  822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975,
  815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
];

/** Monthly sales over three years (Makridakis, Wheelwright and Hyndman 1998). */
const SHAMPOO = [
  266.0, 145.9, 183.1, 119.3, 180.3, 168.5, 231.8, 224.5, 192.8, 122.9, 336.5, 185.9, 194.3, 149.5, 210.1, 273.3, 191.4,
  287.0, 226.0, 303.6, 289.9, 421.6, 264.5, 342.3, 339.7, 440.4, 315.9, 439.3, 401.3, 437.4, 575.5, 407.6, 682.0, 475.3,
  581.3, 646.9,
];

describe("rank correlation and trend", () => {
  it("tau-b and its p are those that SciPy's documentation prints for a sample with ties", () => {
    const { tau, p } = kendall([12, 2, 1, 12, 2], [1, 4, 7, 1, 0]);
    expect(tau).toBeCloseTo(-0.47140452079103173, 14);
    expect(p).toBeCloseTo(0.2827454599327748, 12);
  });

  it("a strictly rising series has S of all its pairs and the variance of Mann (1945)", () => {
    const { s, variance: v, tau, z } = mannKendall([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], { slope: 1 });
    expect([s, tau, v]).toEqual([45, 1, 125]);
    expect(z).toBeCloseTo(44 / Math.sqrt(125), 14);
  });

  it("with Hamed's and Rao's variance is what pyMannKendall prints for the sales of a shampoo", () => {
    const { s, variance: v, z, p, tau } = mannKendall(SHAMPOO, { slope: 11.509375, least: 0 });
    expect(s).toBe(440);
    expect(tau).toBeCloseTo(0.6984126984126984, 14);
    expect(v).toBeCloseTo(7322.011164105283, 8);
    expect(z).toBeCloseTo(5.130377554630905, 12);
    expect(p / 2.8916160532688195e-7).toBeCloseTo(1, 7);
  });

  it("turns its sign with the series", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 5, maxLength: 30 }), (values) => {
        const up = mannKendall(values, { slope: 0 });
        const down = mannKendall([...values].reverse(), { slope: 0 });
        expect(down.s).toBe(-up.s + 0);
        expect(down.p).toBeCloseTo(up.p, 10);
      }),
    );
  });

  it("calls a trend in 5 % of autocorrelated series without one, where the plain test calls far more", () => {
    let [corrected, plain] = [0, 0];
    for (let seed = 0; seed < 300; seed++) {
      const series = ar1Series({ mean: 10, phi: 0.5, sd: 1 }, 100, randomStream(seed, "null"));
      if (mannKendall(series, { slope: 0 }).p < 0.05) corrected++;
      if (mannKendall(series, { slope: 0, lags: 0 }).p < 0.05) plain++;
    }
    expect(plain / 300).toBeGreaterThan(0.15);
    expect(corrected / 300).toBeLessThan(0.1);
  });
});

describe("autocorrelation", () => {
  it("of the Nile at lag 1 is R's 0.498", () => {
    expect(autocorrelation(NILE)).toBeCloseTo(0.498, 3);
  });

  it("a process's fit and its series agree", () => {
    const fit = fitAr1(ar1Series({ mean: 3, phi: 0.7, sd: 2 }, 20_000, randomStream(1, "ar1")));
    expect(fit.mean).toBeCloseTo(3, 0);
    expect(fit.phi).toBeCloseTo(0.7, 1);
    expect(fit.sd).toBeCloseTo(2, 1);
  });
});

describe("many tests at once", () => {
  it("adjusts as SciPy's documentation prints (the example of Benjamini and Hochberg 1995)", () => {
    const ps = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ];
    const adjusted = [
      0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714, 0.06385714, 0.0645, 0.0765, 0.486, 0.58118182, 0.714875,
      0.75323077, 0.81321429, 1,
    ];
    benjaminiHochberg(ps).forEach((value, i) => {
      expect(value).toBeCloseTo(adjusted[i] ?? 0, 8);
    });
  });
});

describe("change points", () => {
  it("finds the one change of the Nile, after 1898, as R's changepoint does", () => {
    expect(changePoints(NILE, 2 * Math.log(NILE.length) * variance(NILE))).toEqual([28]);
  });

  it("costs as little as the best of all ways to cut a short series", () => {
    const cost = (values: readonly number[]): number =>
      values.length === 0 ? 0 : values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0);
    const total = (values: readonly number[], cuts: readonly number[], penalty: number): number =>
      [0, ...cuts].reduce((sum, from, i) => sum + cost(values.slice(from, cuts[i] ?? values.length)), 0) +
      penalty * cuts.length;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 9 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 3 }),
        (values, penalty, shortest) => {
          let best = Number.POSITIVE_INFINITY;
          for (let mask = 0; mask < 2 ** (values.length - 1); mask++) {
            const cuts = values.flatMap((_, i) => (i > 0 && (mask >> (i - 1)) & 1 ? [i] : []));
            const lengths = [0, ...cuts].map((from, i) => (cuts[i] ?? values.length) - from);
            if (cuts.length > 0 && Math.min(...lengths) < shortest) continue;
            best = Math.min(best, total(values, cuts, penalty));
          }
          const found = total(values, changePoints(values, penalty, shortest), penalty);
          expect(found).toBeCloseTo(best, 8);
        },
      ),
    );
  });
});

describe("smoothing and runs", () => {
  it("leaves a constant as it is, over gaps and at the ends", () => {
    expect([...gaussianSmooth([4, 4, Number.NaN, 4, 4], 2)]).toEqual([4, 4, 4, 4, 4].map((v) => expect.closeTo(v, 12)));
  });

  it("the smooth of noise around a line is near the line", () => {
    const random = randomStream(3, "smooth");
    const noisy = Array.from({ length: 400 }, (_, i) => i / 100 + standardNormal(random));
    const smooth = gaussianSmooth(noisy, 20);
    expect(Math.abs((smooth[200] ?? 0) - 2)).toBeLessThan(0.5);
  });

  it("counts runs and tells too few of them from chance", () => {
    expect(runsTest([true, true, false, true, false, false]).runs).toBe(4);
    const halves = Array.from({ length: 40 }, (_, i) => i < 20);
    expect(runsTest(halves).p).toBeLessThan(1e-8);
    // Expected runs 21, variance 20 * 20 * 2 * (800 - 40) / (40 * 40 * 39): by hand.
    expect(runsTest(halves).z).toBeCloseTo((2 - 21) / Math.sqrt((800 * 760) / (1600 * 39)), 12);
  });
});
