import { afterAll, expect, test } from "vitest";
import { simulateRequests } from "../simulate/index.ts";
import { parseStack } from "../stack/index.ts";
import { post, stopTwins, twinOf } from "./test/twin.ts";

const FAST = "costs: { c0: 0.2, c1: 0, c2: 0, d1: 0, p1: 0 }, noise: { sigma: 0, stallProbability: 0 }";
const POOL = `{ kind: pool, preset: tiny, models: [ quick ], engine: { ${FAST} }, answers: { median: 3, p95: 4, max: 4 } }`;
const STACK = `entry: front\nparts: { front: { kind: router, otherwise: { split: { a: 1, b: 1 } } }, a: ${POOL}, b: ${POOL} }`;
const CALLS = 24;

afterAll(stopTwins);

test("the first call of a live twin draws what the first call of a simulation draws, and so on", async () => {
  const simulated: (string | undefined)[] = [];
  const requests = Array.from({ length: CALLS }, (_, i) => ({ at: 1000 * i, inputTokens: 20, outputTokens: 3 }));
  simulateRequests(parseStack(STACK), requests, { done: (_, { replica }) => simulated.push(replica) });
  const twin = await twinOf(STACK);
  const live: (string | null)[] = [];
  for (let i = 0; i < CALLS; i++) {
    const response = await post(`${twin.url}/v1/chat/completions`, { messages: [{ role: "user", content: "Hello" }] });
    await response.text();
    live.push(response.headers.get("x-replica"));
  }
  expect(new Set(live).size).toBe(2);
  expect(live).toEqual(simulated);
});
