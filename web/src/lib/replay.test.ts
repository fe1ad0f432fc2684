import { expect, test } from "vitest";
import type { Transcript } from "../../../src/report/page/types.ts";
import { charactersAt, eventTimes } from "./replay.ts";

const talk: Transcript = {
  session: 1,
  turn: 0,
  attempt: 0,
  persona: "user",
  stage: "steady",
  outcome: "complete",
  at: 0,
  prompt: "Why?",
  answer: "abcdefgh",
  ttft: 500,
  gaps: [100, 900, 100],
  end: 1650,
};

test("a replay shows nothing before the first token, stands still in a stall, and ends with the whole answer", () => {
  const events = eventTimes(talk) ?? [];
  expect(events).toEqual([500, 600, 1500, 1600]);
  const seen = [0, 499, 500, 700, 1499, 1500, 1600, 1650].map((at) => charactersAt(talk, events, at));
  expect(seen).toEqual([0, 0, 2, 4, 4, 6, 8, 8]);
});

test("an attempt whose gaps were not kept is not replayed with invented ones", () => {
  const { gaps: _, ...without } = talk;
  expect(eventTimes(without)).toBeUndefined();
});
