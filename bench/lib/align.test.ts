import { expect, test } from "vitest";
import { eventTimes } from "./align.ts";

test("with a gap for every pair of events, times are the running sum", () => {
  expect(eventTimes([50, 51, 49], [0, 50, 100, 150])).toEqual([0, 50, 101, 150]);
});

test("events that a late client read at once share the time of that read", () => {
  expect(eventTimes([120, 30], [1000, 1050, 1100, 1150])).toEqual([0, 120, 120, 150]);
});

test("every read has an event, however the clocks disagree", () => {
  expect(eventTimes([0.1, 0.1], [0, 0.2, 0.4])).toEqual([0, 0.1, 0.2]);
});
