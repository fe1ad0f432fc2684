import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomStream } from "../base/index.ts";
import type { Distribution } from "../plan/index.ts";
import {
  coefficientOfVariation,
  gammaCdf,
  kolmogorovP,
  ksExponential,
  mean,
  median,
  normalCdf,
  variance,
} from "../stats/index.ts";
import { countSamplerOf, lawOf, samplerOf } from "./distributions.ts";
import { inputFiles } from "./files.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-distributions-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const DRAWS = 20_000;

function draws(distribution: Distribution, count = DRAWS): Float64Array {
  const files = inputFiles();
  const sample = samplerOf(distribution, files, "think");
  expect(files.faults).toEqual([]);
  const random = randomStream(23, distribution.kind);
  return Float64Array.from({ length: count }, () => sample(random));
}

/** The distribution function of what lies between two bounds. */
function between(cdf: (x: number) => number, min: number, max: number): (x: number) => number {
  return (x) => (cdf(x) - cdf(min)) / (cdf(max) - cdf(min));
}

/** Values turned by their own distribution function into exponential ones, and tested for it. */
function fits(values: Float64Array, cdf: (x: number) => number): number {
  return kolmogorovP(ksExponential(values.map((x) => -Math.log1p(-Math.min(cdf(x), 1 - 1e-16)))), values.length);
}

describe("a distribution of the plan", () => {
  it("fixed gives its value", () => {
    expect(new Set(draws({ kind: "fixed", value: 3 }, 10))).toEqual(new Set([3]));
  });

  it.each<[string, Distribution, (x: number) => number]>([
    ["uniform", { kind: "uniform", min: 2, max: 6 }, (x) => (x - 2) / 4],
    ["exponential", { kind: "exponential", mean: 5 }, (x) => -Math.expm1(-x / 5)],
    ["lognormal", { kind: "lognormal", median: 60, sigma: 1.2 }, (x) => normalCdf(Math.log(x / 60) / 1.2)],
    [
      "normal, cut at both ends",
      { kind: "normal", mean: 10, sd: 4, min: 8, max: 20 },
      (x) => (normalCdf((x - 10) / 4) - normalCdf(-0.5)) / (normalCdf(2.5) - normalCdf(-0.5)),
    ],
    [
      "normal, cut to its far tail",
      { kind: "normal", mean: 0, sd: 1, min: 6, max: 9 },
      (x) => 1 - (normalCdf(-x) - normalCdf(-9)) / (normalCdf(-6) - normalCdf(-9)),
    ],
    ["gamma, wider than exponential", { kind: "gamma", mean: 200, cv: 1.6 }, (x) => gammaCdf(1 / 2.56, x / 512)],
    ["pareto", { kind: "pareto", min: 50, alpha: 1.3 }, (x) => 1 - (50 / x) ** 1.3],
    [
      "lognormal, cut at both ends",
      { kind: "lognormal", median: 500, sigma: 1, min: 200, max: 4000 },
      between((x) => normalCdf(Math.log(x / 500)), 200, 4000),
    ],
    ["exponential, cut above", { kind: "exponential", mean: 30, max: 40 }, between((x) => -Math.expm1(-x / 30), 0, 40)],
    [
      "gamma, cut below",
      { kind: "gamma", mean: 100, cv: 0.5, min: 90 },
      between((x) => gammaCdf(4, x / 25), 90, Number.POSITIVE_INFINITY),
    ],
    [
      "pareto, cut above",
      { kind: "pareto", min: 10, alpha: 0.9, max: 1000 },
      between((x) => 1 - (10 / x) ** 0.9, 10, 1000),
    ],
    [
      "mixture of two humps",
      {
        kind: "mixture",
        parts: [
          { weight: 3, of: { kind: "uniform", min: 0, max: 100 } },
          { weight: 1, of: { kind: "exponential", mean: 400 } },
        ],
      },
      (x) => 0.75 * Math.min(1, x / 100) + 0.25 * -Math.expm1(-x / 400),
    ],
    [
      "quantiles",
      {
        kind: "quantiles",
        points: [
          [0, 0],
          [0.5, 10],
          [0.9, 50],
          [1, 200],
        ],
      },
      (x) => (x < 10 ? x / 20 : x < 50 ? 0.5 + (x - 10) / 100 : 0.9 + (x - 50) / 1500),
    ],
  ])("%s fits its distribution function (Kolmogorov-Smirnov)", (_, distribution, cdf) => {
    expect(fits(draws(distribution), cdf)).toBeGreaterThan(0.001);
  });

  const measured: fc.Arbitrary<Distribution> = fc.oneof(
    fc.record({
      kind: fc.constant("gamma" as const),
      mean: fc.double({ min: 5, max: 5000, noNaN: true }),
      cv: fc.double({ min: 0.2, max: 2, noNaN: true }),
    }),
    fc.record({
      kind: fc.constant("lognormal" as const),
      median: fc.double({ min: 5, max: 5000, noNaN: true }),
      sigma: fc.double({ min: 0.1, max: 1, noNaN: true }),
      max: fc.constant(8000),
    }),
    fc.record({
      kind: fc.constant("pareto" as const),
      min: fc.double({ min: 5, max: 50, noNaN: true }),
      alpha: fc.double({ min: 0.5, max: 3, noNaN: true }),
      max: fc.constant(1000),
    }),
    fc.record({
      kind: fc.constant("normal" as const),
      mean: fc.double({ min: -50, max: 150, noNaN: true }),
      sd: fc.double({ min: 10, max: 100, noNaN: true }),
      min: fc.constant(1),
      max: fc.constant(100),
    }),
    fc.record({
      kind: fc.constant("exponential" as const),
      mean: fc.double({ min: 5, max: 5000, noNaN: true }),
      min: fc.constant(3),
    }),
  );

  it("reaches the mean and the percentiles that its law states, whatever the parameters and the seed", () => {
    fc.assert(
      fc.property(measured, fc.oneof(fc.constant(undefined), measured), fc.nat(), (one, other, seed) => {
        const distribution: Distribution =
          other === undefined
            ? one
            : {
                kind: "mixture",
                parts: [
                  { weight: 2, of: one },
                  { weight: 1, of: other },
                ],
              };
        const law = lawOf(distribution, inputFiles(), "tokens");
        const random = randomStream(seed, "law");
        const n = 2000;
        const values = Float64Array.from({ length: n }, () => law.at(random.next())).sort();
        // Six standard errors: a false alarm in 10^9 draws for the mean's normal limit, and for binomial counts.
        const error = Math.sqrt(variance(values) / n);
        expect(Math.abs(mean(values) - law.mean())).toBeLessThan(6 * error + 1e-9);
        for (const p of [0.5, 0.95]) {
          const quantile = law.quantile(p);
          const below = values.filter((x) => x <= quantile).length / n;
          expect(Math.abs(below - p)).toBeLessThan(6 * Math.sqrt((p * (1 - p)) / n) + 1e-3);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("lognormal has its median where the plan says", () => {
    expect(Math.abs(median(draws({ kind: "lognormal", median: 60, sigma: 1 })) / 60 - 1)).toBeLessThan(0.04);
  });

  it("geometric counts from 1, has its mean, and falls by the same factor from each number to the next", () => {
    const values = draws({ kind: "geometric", mean: 4 });
    expect(values.every((x) => Number.isInteger(x) && x >= 1)).toBe(true);
    const sd = Math.sqrt(0.75) * 4;
    expect(Math.abs(mean(values) - 4)).toBeLessThan((4 * sd) / Math.sqrt(DRAWS));
    expect(Math.abs(coefficientOfVariation(values) - Math.sqrt(0.75))).toBeLessThan(0.03);
    const ones = values.filter((x) => x === 1).length;
    expect(Math.abs(ones - DRAWS / 4)).toBeLessThan(4 * Math.sqrt((DRAWS * 3) / 16));
    expect(new Set(draws({ kind: "geometric", mean: 1 }, 20))).toEqual(new Set([1]));
  });

  it("normal never leaves its bounds, even where they lie beyond what a double can tell", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -100, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (min, width) => {
          for (const x of draws({ kind: "normal", mean: 0, sd: 1, min, max: min + width }, 5)) {
            expect(x >= min && x <= min + width).toBe(true);
          }
        },
      ),
    );
  });

  it("draws move with a changed parameter, in the same order", () => {
    const short = draws({ kind: "lognormal", median: 10, sigma: 1 }, 50);
    const long = draws({ kind: "lognormal", median: 20, sigma: 1 }, 50);
    short.forEach((x, i) => {
      expect(long[i]).toBeCloseTo(2 * x, 9);
    });
  });

  it("empirical draws rows of a CSV column with replacement, quoted cells and CRLF and all", () => {
    const file = join(folder, "lengths.csv");
    writeFileSync(file, 'at,"tokens, in",note\r\n1,10,"a ""quoted"" note"\r\n2,20,"two\r\nlines"\r\n3,"30",\r\n');
    const values = draws({ kind: "empirical", file, column: "tokens, in" }, 3000);
    expect(new Set(values)).toEqual(new Set([10, 20, 30]));
    expect(Math.abs(mean(values) - 20)).toBeLessThan((4 * 8.17) / Math.sqrt(3000));
  });

  it("names every fault of its file with line and hint", () => {
    const file = join(folder, "bad.csv");
    writeFileSync(file, "tokens\n5\nmany\n\n7\n-\n");
    const empty = join(folder, "empty.csv");
    writeFileSync(empty, "tokens\n");
    const open = join(folder, "open.csv");
    writeFileSync(open, 'tokens\n"5\n6\n');
    const binary = join(folder, "binary.csv");
    writeFileSync(binary, Buffer.of(0xff, 0xfe, 0x00));
    const files = inputFiles();
    for (const [name, column] of [
      [file, "tokens"],
      [file, "token"],
      [empty, "tokens"],
      [open, "tokens"],
      [binary, "tokens"],
      [join(folder, "none.csv"), "tokens"],
      [folder, "tokens"],
    ] as const) {
      samplerOf({ kind: "empirical", file: name, column }, files, "workload.personas[0].think");
    }
    expect(files.faults.map(({ code, line }) => [code, line])).toEqual([
      ["WORKLOAD_NOT_A_NUMBER", 3],
      ["WORKLOAD_NOT_A_NUMBER", 6],
      ["WORKLOAD_COLUMN_MISSING", 1],
      ["WORKLOAD_FILE_EMPTY", undefined],
      ["WORKLOAD_CSV_OPEN_QUOTE", 2],
      ["WORKLOAD_FILE_NOT_UTF8", undefined],
      ["WORKLOAD_FILE_UNREADABLE", undefined],
      ["WORKLOAD_FILE_UNREADABLE", undefined],
    ]);
    for (const fault of files.faults) {
      expect(fault.hint).toMatch(/^[A-Z]/);
      expect(fault.path).toMatch(/^workload\.personas\[0\]\.think/);
    }
  });
});

describe("whole numbers from a range", () => {
  it("are each as likely, the ends too", () => {
    const sample = countSamplerOf({ kind: "uniform", min: 1, max: 3 }, inputFiles(), "turns");
    const random = randomStream(5, "whole");
    const seen = [0, 0, 0, 0, 0];
    const n = 30_000;
    for (let i = 0; i < n; i++) {
      const value = sample(random);
      seen[value] = (seen[value] ?? 0) + 1;
    }
    expect(seen[0]).toBe(0);
    expect(seen[4]).toBe(0);
    // Four standard deviations of a binomial share of a third.
    for (const count of seen.slice(1, 4)) expect(Math.abs(count - n / 3)).toBeLessThan(4 * Math.sqrt((n * 2) / 9));
  });
});
