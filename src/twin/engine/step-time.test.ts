import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeRunMs, decodeRunSteps, stepMs } from "./step-time.ts";
import type { StepCosts } from "./types.ts";

const coefficient = fc.double({ min: 0, max: 1, noNaN: true });
const anyCosts: fc.Arbitrary<StepCosts> = fc.record({
  c0: fc.double({ min: 0.1, max: 50, noNaN: true }),
  c1: coefficient,
  c2: coefficient,
  n0: fc.integer({ min: 1, max: 512 }),
  ch: coefficient,
  d1: fc.double({ min: 0, max: 1e-3, noNaN: true }),
  d2: coefficient,
  p1: fc.double({ min: 0, max: 1e-4, noNaN: true }),
  p2: fc.double({ min: 0, max: 1e-3, noNaN: true }),
  kappa: fc.double({ min: 1, max: 2, noNaN: true }),
});
const decodes = fc.array(fc.integer({ min: 1, max: 8000 }), { maxLength: 40 });
const chunks = fc.array(fc.tuple(fc.integer({ min: 1, max: 2048 }), fc.integer({ min: 0, max: 8000 })), {
  maxLength: 6,
});

test("a step's duration is the published formula, term by term, whatever decodes and prefill chunks share it", () => {
  fc.assert(
    fc.property(anyCosts, decodes, chunks, (costs, contexts, prefills) => {
      const tokens = contexts.length + prefills.reduce((sum, [m]) => sum + m, 0);
      let attention = 0;
      for (const context of contexts) attention += costs.d1 * context + costs.d2;
      let work = 0;
      let span = 0;
      for (const [m, context] of prefills) {
        attention += costs.p1 * m * (context + m / 2) + costs.p2 * (context + m);
        work += m * (context + m / 2);
        span += context + m;
      }
      const mixed = contexts.length > 0 && prefills.length > 0 ? costs.kappa : 1;
      const expected =
        costs.c0 +
        costs.c1 * Math.min(tokens, costs.n0) +
        costs.c2 * Math.max(0, tokens - costs.n0) +
        costs.ch * (contexts.length + prefills.length) +
        mixed * attention;
      const context = contexts.reduce((sum, each) => sum + each, 0);
      const sequences = contexts.length + prefills.length;
      const actual = stepMs(costs, tokens, sequences, contexts.length, context, work, span);
      expect(Math.abs(actual - expected)).toBeLessThan(1e-9 * expected);
    }),
  );
});

test("a run of decode steps in closed form lasts as long as its steps one by one", () => {
  fc.assert(
    fc.property(
      anyCosts,
      fc.array(fc.integer({ min: 1, max: 8000 }), { minLength: 1, maxLength: 64 }),
      fc.integer({ min: 0, max: 300 }),
      (costs, contexts, steps) => {
        const n = contexts.length;
        const context = contexts.reduce((sum, each) => sum + each, 0);
        let sum = 0;
        for (let i = 0; i < steps; i++) sum += stepMs(costs, n, n, n, context + i * n, 0, 0);
        const closed = decodeRunMs(stepMs(costs, n, n, n, context, 0, 0), costs.d1, n, steps);
        expect(Math.abs(closed - sum)).toBeLessThanOrEqual(1e-9 * sum);
      },
    ),
  );
});

test("as many decode steps fit into a time as end within it, and not one more", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 50, noNaN: true }),
      fc.double({ min: 0, max: 1e-3, noNaN: true }),
      fc.integer({ min: 1, max: 512 }),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      (first, d1, growth, ms) => {
        const steps = decodeRunSteps(first, d1, growth, ms);
        expect(decodeRunMs(first, d1, growth, steps)).toBeLessThanOrEqual(ms);
        expect(decodeRunMs(first, d1, growth, steps + 1)).toBeGreaterThan(ms);
      },
    ),
  );
});
