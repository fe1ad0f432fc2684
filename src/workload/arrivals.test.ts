import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asker, closedStage, holdFor, openStage, workloadPlan } from "../../test/helpers/workload-plan.ts";
import type { Arrivals, Plan, Stage } from "../plan/index.ts";
import {
  coefficientOfVariation,
  indexOfDispersion,
  kolmogorovP,
  ksExponential,
  mean,
  normalQuantile,
} from "../stats/index.ts";
import { type Arrival, loadWorkload } from "./index.ts";

const poisson: Arrivals = { process: "poisson", cv: 1 };
const PROCESSES: readonly Arrivals[] = [
  { process: "constant", cv: 0 },
  poisson,
  { process: "gamma", cv: 0.5 },
  { process: "gamma", cv: 2.5 },
  { process: "weibull", cv: 0.5 },
  { process: "weibull", cv: 2.5 },
];
const process = fc.constantFrom(...PROCESSES);
const seed = fc.integer({ min: 0, max: 2 ** 48 });

/** A rest, a wave that dips below zero, a closed stage, an exponential ramp with a spike on top, steps. */
const stages: readonly Stage[] = [
  openStage(0, 5000, []),
  openStage(5000, 20_000, [
    holdFor(6, 20_000),
    { shape: "sine", amplitude: 9, period: 4000, phase: 1, at: 0, for: 20_000 },
  ]),
  closedStage(25_000, 5000, [holdFor(7, 5000)]),
  openStage(30_000, 20_000, [
    { shape: "ramp", curve: "exponential", from: 0.5, to: 30, at: 0, for: 20_000 },
    { shape: "spike", value: 40, rise: 1000, at: 8000, for: 4000 },
  ]),
  openStage(50_000, 10_000, [{ shape: "steps", from: 20, to: 2, count: 4, at: 0, for: 10_000 }]),
];

function times(plan: Plan): Float64Array {
  return Float64Array.from(loadWorkload(plan).arrivals(), ({ at }) => at);
}

function held(rate: number, seconds: number, arrivals: Arrivals, of: number): Plan {
  return workloadPlan({ seed: of, arrivals, stages: [openStage(0, seconds * 1000, [holdFor(rate, seconds * 1000)])] });
}

function perSecond(at: Float64Array, seconds: number): Float64Array {
  const counts = new Float64Array(seconds);
  for (const time of at) {
    const second = Math.floor(time / 1000);
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}

describe("arrivals", () => {
  it("are the same on any number of workers: the slices by session number make up the whole, users and prompts too", () => {
    fc.assert(
      fc.property(seed, process, fc.integer({ min: 1, max: 8 }), (of, arrivals, workers) => {
        const plan = workloadPlan({ seed: of, arrivals, stages });
        const one = loadWorkload(plan);
        const whole = [...one.arrivals()];
        const dealt: Arrival[] = [];
        for (let worker = 0; worker < workers; worker++) {
          const own = loadWorkload(plan);
          for (const arrival of own.arrivals()) {
            if (arrival.session % workers !== worker) continue;
            dealt.push(arrival);
            expect(own.session(arrival.session)).toEqual(one.session(arrival.session));
          }
        }
        expect(dealt.sort((x, y) => x.session - y.session)).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  it("do not move when prompts, thinking, patience, turns or personas change", () => {
    fc.assert(
      fc.property(seed, process, (of, arrivals) => {
        const changed = workloadPlan({
          seed: of,
          arrivals,
          stages,
          personas: [
            {
              ...asker,
              prompts: { kind: "builtin", set: "code" },
              think: { kind: "fixed", value: 9 },
              patience: { kind: "fixed", value: 7 },
            },
            { ...asker, name: "other", weight: 3, turns: { kind: "geometric", mean: 4 } },
          ],
        });
        expect(times(changed)).toEqual(times(workloadPlan({ seed: of, arrivals, stages })));
      }),
      { numRuns: 20 },
    );
  });

  it("come in order, numbered from 0, inside the open stage that they name, and only where it asks for load", () => {
    fc.assert(
      fc.property(seed, process, (of, arrivals) => {
        const workload = loadWorkload(workloadPlan({ seed: of, arrivals, stages }));
        let before = 0;
        let next = 0;
        for (const { at, stage, session } of workload.arrivals()) {
          const { from = Number.NaN, duration = Number.NaN, unit } = stages[stage] ?? {};
          expect(session).toBe(next++);
          expect(at).toBeGreaterThanOrEqual(before);
          expect(unit).toBe("sessions/s");
          expect(at >= from && at < from + duration).toBe(true);
          expect(workload.expectedSessions(at - 0.01, at + 0.01)).toBeGreaterThan(0);
          before = at;
        }
      }),
      { numRuns: 40 },
    );
  });

  it("of a metronome number what the load asks for, give or take one, and do not begin in step", () => {
    const phases = new Set<number>();
    for (let of = 0; of < 50; of++) {
      const workload = loadWorkload(workloadPlan({ seed: of, arrivals: { process: "constant", cv: 0 }, stages }));
      const all = [...workload.arrivals()];
      expect(Math.abs(all.length - workload.expectedSessions(0, 60_000))).toBeLessThan(1);
      const first = all[0]?.at ?? Number.NaN;
      expect(first).toBeGreaterThan(5000);
      phases.add(first);
    }
    expect(phases.size).toBe(50);
  });

  it("of a metronome at a steady rate are exactly one gap apart", () => {
    const at = times(held(8, 60, { process: "constant", cv: 0 }, 5));
    expect(at.length).toBe(480);
    for (let i = 1; i < at.length; i++) expect((at[i] ?? 0) - (at[i - 1] ?? 0)).toBeCloseTo(125, 6);
  });

  it("a million of them are drawn lazily, each iteration the same", () => {
    const workload = loadWorkload(held(10_000, 100, poisson, 3));
    let count = 0;
    for (const _ of workload.arrivals()) count++;
    expect(Math.abs(count - 1e6)).toBeLessThan(5000);
    const [first, second] = [workload.arrivals().next(), workload.arrivals().next()];
    expect(first).toEqual(second);
  });
});

describe("Poisson arrivals", () => {
  /** Two-sided chi-square bounds of (n - 1) times the index, Wilson and Hilferty 1931; over all seeds together a false alarm in a thousand. */
  function bounds(windows: number, looks: number): readonly [number, number] {
    const df = windows - 1;
    const z = normalQuantile(1 - 0.001 / looks / 2);
    const h = 2 / (9 * df);
    return [(1 - h - z * Math.sqrt(h)) ** 3, (1 - h + z * Math.sqrt(h)) ** 3];
  }

  it("have an index of dispersion of 1 per second, dealt to 1, 2, 4 or 10 workers and each worker's slice put together again", () => {
    const seconds = 300;
    const seeds = 40;
    const [low, high] = bounds(seconds, seeds);
    const indices: number[] = [];
    for (let of = 0; of < seeds; of++) {
      const plan = held(40, seconds, poisson, of);
      const workers = [1, 2, 4, 10][of % 4] ?? 1;
      const counts = new Float64Array(seconds);
      for (let worker = 0; worker < workers; worker++) {
        for (const { session, at } of loadWorkload(plan).arrivals()) {
          const second = Math.floor(at / 1000);
          if (session % workers === worker) counts[second] = (counts[second] ?? 0) + 1;
        }
      }
      const index = indexOfDispersion(counts);
      expect(index).toBeGreaterThan(low);
      expect(index).toBeLessThan(high);
      indices.push(index);
    }
    // The mean of 40 indices has a standard error of sqrt(2 / 299 / 40) = 0.0129.
    expect(Math.abs(mean(indices) - 1)).toBeLessThan(4 * 0.0129);
  });

  it("follow a changing rate: gaps rescaled by the integral of the rate are exponential (Kolmogorov-Smirnov)", () => {
    for (let of = 0; of < 20; of++) {
      const workload = loadWorkload(workloadPlan({ seed: of, stages }));
      const gaps: number[] = [];
      let before = 0;
      for (const { at } of workload.arrivals()) {
        gaps.push(workload.expectedSessions(before, at));
        before = at;
      }
      // Of 20 seeds at one in 20,000 each, a false alarm in a thousand.
      expect(kolmogorovP(ksExponential(gaps), gaps.length)).toBeGreaterThan(0.001 / 20);
    }
  });

  it("number in a ramp what the integral of the rate says, in each tenth of it", () => {
    const ramp = openStage(0, 100_000, [{ shape: "ramp", curve: "linear", from: 0, to: 40, at: 0, for: 100_000 }]);
    const tenths = new Float64Array(10);
    const seeds = 50;
    for (let of = 0; of < seeds; of++) {
      for (const at of times(workloadPlan({ seed: of, stages: [ramp] }))) {
        tenths[Math.floor(at / 10_000)] = (tenths[Math.floor(at / 10_000)] ?? 0) + 1;
      }
    }
    const workload = loadWorkload(workloadPlan({ stages: [ramp] }));
    let chiSquare = 0;
    for (let i = 0; i < 10; i++) {
      const expected = seeds * workload.expectedSessions(i * 10_000, (i + 1) * 10_000);
      chiSquare += ((tenths[i] ?? 0) - expected) ** 2 / expected;
    }
    // Chi-square of 10 degrees of freedom exceeds 29.59 once in a thousand times.
    expect(chiSquare).toBeLessThan(29.59);
  });
});

describe("renewal arrivals", () => {
  it.each(PROCESSES.filter(({ process }) => process !== "constant"))(
    "of $process with cv $cv keep the mean rate and the coefficient of variation",
    (arrivals) => {
      const at = times(held(100, 2000, arrivals, 17));
      const gaps = at.slice(1).map((time, i) => time - (at[i] ?? 0));
      const { cv } = arrivals;
      // Counts of a renewal process have variance n cv² (Cox 1962, section 3.3); five standard errors.
      expect(Math.abs(at.length - 200_000)).toBeLessThan(5 * cv * Math.sqrt(200_000));
      expect(Math.abs(mean(gaps) - 10)).toBeLessThan((5 * 10 * cv) / Math.sqrt(at.length));
      expect(Math.abs(coefficientOfVariation(gaps) / cv - 1)).toBeLessThan(0.05);
    },
  );

  it.each(PROCESSES)(
    "of $process with cv $cv are as many in the first second as in any other: they start in equilibrium",
    (arrivals) => {
      const seeds = 3000;
      const first = new Float64Array(seeds);
      for (let of = 0; of < seeds; of++) first[of] = perSecond(times(held(2, 2, arrivals, of)), 2)[0] ?? 0;
      const deviation = Math.sqrt(Math.max(0.05, indexOfDispersion(first)) * 2);
      expect(Math.abs(mean(first) - 2)).toBeLessThan((4 * deviation) / Math.sqrt(seeds));
    },
  );

  it("of cv 7, as in recorded traffic of code assistants, come in bursts", () => {
    const counts = perSecond(times(held(20, 1000, { process: "gamma", cv: 7 }, 2)), 1000);
    expect(indexOfDispersion(counts)).toBeGreaterThan(8);
  });
});
