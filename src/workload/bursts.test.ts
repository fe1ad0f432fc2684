import { expect, it } from "vitest";
import { holdFor, openStage, workloadPlan } from "../../test/helpers/workload-plan.ts";
import { indexOfDispersion } from "../stats/index.ts";
import { loadWorkload } from "./index.ts";

const LENGTH = 2_000_000;

it("bursts keep the mean rate and raise the dispersion as their theory says, over seeds", () => {
  const bursts = { factor: 8, for: 10_000, every: 100_000 };
  const stages = [openStage(0, LENGTH, [holdFor(5, LENGTH)])];
  const seeds = 30;
  let [sum, dispersion] = [0, 0];
  for (let seed = 0; seed < seeds; seed++) {
    const workload = loadWorkload(workloadPlan({ seed, stages, arrivals: { process: "poisson", cv: 1, bursts } }));
    const counts = new Float64Array(LENGTH / 60_000);
    let before = 0;
    for (const { at } of workload.arrivals()) {
      expect(at).toBeGreaterThanOrEqual(before);
      before = at;
      sum++;
      const minute = Math.floor(at / 60_000);
      if (minute < counts.length) counts[minute] = (counts[minute] ?? 0) + 1;
    }
    dispersion += indexOfDispersion(counts) / seeds;
  }
  // Variance of the rate p (1 - p) (h - c)², correlation time 1 / (1/10 s + 1/90 s) = 9 s: of a window T the index is
  // 1 + 2 var τ / rate (1 - (τ / T)(1 - exp(-T / τ))).
  const calm = 5 / 1.7;
  const variance = 0.1 * 0.9 * (7 * calm) ** 2;
  const expected = 1 + ((2 * variance * 9) / 5) * (1 - (9 / 60) * (1 - Math.exp(-60 / 9)));
  expect(dispersion / expected).toBeGreaterThan(0.75);
  expect(dispersion / expected).toBeLessThan(1.25);
  const mean = sum / seeds / (LENGTH / 1000);
  // Of a run: sqrt(index of long windows / (rate T)); of 30 runs, four of them.
  expect(Math.abs(mean / 5 - 1)).toBeLessThan(4 * Math.sqrt(expected / (5 * 2000) / seeds));
});
