import { describe, expect, it } from "vitest";
import { engineYaml } from "./engine-file.ts";
import { type FitResult, fitEngine } from "./fit.ts";
import { even, observationsOf, poisson, probed, serve, specOf, TRUTH } from "./test/synthetic.ts";

const SETTINGS = {
  dialect: "vllm",
  blocks: 2588,
  blockSize: 16,
  tokenBudget: 2048,
  maxSeqs: 256,
  prefixCache: true,
} as const;

const OVERHEAD = 3;
const TRUE_VALUES: Readonly<Record<string, number>> = { ...TRUTH, overhead: OVERHEAD };

function fitted(observations: ReturnType<typeof observationsOf>, holdout: number): FitResult {
  // A clock that stands still: the search ends by itself, the same on every machine.
  return fitEngine(observations, SETTINGS, { seed: 1, holdout, budgetMs: 1, now: () => 0 });
}

function estimate(result: FitResult, name: string) {
  const found = result.identification.estimates.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no estimate of ${name}`);
  return found;
}

describe("a fit to what a probe measured", () => {
  const results = [1, 2].map((seed) => fitted(observationsOf(probed(specOf(TRUTH), seed, OVERHEAD), false), 0));

  it("finds the fixed cost of a step to 3 %, the cost of a prefilled token to 10 %, and calls both identified", () => {
    for (const result of results) {
      expect(Math.abs(estimate(result, "c0").value / TRUTH.c0 - 1)).toBeLessThan(0.03);
      expect(Math.abs(estimate(result, "c2").value / TRUTH.c2 - 1)).toBeLessThan(0.1);
      expect(estimate(result, "c0").identified).toBe(true);
      expect(estimate(result, "c2").identified).toBe(true);
    }
  });

  it("covers the true values: at least nine in ten of all intervals over both seeds", () => {
    const all = results.flatMap(({ identification }) => identification.estimates);
    const covering = all.filter(({ name, low, high }) => {
      const truth = TRUE_VALUES[name] ?? Number.NaN;
      return low <= truth && truth <= high;
    });
    expect(covering.length / all.length).toBeGreaterThanOrEqual(0.9);
  });
});

describe("a fit to a run without noise, from an engine that is faster than any shape it starts from", () => {
  const planted = { c0: 9, c1: 0.05, c2: 0.08, n0: 200, ch: 0, d1: 6e-5, d2: 0.01, p1: 3e-6, p2: 0, kappa: 1.3 };
  const quiet = specOf(planted, { blocks: 7999, noise: { sigma: 0, stallProbability: 0, stallMin: 0, stallMax: 0 } });
  const results = [1, 2, 3].map((seed) =>
    fitEngine(
      observationsOf([serve(quiet, "run", poisson(seed, 240, 4), seed)], true),
      { ...SETTINGS, blocks: 8000 },
      { seed: 1, holdout: 0.5, budgetMs: 1, now: () => 0 },
    ),
  );

  it("holds the planted fixed cost of a step inside its interval, since nothing is nearer to the data than the planted engine", () => {
    for (const result of results) {
      const c0 = estimate(result, "c0");
      expect(c0.low).toBeLessThan(planted.c0);
      expect(c0.high).toBeGreaterThan(planted.c0);
      const missed = result.identification.estimates.filter(
        ({ name, low, high }) => name !== "overhead" && !(low <= planted[name] && planted[name] <= high),
      );
      expect(missed.length).toBeLessThanOrEqual(1);
    }
  });

  it("says that a cost per sequence and per context token of a prefill are not fitted", () => {
    for (const result of results) {
      const said = "ch and p2 are 0 (a cost per sequence and per context token of a prefill are not fitted)";
      expect(result.assumptions).toContain(said);
      expect(engineYaml(result)).toContain(`# Assumed: ${said}.`);
      expect(result.warnings).toEqual([]);
    }
  });
});

describe("data that say too little, or nothing that the model could have made", () => {
  const run = (count: number) => serve(specOf(TRUTH), "run", poisson(1, count, 4), 1);

  it("calls nothing identified on fewer than 30 requests", () => {
    const { identification } = fitted(observationsOf([run(12)], true), 0);
    expect(identification.estimates.filter(({ identified }) => identified)).toEqual([]);
  });

  it("says first that the model does not describe them, and withdraws what it would call identified", () => {
    const { kind, requests } = run(80);
    // First tokens that come at the same time whatever is asked, and answers that take no time after them.
    const absurd = requests.map((one, i) => ({
      ...one,
      firstTokenAt: one.arrivedAt + (i % 2 === 0 ? 5 : 20_000),
      lastTokenAt: one.arrivedAt + (i % 2 === 0 ? 60_000 : 20_010),
    }));
    const result = fitted(observationsOf([{ kind, requests: absurd }], true), 0.5);
    expect(result.warnings.join(" ")).toContain("The model does not describe these data");
    expect(result.identification.estimates.some(({ identified }) => identified)).toBe(false);
    expect(engineYaml(result)).toContain("# The model does not describe these data");
  });

  it("refuses a request beyond the context that the settings allow, with its line", () => {
    const { kind, requests } = run(40);
    const long = requests.map((one, i) => (i === 7 ? { ...one, inputTokens: 1_000_000, line: 8 } : one));
    expect(() => fitted(observationsOf([{ kind, requests: long }], true), 0.5)).toThrow(
      expect.objectContaining({ faults: [expect.objectContaining({ code: "FIT_CONTEXT", line: 8 })] }),
    );
  });
});

describe("a fit to one run at one even load", () => {
  const run = (seed: number) => observationsOf([serve(specOf(TRUTH), "run", even(160), seed)], true);
  const results = [1, 2, 3, 4, 5].map((seed) => fitted(run(seed), 0.5));

  it("predicts the requests that it has not seen: mean time a token to 3 %, mean response to 5 %", () => {
    for (const { held } of results) {
      const off = (name: string): number => {
        const found = held?.measures.find((measure) => measure.name === name);
        return Math.abs((found?.predicted ?? Number.NaN) / (found?.measured ?? Number.NaN) - 1);
      };
      expect(off("tpot mean")).toBeLessThan(0.03);
      expect(off("e2e mean")).toBeLessThan(0.05);
      expect(off("ttft mean")).toBeLessThan(0.08);
    }
  });

  it("does not claim to know what a sequence and its context add, and covers the fixed cost of a step whether it calls it identified or not", () => {
    for (const result of results) {
      for (const name of ["c1", "d1", "d2"]) expect(estimate(result, name).identified).toBe(false);
      const c0 = estimate(result, "c0");
      expect(c0.low <= TRUTH.c0 && TRUTH.c0 <= c0.high).toBe(true);
    }
    expect(results.filter((result) => !estimate(result, "c0").identified).length).toBeGreaterThanOrEqual(3);
  });

  it("becomes a stack file that a twin reads, marked where it is not known", async () => {
    const { parseStack } = await import("../stack/index.ts");
    const [result] = results;
    if (result === undefined) throw new Error("no result");
    const yaml = engineYaml(result);
    expect(parseStack(yaml).parts.size).toBe(1);
    expect(yaml).toContain("not identified");
    for (const p1 of [4.4901e-9, 5e-13]) {
      const small = engineYaml({ ...result, engine: { ...result.engine, costs: { ...result.engine.costs, p1 } } });
      expect(parseStack(small).parts.get("llm")).toMatchObject({ spec: { engine: { costs: { p1 } } } });
    }
  });
});
