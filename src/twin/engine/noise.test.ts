import fc from "fast-check";
import { expect, test } from "vitest";
import { randomStream } from "../../base/index.ts";
import { normalCdf } from "../../stats/index.ts";
import { StepNoiseSource } from "./noise.ts";
import type { StepNoise } from "./types.ts";

const QUIET: StepNoise = { sigma: 0, stallProbability: 0, stallMin: 0, stallMax: 0 };
const source = (noise: StepNoise, seed = 1) =>
  new StepNoiseSource(noise, randomStream(seed, "factors"), randomStream(seed, "holds"));

test("factors are lognormal of mean 1: their mean, and how many lie below each of seven quantiles", () => {
  const sigma = 0.3;
  const n = 200_000;
  const noise = source({ ...QUIET, sigma });
  const draws = Float64Array.from({ length: n }, () => noise.factor()).sort();
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / n;
  // Standard error of the mean is about sigma / sqrt(n).
  expect(Math.abs(mean - 1)).toBeLessThan((4 * sigma) / Math.sqrt(n));
  for (const z of [-3, -2, -1, 0, 1, 2, 3]) {
    const bound = Math.exp(sigma * z - sigma ** 2 / 2);
    const share = draws.findIndex((draw) => draw > bound) / n;
    const p = normalCdf(z);
    expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n) + 3e-4);
  }
});

test("a sound engine without noise draws nothing and is never held up", () => {
  const factors = randomStream(3, "factors");
  const holds = randomStream(3, "holds");
  const noise = new StepNoiseSource(QUIET, factors, holds);
  for (let i = 0; i < 100; i++) expect([noise.factor(), noise.hold()]).toEqual([1, 0]);
  expect(noise.stepsUntilHold).toBe(Number.POSITIVE_INFINITY);
  expect(factors.uint32()).toBe(randomStream(3, "factors").uint32());
  expect(holds.uint32()).toBe(randomStream(3, "holds").uint32());
});

test("one step in a thousand is held up, for a time within its bounds, and the gaps between are geometric", () => {
  const noise = source({ ...QUIET, stallProbability: 1e-3, stallMin: 20, stallMax: 50 });
  const steps = 2_000_000;
  let count = 0;
  let alone = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < steps; i++) {
    const ms = noise.hold();
    if (ms === 0) continue;
    expect(ms >= 20 && ms <= 50).toBe(true);
    count++;
    if (i - last > 1000) alone++;
    last = i;
  }
  expect(Math.abs(count - 2000)).toBeLessThan(4 * Math.sqrt(2000));
  // P(gap > 1000) = 0.999^1000.
  expect(Math.abs(alone / count - 0.999 ** 1000)).toBeLessThan(4 * Math.sqrt(0.24 / count));
});

test("passing over steps at once leaves the same hold-ups as passing them one by one", () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }), (seed, jumps) => {
      const spec = { ...QUIET, stallProbability: 0.05, stallMin: 1, stallMax: 2 };
      const single = source(spec, seed);
      const jumping = source(spec, seed);
      for (const jump of jumps) {
        const steps = Math.min(jump, jumping.stepsUntilHold);
        jumping.skip(steps);
        for (let i = 0; i < steps; i++) expect(single.hold()).toBe(0);
        expect(jumping.hold()).toBe(single.hold());
      }
    }),
  );
});

test("switching hold-ups on leaves the factors as they were", () => {
  const calm = source({ ...QUIET, sigma: 0.05 });
  const jerky = source({ sigma: 0.05, stallProbability: 0.5, stallMin: 1, stallMax: 2 });
  for (let i = 0; i < 50; i++) {
    jerky.hold();
    expect(jerky.factor()).toBe(calm.factor());
  }
});
