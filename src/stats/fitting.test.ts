import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../base/index.ts";
import {
  bestKnownCombination,
  bootstrapWeights,
  cholesky,
  choleskySolve,
  inverse,
  mean,
  nelderMead,
  nonNegativeLeastSquares,
  percentileInterval,
  symmetricEigen,
  variance,
} from "./index.ts";

describe("linear algebra", () => {
  it("the inverse of the Hilbert matrix of order 4 is Hilbert's whole numbers (Choi 1983)", () => {
    const hilbert = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => 1 / (i + j + 1)));
    const whole = [
      [16, -120, 240, -140],
      [-120, 1200, -2700, 1680],
      [240, -2700, 6480, -4200],
      [-140, 1680, -4200, 2800],
    ];
    const found = inverse(hilbert) ?? [];
    for (const [i, row] of whole.entries())
      for (const [j, value] of row.entries()) expect((found[i]?.[j] ?? 0) / value).toBeCloseTo(1, 8);
  });

  it("the eigenvalues of the second-difference matrix are 2 - 2 cos(k pi / (n + 1)) (Strang)", () => {
    const n = 7;
    const a = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0)),
    );
    const { values, vectors } = symmetricEigen(a);
    for (let k = 1; k <= n; k++) expect(values[n - k]).toBeCloseTo(2 - 2 * Math.cos((k * Math.PI) / (n + 1)), 12);
    for (const [k, v] of vectors.entries())
      for (const [i, row] of a.entries())
        expect(row.reduce<number>((sum, value, j) => sum + value * (v[j] ?? 0), 0)).toBeCloseTo(
          (values[k] ?? 0) * (v[i] ?? 0),
          10,
        );
  });

  it("a matrix that is not positive definite has no factor, and a solved system is solved", () => {
    expect(
      cholesky([
        [1, 2],
        [2, 1],
      ]),
    ).toBeUndefined();
    const factor = cholesky([
      [4, 2],
      [2, 3],
    ]);
    const solution = choleskySolve(factor ?? [], [8, 8]);
    expect(solution[0]).toBeCloseTo(1, 12);
    expect(solution[1]).toBeCloseTo(2, 12);
  });
});

describe("non-negative least squares", () => {
  it("solves MATLAB's example of lsqnonneg: 0 and 0.6929, where free least squares gives -2.5627 and 3.1108", () => {
    const { x, residual } = nonNegativeLeastSquares(
      [
        [372, 2869],
        [6861, 7071],
        [6233, 6245],
        [6344, 6170],
      ].map((row) => row.map((value) => value / 10_000)),
      [0.8587, 0.1781, 0.0747, 0.8405],
    );
    expect(x[0]).toBe(0);
    expect(x[1]).toBeCloseTo(0.6929, 4);
    expect(residual).toBeCloseTo(0.9118, 4);
  });

  it("finds an exact non-negative solution again", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 5 }),
        fc.nat(1_000_000),
        (truth, seed) => {
          const random = randomStream(seed, "nnls");
          const a = Array.from({ length: 12 }, () => truth.map(() => random.next()));
          const b = a.map((row) => row.reduce((sum, value, j) => sum + value * (truth[j] ?? 0), 0));
          const { x } = nonNegativeLeastSquares(a, b);
          for (const [j, value] of truth.entries()) expect(x[j]).toBeCloseTo(value, 4);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("satisfies Kuhn and Tucker's conditions: no negative entry, no gradient that a free entry could follow", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(1_000_000), (columns, seed) => {
        const random = randomStream(seed, "kkt");
        const a = Array.from({ length: 9 }, () => Array.from({ length: columns }, () => random.next() - 0.3));
        const b = Array.from({ length: 9 }, () => random.next() - 0.5);
        const { x } = nonNegativeLeastSquares(a, b);
        const rest = a.map((row, i) => (b[i] ?? 0) - row.reduce((sum, value, j) => sum + value * (x[j] ?? 0), 0));
        for (let j = 0; j < columns; j++) {
          const gradient = a.reduce((sum, row, i) => sum + (row[j] ?? 0) * (rest[i] ?? 0), 0);
          expect(x[j]).toBeGreaterThanOrEqual(0);
          expect(gradient).toBeLessThan(1e-8);
          if ((x[j] ?? 0) > 1e-9) expect(gradient).toBeCloseTo(0, 8);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("gives a column that repeats another, and one of zeros, nothing of their own", () => {
    const { x } = nonNegativeLeastSquares(
      [
        [1, 1, 0],
        [2, 2, 0],
      ],
      [3, 6],
    );
    expect((x[0] ?? 0) + (x[1] ?? 0)).toBeCloseTo(3, 10);
    expect(x[2]).toBe(0);
  });
});

const at = (x: readonly number[], i: number): number => x[i] ?? Number.NaN;

describe("Nelder and Mead's simplex", () => {
  // Moré, Garbow and Hillstrom, "Testing Unconstrained Optimization Software", ACM TOMS 7 (1981); starts and minima of their numbers 1, 3 to 5, 7, 8, 13, 15.
  const bard = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39];
  const kowalik = {
    y: [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246],
    u: [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625],
  };
  const cases: readonly (readonly [string, (x: readonly number[]) => number, readonly number[], number])[] = [
    ["Rosenbrock", (x) => 100 * (at(x, 1) - at(x, 0) ** 2) ** 2 + (1 - at(x, 0)) ** 2, [-1.2, 1], 0],
    [
      "Beale",
      (x) => [1.5, 2.25, 2.625].reduce((sum, y, i) => sum + (y - at(x, 0) * (1 - at(x, 1) ** (i + 1))) ** 2, 0),
      [1, 1],
      0,
    ],
    [
      "the helical valley of Fletcher and Powell",
      (x) => {
        const theta = Math.atan2(at(x, 1), at(x, 0)) / (2 * Math.PI);
        return 100 * (at(x, 2) - 10 * theta) ** 2 + 100 * (Math.hypot(at(x, 0), at(x, 1)) - 1) ** 2 + at(x, 2) ** 2;
      },
      [-1, 0, 0],
      0,
    ],
    [
      "Bard",
      (x) =>
        bard.reduce((sum, y, i) => {
          const [u, v] = [i + 1, 15 - i];
          return sum + (y - (at(x, 0) + u / (v * at(x, 1) + Math.min(u, v) * at(x, 2)))) ** 2;
        }, 0),
      [1, 1, 1],
      8.21487e-3,
    ],
    [
      "Powell's singular function",
      (x) =>
        (at(x, 0) + 10 * at(x, 1)) ** 2 +
        5 * (at(x, 2) - at(x, 3)) ** 2 +
        (at(x, 1) - 2 * at(x, 2)) ** 4 +
        10 * (at(x, 0) - at(x, 3)) ** 4,
      [3, -1, 0, 1],
      0,
    ],
    [
      "Kowalik and Osborne",
      (x) =>
        kowalik.y.reduce((sum, y, i) => {
          const u = kowalik.u[i] ?? 0;
          return sum + (y - (at(x, 0) * (u * u + u * at(x, 1))) / (u * u + u * at(x, 2) + at(x, 3))) ** 2;
        }, 0),
      [0.25, 0.39, 0.415, 0.39],
      3.07505e-4,
    ],
  ];

  it.each(cases)("reaches the published minimum of %s", (_, f, start, minimum) => {
    const { value, evaluations, converged } = nelderMead(f, start, {
      step: 0.5,
      maxEvaluations: 3000,
      tolerance: 1e-14,
    });
    expect(Math.abs(value - minimum)).toBeLessThan(1e-7);
    expect(converged).toBe(true);
    expect(evaluations).toBeLessThan(3000);
  });

  it("stops at its bound, when told to, and holds a value that is not a number for infinite", () => {
    const bowl = (x: readonly number[]): number => x.reduce((sum, value) => sum + value * value, 0);
    expect(nelderMead(bowl, [3, 4], { step: 1, maxEvaluations: 20, tolerance: 0 }).evaluations).toBeLessThanOrEqual(21);
    expect(nelderMead(bowl, [3, 4], { step: 1, maxEvaluations: 500, tolerance: 0, stop: () => true })).toMatchObject({
      x: [3, 4],
      evaluations: 1,
    });
    const { x } = nelderMead((v) => (at(v, 0) < 1 ? Number.NaN : at(v, 0)), [3], {
      step: 0.5,
      maxEvaluations: 200,
      tolerance: 1e-9,
    });
    expect(x[0]).toBeCloseTo(1, 3);
  });
});

describe("the bootstrap", () => {
  // Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), tables 2.1, 2.2 and 3.1.
  const mice = [94, 197, 16, 38, 99, 141, 23];
  const lsat = [576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594];
  const gpa = [3.39, 3.3, 2.81, 3.03, 3.44, 3.07, 3.0, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96];

  const spread = (values: Float64Array): number => Math.sqrt(variance(values));
  const replicated = (count: number, n: number, seed: number, statistic: (weights: Float64Array) => number) => {
    const random = randomStream(seed, "replicates");
    return Float64Array.from({ length: count }, () => statistic(bootstrapWeights(n, 1, random)));
  };

  it("gives the mean of the treated mice the standard error 23.36, the ideal one of the book", () => {
    const replicates = replicated(
      20_000,
      mice.length,
      1,
      (weights) => mice.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0) / mice.length,
    );
    expect(spread(replicates)).toBeCloseTo(23.36, 0);
    expect(mean(replicates)).toBeCloseTo(86.86, 0);
  });

  it("gives the law schools' correlation a standard error near the book's 0.132", () => {
    const correlation = (w: Float64Array): number => {
      const total = lsat.length;
      const average = (values: readonly number[]): number => values.reduce((s, v, i) => s + v * (w[i] ?? 0), 0) / total;
      const [mx, my] = [average(lsat), average(gpa)];
      const product = (a: readonly number[], ma: number, b: readonly number[], mb: number): number =>
        a.reduce((s, v, i) => s + (w[i] ?? 0) * (v - ma) * ((b[i] ?? 0) - mb), 0);
      return product(lsat, mx, gpa, my) / Math.sqrt(product(lsat, mx, lsat, mx) * product(gpa, my, gpa, my));
    };
    expect(correlation(new Float64Array(15).fill(1))).toBeCloseTo(0.776, 3);
    const replicates = replicated(6400, 15, 2, correlation);
    expect(Math.abs(spread(replicates) - 0.132)).toBeLessThan(0.005);
  });

  it("draws as many as there are, in blocks that keep neighbours together", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), fc.nat(), (n, block, seed) => {
        const weights = bootstrapWeights(n, block, randomStream(seed, "draw"));
        expect(weights.reduce((sum, value) => sum + value, 0)).toBe(n);
      }),
    );
    expect(percentileInterval(Array.from({ length: 1000 }, (_, i) => i + 1))).toEqual({ low: 25, high: 975 });
  });
});

describe("the best-known combination", () => {
  // Anscombe, "Graphs in Statistical Analysis", American Statistician 27 (1973), set I: y = 3.000 + 0.500 x, standard errors 1.125 and 0.118.
  const xs = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
  const ys = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
  const information = [
    [11, xs.reduce((sum, x) => sum + x, 0)],
    [xs.reduce((sum, x) => sum + x, 0), xs.reduce((sum, x) => sum + x * x, 0)],
  ];

  it("of one parameter, the other being free, is known to the standard errors of Anscombe's regression", () => {
    const rest = ys.reduce((sum, y, i) => sum + (y - 3.0001 - 0.5001 * (xs[i] ?? 0)) ** 2, 0);
    const error = (index: number) =>
      Math.sqrt(rest / 9) * (bestKnownCombination(information, [index])?.halfWidth ?? Number.NaN);
    expect(error(0)).toBeCloseTo(1.1247, 3);
    expect(error(1)).toBeCloseTo(0.1179, 3);
  });

  it("of a line's intercept and slope is its level inside the data", () => {
    const [one, x] = bestKnownCombination(information, [0, 1])?.weights ?? [];
    expect((x ?? 0) / (one ?? 1)).toBeGreaterThan(4);
    expect((x ?? 0) / (one ?? 1)).toBeLessThan(14);
  });

  it("is none where the data do not touch a parameter", () => {
    const untouched = [
      [1, 0],
      [0, 0],
    ];
    expect(bestKnownCombination(untouched, [0, 1])).toBeUndefined();
  });
});
