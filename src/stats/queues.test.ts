import { expect, test } from "vitest";
import { erlangB, erlangC, waitMG1, waitMMc } from "./index.ts";

// Tables of Erlang B: the traffic at which so many lines turn one call in a hundred away.
test.each([
  [1, 0.0101],
  [5, 1.361],
  [10, 4.461],
  [20, 12.031],
  [100, 84.064],
])("%i lines lose 1 %% of the calls at %f erlangs", (lines, erlangs) => {
  expect(erlangB(erlangs, lines)).toBeCloseTo(0.01, 4);
});

test("a line that is not there loses every call", () => {
  expect(erlangB(3, 0)).toBe(1);
});

// Gross, Shortle, Thompson and Harris, "Fundamentals of Queueing Theory", the eye clinic: 6 patients an hour, 3 doctors of 20 minutes.
test("the clinic with three doctors: four patients of nine wait, 8.9 minutes on average over all", () => {
  expect(erlangC(2, 3)).toBeCloseTo(4 / 9, 12);
  expect(waitMMc(6 / 60, 20, 3)).toBeCloseTo(8.889, 3);
});

test("one server is the M/M/1 queue: rho of the calls wait, rho / (1 - rho) services each", () => {
  for (const rho of [0.1, 0.5, 0.9, 0.99]) {
    expect(erlangC(rho, 1)).toBeCloseTo(rho, 12);
    expect(waitMMc(rho, 1, 1)).toBeCloseTo(rho / (1 - rho), 9);
    expect(waitMG1(rho, 1, 1)).toBeCloseTo(rho / (1 - rho), 9);
  }
});

test("fixed service times halve the wait", () => {
  expect(waitMG1(0.8, 1, 0)).toBeCloseTo(2, 12);
});

test("a queue that grows for ever has no finite wait", () => {
  expect(erlangC(4, 3)).toBe(1);
  expect(waitMMc(4, 1, 3)).toBe(Number.POSITIVE_INFINITY);
  expect(waitMG1(1, 1, 0)).toBe(Number.POSITIVE_INFINITY);
});
