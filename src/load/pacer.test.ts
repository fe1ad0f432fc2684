import fc from "fast-check";
import { expect, test } from "vitest";
import { FakeTime } from "../../test/helpers/fake-time.ts";
import { startTicks } from "../base/index.ts";
import { TimerPacer } from "./pacer.ts";

test("every task runs once, never before its time, and is told its own time however late the loop is", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.double({ min: 0, max: 500, noNaN: true }), cost: fc.integer({ min: 0, max: 9 }) })),
      (tasks) => {
        const time = new FakeTime();
        const pacer = new TimerPacer(time, time.timers);
        const seen: number[] = [];
        for (const task of tasks) {
          pacer.at(task.at, (due) => {
            expect(due).toBe(task.at);
            expect(time.now()).toBeGreaterThanOrEqual(task.at);
            seen.push(due);
            time.busy(task.cost);
          });
        }
        time.advance(10_000);
        expect(seen).toEqual(tasks.map((task) => task.at).sort((a, b) => a - b));
      },
    ),
  );
});

test("an idle pacer is late by less than the two milliseconds that a timer of Node can cost", () => {
  const time = new FakeTime();
  const pacer = new TimerPacer(time, time.timers);
  const lags: number[] = [];
  for (let i = 0; i < 1000; i++) pacer.at(i * 3.37, (due) => lags.push(time.now() - due));
  time.advance(10_000);
  expect(lags).toHaveLength(1000);
  expect(Math.max(...lags)).toBeLessThan(2);
});

test("after a pause of the loop all missed tasks run at once and later ones keep their own times", () => {
  const time = new FakeTime();
  const pacer = new TimerPacer(time, time.timers);
  const ran: { readonly due: number; readonly at: number }[] = [];
  for (const due of [10, 20, 30, 200]) pacer.at(due, () => ran.push({ due, at: time.now() }));
  time.busy(100);
  time.advance(1000);
  expect(ran.slice(0, 3).map((task) => task.at)).toEqual([100, 100, 100]);
  expect(ran[3]?.at).toBe(200);
});

test("a flood of due tasks lets the sockets have their turn", () => {
  const time = new FakeTime();
  let turns = 0;
  const pacer = new TimerPacer(time, {
    ...time.timers,
    soon: (run) => {
      turns++;
      time.timers.soon(run);
    },
  });
  let ran = 0;
  for (let i = 0; i < 1000; i++) pacer.at(1, () => ran++);
  time.advance(10);
  expect(ran).toBe(1000);
  expect(turns).toBeGreaterThan(10);
});

test("ticks stay on their grid and tell how late each one came", () => {
  const time = new FakeTime();
  const late: number[] = [];
  const stop = startTicks(time, 20, (_, by) => late.push(by), time.timers);
  time.advance(100);
  time.busy(50);
  time.advance(200);
  stop();
  time.advance(400);
  expect(late).toEqual([0, 0, 0, 0, 0, 30, 0, 0, 0]);
});
