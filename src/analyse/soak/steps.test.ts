import { expect, it } from "vitest";
import { randomStream } from "../../base/index.ts";
import { ar1Series } from "../../stats/index.ts";
import { factsOf } from "../facts/test/facts-of.ts";
import { stepsRule } from "./steps.ts";

const SECONDS = 300;

function run(
  seed: number,
  level: (second: number) => number,
  load: { at?: number; from?: number; to?: number } = { at: 5 },
) {
  const noise = ar1Series({ mean: 0, phi: 0.5, sd: 0.2 }, SECONDS, randomStream(seed, "steps"));
  return factsOf({
    stages: [{ kind: "steady", seconds: SECONDS, ...load }],
    client: { ttftP50: (second) => 200 * level(second) * Math.exp(noise[second] ?? 0) },
  });
}

const seeds = Array.from({ length: 60 }, (_, seed) => seed);
const findings = async (facts: ReturnType<typeof run>) => (await stepsRule.look(facts, undefined)).findings;

it("a latency that doubles at one moment and stays is found within ten seconds in at least 95 % of the runs", async () => {
  const found = await Promise.all(seeds.map((seed) => findings(run(seed, (second) => (second < 180 ? 1 : 2)))));
  const right = found.filter(
    ([first, ...more]) => more.length === 0 && Math.abs((first?.from ?? 0) - 180_000) <= 10_000,
  );
  expect(right.length).toBeGreaterThanOrEqual(57);
});

it("no step is seen in at least 95 % of the runs without one, nor in a spike, in a queue that grows, or on a ramp", async () => {
  const calm = await Promise.all(seeds.map((seed) => findings(run(seed, () => 1))));
  expect(calm.filter((list) => list.length > 0).length).toBeLessThanOrEqual(3);
  expect(await findings(run(1, (second) => (second >= 150 && second < 160 ? 8 : 1)))).toEqual([]);
  expect(await findings(run(1, (second) => 1 + second / 20))).toEqual([]);
  expect(await findings(run(1, (second) => (second < 180 ? 1 : 3), { from: 1, to: 9 }))).toEqual([]);
});
