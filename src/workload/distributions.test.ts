import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomStream } from "../base/index.ts";
import type { Distribution } from "../plan/index.ts";
import { coefficientOfVariation, kolmogorovP, ksExponential, mean, median, normalCdf } from "../stats/index.ts";
import { countSamplerOf, samplerOf } from "./distributions.ts";
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
  ])("%s fits its distribution function (Kolmogorov-Smirnov)", (_, distribution, cdf) => {
    expect(fits(draws(distribution), cdf)).toBeGreaterThan(0.001);
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
