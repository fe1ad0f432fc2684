import { expect, test } from "vitest";
import { Lateness } from "./lateness.ts";

test("a stretch whose latest hundredth is beyond the bound is told, and counted among all stretches", () => {
  const told: number[] = [];
  const lateness = new Lateness(5, 0, (p99) => told.push(p99));
  for (let at = 0; at < 2_000; at += 10) lateness.wrote(at, at + 1);
  for (let at = 2_000; at < 4_000; at += 10) lateness.wrote(at, at + (at % 200 === 0 ? 20 : 1));
  lateness.wrote(4_100, 4_101);
  expect(told).toHaveLength(1);
  expect(told[0]).toBeCloseTo(20, 0);
  expect(lateness.report()).toMatchObject({ writes: 401, late: 10, windows: 2, lateWindows: 1 });
  expect(lateness.late).toBe(10);
});

test("a machine that stays late is told of once a minute, not every two seconds", () => {
  const told: number[] = [];
  const lateness = new Lateness(5, 0, (p99) => told.push(p99));
  for (let at = 0; at < 130_000; at += 10) lateness.wrote(at, at + 20);
  expect(told).toHaveLength(3);
  expect(lateness.report()).toMatchObject({ lateWindows: 65, windows: 65 });
});

test("a few late writes of an idle twin say nothing of the machine", () => {
  const told: number[] = [];
  const lateness = new Lateness(5, 0, (p99) => told.push(p99));
  for (let at = 0; at < 20_000; at += 500) lateness.wrote(at, at + 30);
  expect(told).toEqual([]);
  expect(lateness.report()).toMatchObject({ writes: 40, late: 40, windows: 0 });
});
