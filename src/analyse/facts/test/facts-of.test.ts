import { expect, it } from "vitest";
import { factsOf } from "./facts-of.ts";

it("a sketch of a run gives the columns that a folder of such a run would", () => {
  const facts = factsOf({
    stages: [
      { kind: "steady", seconds: 10, at: 2 },
      { kind: "ramp", seconds: 10, from: 2, to: 12 },
    ],
    drain: 3,
    slo: ["ttft.p95 < 800ms"],
    client: { ttftP95: (_, asked) => 100 * asked },
    servers: [{ concept: "server.queued", values: 7 }],
  });
  expect(facts.bins).toBe(23);
  expect(facts.stages).toMatchObject([
    { name: "steady", from: 0, to: 10, isSteady: true, mean: 2, peak: 2 },
    { name: "ramp", from: 10, to: 20, isSteady: false, peak: 11.5 },
  ]);
  expect(facts.stages[1]?.mean).toBeCloseTo(7, 9);
  expect(facts.load.asked[10]).toBeCloseTo(2.5, 9);
  expect(facts.client.ttftP95[19]).toBeCloseTo(1150, 9);
  expect(facts.load.asked[21]).toBeNaN();
  expect([facts.load.started[21], facts.client.attempts[0], facts.servers[0]?.values[22]]).toEqual([0, 2, 7]);
  expect(facts.manifest.slo).toHaveLength(1);
});
