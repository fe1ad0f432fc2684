import fc from "fast-check";
import { expect, test } from "vitest";
import { HpaMemory, type HpaRules, recommend } from "./hpa.ts";

const SECOND = 1000;
const RULES: HpaRules = {
  min: 1,
  max: 100,
  target: 5,
  tolerance: 0.1,
  up: { window: 0, pods: 4, percent: 100, period: 15 * SECOND },
  down: { window: 300 * SECOND, pods: 0, percent: 100, period: 15 * SECOND },
};

test("3 replicas with 14 waiting each and a target of 5: 9 are wanted, 4 may come at once, the rest in 15 s", () => {
  const memory = new HpaMemory();
  expect(recommend(3, 42, RULES)).toBe(9);
  expect(memory.decide(0, 3, 42, RULES)).toBe(7);
  expect(memory.decide(15 * SECOND, 7, 42, RULES)).toBe(9);
  expect(memory.decide(30 * SECOND, 9, 42, RULES)).toBe(9);
});

test("the documentation's examples: twice the metric doubles the replicas, half of it halves them", () => {
  expect(recommend(1, 200, { target: 100, tolerance: 0.1 })).toBe(2);
  expect(recommend(2, 100, { target: 100, tolerance: 0.1 })).toBe(1);
});

test("nothing happens within a tenth of the target", () => {
  expect(recommend(10, 55, RULES)).toBe(10);
  expect(recommend(10, 45, RULES)).toBe(10);
  expect(recommend(10, 55.1, RULES)).toBe(12);
  expect(recommend(10, 44.9, RULES)).toBe(9);
});

test("a spike that ends pays for five minutes: down follows the highest recommendation of the last 300 s", () => {
  const memory = new HpaMemory();
  let current = 2;
  const trace: number[] = [];
  for (let at = 0; at <= 360 * SECOND; at += 15 * SECOND) {
    current = memory.decide(at, current, at <= 15 * SECOND ? 40 : 5, RULES);
    trace.push(current);
  }
  expect(trace.slice(0, 3)).toEqual([6, 8, 8]);
  const fell = trace.lastIndexOf(8) + 1;
  expect(fell * 15).toBe(315);
  expect(trace[fell]).toBe(1);
});

test("an upward window waits until more have been wanted all through it", () => {
  const rules = { ...RULES, up: { ...RULES.up, window: 30 * SECOND } };
  const memory = new HpaMemory();
  expect(memory.decide(0, 2, 10, rules)).toBe(2);
  expect(memory.decide(15 * SECOND, 2, 20, rules)).toBe(2);
  expect(memory.decide(30 * SECOND, 2, 30, rules)).toBe(4);
  expect(memory.decide(45 * SECOND, 4, 30, rules)).toBe(6);
});

test("the windows protect the fleet that an autoscaler starts with", () => {
  const memory = new HpaMemory();
  for (let at = 0; at < 300 * SECOND; at += 15 * SECOND) expect(memory.decide(at, 6, 2, RULES)).toBe(6);
  expect(memory.decide(300 * SECOND, 6, 2, RULES)).toBe(1);
  const slow = { ...RULES, up: { ...RULES.up, window: 30 * SECOND } };
  const other = new HpaMemory();
  expect([0, 15, 30].map((at) => other.decide(at * SECOND, 2, 30, slow))).toEqual([2, 2, 6]);
});

test("a look without a metric holds nothing up afterwards", () => {
  const memory = new HpaMemory();
  for (let at = 0; at < 300 * SECOND; at += 15 * SECOND)
    expect(memory.decide(at, 6, at === 285 * SECOND ? undefined : 2, RULES)).toBe(6);
  expect(memory.decide(300 * SECOND, 6, 2, RULES)).toBe(1);
});

test("a policy for the way down lets only so many go a period", () => {
  const rules = { ...RULES, down: { window: 0, pods: 2, percent: 10, period: 60 * SECOND } };
  const memory = new HpaMemory();
  const trace: number[] = [];
  let current = 10;
  for (let at = 0; at < 180 * SECOND; at += 15 * SECOND) {
    current = memory.decide(at, current, 0, rules);
    trace.push(current);
  }
  expect(trace).toEqual([8, 8, 8, 8, 6, 6, 6, 6, 4, 4, 4, 4]);
});

test("without a metric only the bounds count", () => {
  const memory = new HpaMemory();
  expect(memory.decide(0, 5, undefined, RULES)).toBe(5);
  expect(memory.decide(1, 5, undefined, { ...RULES, min: 7 })).toBe(7);
  expect(memory.decide(2, 5, undefined, { ...RULES, max: 3 })).toBe(3);
});

test("the number of replicas stays within its bounds, and grows no faster than its policy, whatever the metric does", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { maxLength: 60 }), (totals) => {
      const rules = { ...RULES, min: 2, max: 30 };
      const memory = new HpaMemory();
      let current = 2;
      for (const [i, total] of totals.entries()) {
        const next = memory.decide(i * 15 * SECOND, current, total, rules);
        expect(next).toBeGreaterThanOrEqual(2);
        expect(next).toBeLessThanOrEqual(30);
        expect(next).toBeLessThanOrEqual(Math.max(current * 2, current + 4));
        current = next;
      }
    }),
  );
});
