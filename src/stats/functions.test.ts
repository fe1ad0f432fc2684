import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../base/index.ts";
import {
  carries,
  coefficientOfVariation,
  gammaSample,
  indexOfDispersion,
  kolmogorovP,
  ksExponential,
  logGamma,
  mean,
  median,
  nearestRank,
  normalCdf,
  normalQuantile,
  quantileBounds,
  standardNormal,
  variance,
  weibullCv,
  weibullShapeForCv,
  weibullUnitScale,
  wilson,
} from "./index.ts";

describe("the normal distribution", () => {
  it.each([
    [0.25, -0.6744897501960817],
    [0.001, -3.090232306167814],
    [1e-20, -9.262340089798409],
  ])("quantile of %d is %d (test values of Wichura, AS 241)", (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 13);
  });

  it.each([
    [1.959963984540054, 0.975],
    [-1, 0.15865525393145707],
    [-5, 2.866515718791939e-7],
    [-10, 7.61985302416052e-24],
  ])("P(Z <= %d) is %d (half of erfc(-x / sqrt 2), C library)", (x, p) => {
    expect(normalCdf(x) / p).toBeCloseTo(1, 8);
  });

  it("quantile and probability undo each other", () => {
    fc.assert(
      fc.property(fc.double({ min: -7, max: 5, noNaN: true }), (x) => {
        expect(normalQuantile(normalCdf(x))).toBeCloseTo(x, 8);
      }),
    );
  });

  it("has its ends at infinity and nothing outside 0 to 1", () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect([normalQuantile(-0.1), normalQuantile(1.1), normalQuantile(Number.NaN)]).toEqual(Array(3).fill(Number.NaN));
  });
});

describe("gamma and Weibull", () => {
  it.each([
    [0.5, Math.log(Math.PI) / 2],
    [1 / 3, 0.985420646927767],
    [1, 0],
    [10, Math.log(362880)],
    [100, 359.1342053695754],
  ])("ln Γ(%d) is %d (C library lgamma; π, 0 and 9 factorial exactly)", (x, value) => {
    expect(logGamma(x)).toBeCloseTo(value, 10);
  });

  it("Γ(x + 1) = x Γ(x)", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e5, noNaN: true }), (x) => {
        expect(logGamma(x + 1)).toBeCloseTo(logGamma(x) + Math.log(x), 7);
      }),
    );
  });

  it.each([
    [0.5, Math.sqrt(5)],
    [1, 1],
    [2, Math.sqrt(4 / Math.PI - 1)],
  ])(
    "a Weibull of shape %d has a coefficient of variation of %d (closed forms: shape 1 is exponential, 2 is Rayleigh)",
    (shape, cv) => {
      expect(weibullCv(shape)).toBeCloseTo(cv, 10);
      expect(weibullShapeForCv(cv)).toBeCloseTo(shape, 8);
    },
  );

  it("finds the Weibull shape of any coefficient of variation", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 50, noNaN: true }), (cv) => {
        expect(weibullCv(weibullShapeForCv(cv)) / cv).toBeCloseTo(1, 6);
      }),
    );
  });

  it("a Weibull of unit scale has mean 1: at shape 1/2 the scale is 1/Γ(3)", () => {
    expect(weibullUnitScale(0.5)).toBeCloseTo(0.5, 12);
  });

  it("a draw of Gamma(1/2) is half a squared normal, one of Gamma(1) exponential, one of Gamma(1.5) has its mean and variance", () => {
    const random = randomStream(11, "gamma");
    const n = 20_000;
    // P(Z²/2 <= x) = 2 Φ(sqrt(2x)) - 1, turned into an exponential variable.
    const halves = Float64Array.from(
      { length: n },
      () => -Math.log(2 * normalCdf(-Math.sqrt(2 * gammaSample(random, 0.5)))),
    );
    expect(kolmogorovP(ksExponential(halves), n)).toBeGreaterThan(0.001);
    const ones = Float64Array.from({ length: n }, () => gammaSample(random, 1));
    expect(kolmogorovP(ksExponential(ones), n)).toBeGreaterThan(0.001);
    const others = Float64Array.from({ length: n }, () => gammaSample(random, 1.5));
    expect(Math.abs(mean(others) - 1.5)).toBeLessThan(4 * Math.sqrt(1.5 / n));
    // Var(s²) of Gamma(a) is about (μ4 - σ⁴)/n with μ4 = 3a² + 6a.
    expect(Math.abs(variance(others) - 1.5)).toBeLessThan(4 * Math.sqrt((3 * 2.25 + 9 - 2.25) / n));
  });

  it("a standard normal draw is one", () => {
    const random = randomStream(12, "normal");
    const n = 20_000;
    const values = Float64Array.from({ length: n }, () => -Math.log(normalCdf(standardNormal(random))));
    expect(kolmogorovP(ksExponential(values), n)).toBeGreaterThan(0.001);
  });
});

describe("order statistics", () => {
  it.each([
    [0.05, 15],
    [0.3, 20],
    [0.4, 20],
    [0.5, 35],
    [1, 50],
  ])("the nearest rank of p = %d in 15, 20, 35, 40, 50 is %d (worked example of Wikipedia, Percentile)", (p, value) => {
    expect(nearestRank([15, 20, 35, 40, 50], p)).toBe(value);
  });

  it("a whole rank is not rounded up by the binary error of its decimal", () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    for (let percent = 1; percent <= 100; percent++) expect(nearestRank(hundred, percent / 100)).toBe(percent);
    expect(nearestRank([], 0.5)).toBeNaN();
  });

  it.each([
    [0.5, 4],
    [0.9, 35],
    [0.95, 73],
    [0.99, 381],
    [0.999, 3838],
  ])("p = %d needs %d samples: n p + 1.96 sqrt(n p (1 - p)) must not exceed n", (p, least) => {
    expect([carries(least - 1, p), carries(least, p)]).toEqual([false, true]);
    expect(carries(least, 1 - p)).toBe(true);
  });

  it("the ranks' interval covers the quantile with 95 %, counted exactly in the binomial distribution", () => {
    for (const [n, p] of [
      [381, 0.99],
      [1000, 0.95],
      [200, 0.5],
    ] as const) {
      const { lower, upper } = quantileBounds(n, p);
      let covered = 0;
      for (let k = Math.ceil(lower); k < upper; k++) {
        const logChoose = logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
        covered += Math.exp(logChoose + k * Math.log(p) + (n - k) * Math.log(1 - p));
      }
      expect(covered).toBeGreaterThan(0.93);
      expect(covered).toBeLessThan(0.99);
    }
  });

  it("the median of an even number of values is the mean of the middle two", () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([])]).toEqual([2, 2.5, Number.NaN]);
  });
});

describe("counts and proportions", () => {
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("Wilson's interval of %d in %d is %d to %d (Newcombe 1998, table I, method 3)", (successes, n, low, high) => {
    expect(wilson(successes, n).low).toBeCloseTo(low, 4);
    expect(wilson(successes, n).high).toBeCloseTo(high, 4);
  });

  it("an interval holds its proportion and stays within 0 to 1", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), (x, y) => {
        const n = x + y;
        const { low, high } = wilson(x, n);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        if (n > 0) expect(low <= x / n && x / n <= high).toBe(true);
        else expect([low, high]).toEqual([0, 1]);
      }),
    );
  });

  it("a metronome has an index of dispersion of 0; variance 32/7 over mean 5 is 0.914", () => {
    expect(indexOfDispersion([4, 4, 4, 4])).toBe(0);
    expect(indexOfDispersion([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(32 / 7 / 5, 12);
    expect(coefficientOfVariation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7) / 5, 12);
  });

  it.each([
    [10, 0.41],
    [20, 0.294],
  ])("for n = %d a distance of %d has P = 0.05 (Massey 1951, table 1)", (n, distance) => {
    expect(kolmogorovP(distance, n)).toBeCloseTo(0.05, 2);
  });

  it("in the limit the 5 % point is 1.3581 and the 1 % point 1.6276 (Smirnov 1948)", () => {
    const n = 1e8;
    expect(kolmogorovP(1.3581 / Math.sqrt(n), n)).toBeCloseTo(0.05, 4);
    expect(kolmogorovP(1.6276 / Math.sqrt(n), n)).toBeCloseTo(0.01, 4);
    expect(kolmogorovP(0, 50)).toBe(1);
  });

  it("the distance of one value at its median to the exponential distribution is 1/2", () => {
    expect(ksExponential([Math.LN2])).toBeCloseTo(0.5, 12);
    expect(ksExponential([10 * Math.LN2], 10)).toBeCloseTo(0.5, 12);
  });
});
