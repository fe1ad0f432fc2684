import fc from "fast-check";
import { expect, test } from "vitest";
import { PacedEngine } from "./engine.ts";
import type { Ending, Schedule } from "./schedule.ts";

function plan(tokens: number, first = 50, gap = 10): Schedule {
  return { first, gap, tokens, ending: "stop" };
}

/** Drives an engine from deadline to deadline, as fast as it asks to be, and writes down what was sent when. */
function rig(slots: number, queue = 1000) {
  const engine = new PacedEngine(slots, queue);
  const sent: { request: string; at: number; ending: Ending | undefined }[] = [];
  let now = 0;
  return {
    engine,
    sent,
    submit: (request: string, schedule: Schedule) =>
      engine.submit(now, schedule, { token: (_, ending) => sent.push({ request, at: now, ending }) }),
    runTo(end: number): void {
      while (engine.nextDue <= end) {
        now = Math.max(now, engine.nextDue);
        engine.advance(now);
      }
      now = end;
    },
    lookAt(time: number): void {
      now = time;
      engine.advance(now);
    },
    timesOf: (request: string) => sent.filter((token) => token.request === request).map(({ at }) => at),
  };
}

test("token k of an answer comes at first + k * gap after its slot was free", () => {
  const { submit, runTo, timesOf } = rig(1);
  submit("a", plan(4));
  runTo(1000);
  expect(timesOf("a")).toEqual([50, 60, 70, 80]);
});

test("a late look at the clock delays a token, never the ones after it", () => {
  const { submit, lookAt, timesOf } = rig(1);
  submit("a", plan(3));
  lookAt(55);
  lookAt(60);
  lookAt(70);
  expect(timesOf("a")).toEqual([55, 60, 70]);
});

test("requests beyond the slots wait in line, first come, first served", () => {
  const { submit, runTo, timesOf, engine } = rig(1);
  submit("a", plan(1));
  submit("b", plan(1));
  submit("c", plan(1));
  expect([engine.running, engine.waiting]).toEqual([1, 2]);
  runTo(1000);
  expect([timesOf("a"), timesOf("b"), timesOf("c")]).toEqual([[50], [100], [150]]);
});

test("a cancelled answer frees its slot at once and sends nothing more", () => {
  const { submit, runTo, timesOf } = rig(1);
  const ticket = submit("a", plan(100));
  submit("b", plan(1));
  runTo(55);
  ticket.cancel(55);
  runTo(1000);
  expect(timesOf("a")).toEqual([50]);
  expect(timesOf("b")).toEqual([105]);
});

test("a request cancelled in line never starts, and cancelling an ended one changes nothing", () => {
  const { submit, runTo, timesOf, engine } = rig(1);
  const first = submit("a", plan(1));
  const second = submit("b", plan(1));
  second.cancel(1);
  runTo(60);
  first.cancel(60);
  runTo(1000);
  expect(timesOf("b")).toEqual([]);
  expect([engine.running, engine.waiting]).toEqual([0, 0]);
});

test("the line is full when all slots are taken and as many wait as may", () => {
  const { submit, engine, runTo } = rig(1, 1);
  submit("a", plan(1));
  expect(engine.full).toBe(false);
  submit("b", plan(1));
  expect(engine.full).toBe(true);
  runTo(50);
  expect(engine.full).toBe(false);
});

test("never more answers run than there are slots, and every one ends", () => {
  const schedules = fc.array(
    fc.record({ tokens: fc.integer({ min: 1, max: 5 }), gap: fc.integer({ min: 0, max: 9 }) }),
  );
  fc.assert(
    fc.property(schedules, fc.integer({ min: 1, max: 4 }), (answers, slots) => {
      const { submit, runTo, sent, engine } = rig(slots);
      answers.forEach(({ tokens, gap }, index) => {
        submit(String(index), plan(tokens, 5, gap));
        expect(engine.running).toBeLessThanOrEqual(slots);
      });
      runTo(1_000_000);
      expect(sent.filter(({ ending }) => ending === "stop")).toHaveLength(answers.length);
      expect([engine.running, engine.waiting]).toEqual([0, 0]);
    }),
  );
});
