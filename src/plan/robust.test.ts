import fc from "fast-check";
import { expect, test } from "vitest";
import { PlimsollError } from "../base/index.ts";
import { publicPlan } from "./public.ts";
import { resolvePlan } from "./resolve.ts";
import { keysAt } from "./schema/known-keys.ts";
import { planSchema } from "./schema/plan.ts";

const BASE = {
  target: { url: "http://h/v1", model: "m", headers: { a: "b" }, timeouts: { connect: "5s" }, retries: { count: 1 } },
  expect: { peak: "4/s" },
  workload: {
    personas: [{ name: "a", prompts: "faq", turns: { mean: 3 }, think: { median: "5s" } }],
    arrivals: { process: "gamma", cv: 1.4 },
  },
  stages: [
    { rest: "5s" },
    { ramp: "1m", to: "2x" },
    { spike: "10s", to: "5x" },
    { steady: "1m", load: [{ hold: "1x" }] },
  ],
  slo: ["ttft.p95 < 800ms", { expect: "errors.rate < 1%", window: "1m" }],
  prices: { input: "$1/M", output: "$1/M" },
  budget: { cost: "$5" },
  generator: { workers: 1 },
};

const words = fc.constantFrom(
  "30s",
  "2x",
  "5/s",
  "3 users",
  "1%",
  "$5",
  "$1/M",
  "faq",
  "ttft.p95 < baseline",
  "${X}",
  "0s",
  "__proto__",
  "\u0000",
  "-1",
);
const value: fc.Arbitrary<unknown> = fc.oneof(
  { depthSize: "small" },
  words,
  fc.jsonValue({ maxDepth: 2 }),
  fc.double(),
);

/** The answer is a plan that is plain data, or faults that each can be acted on; nothing else. */
function answers(input: unknown): void {
  try {
    const { plan } = resolvePlan(input, { env: {} });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(() => publicPlan(plan)).not.toThrow();
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    expect(error.faults.length).toBeGreaterThan(0);
    for (const fault of error.faults) {
      expect(fault.code).toMatch(/^PLAN_[A-Z_]+$/);
      expect(fault.hint).toMatch(/^[A-Z].*[.?]$/s);
      expect(fault.received ?? "").not.toContain("[object");
    }
  }
}

test("any data at all is answered with a plan or with faults", () => {
  const sections = keysAt(planSchema, []);
  const plan = fc.dictionary(fc.oneof(fc.constantFrom(...sections), fc.string()), value, { maxKeys: 6 });
  fc.assert(fc.property(fc.oneof(value, plan), answers), { numRuns: 300 });
});

/** Every place of the plan above. */
function places(node: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof node !== "object" || node === null) return [path];
  return [path, ...Object.entries(node).flatMap(([key, item]) => places(item, [...path, key]))];
}

function replaced(node: unknown, path: readonly string[], by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  if (Array.isArray(node)) return node.map((item: unknown, i) => (String(i) === key ? replaced(item, rest, by) : item));
  return { ...Object(node), [key]: replaced(Reflect.get(Object(node), key), rest, by) };
}

test("a plan with anything put in any place is answered with a plan or with faults", () => {
  expect(() => resolvePlan(BASE, { env: {} })).not.toThrow();
  const spoiled = fc.array(fc.tuple(fc.constantFrom(...places(BASE)), value), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(spoiled, (changes) => {
      answers(changes.reduce<unknown>((plan, [path, by]) => replaced(plan, path, by), BASE));
    }),
    { numRuns: 700 },
  );
});
