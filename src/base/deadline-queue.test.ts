import fc from "fast-check";
import { expect, test } from "vitest";
import { DeadlineQueue } from "./deadline-queue.ts";

test("what is queued leaves in order of time, and in order of arrival at equal times", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
      const queue = new DeadlineQueue<number>();
      for (const [i, at] of times.entries()) queue.push(at, i);
      const left: number[] = [];
      for (let item = queue.popDue(20); item !== undefined; item = queue.popDue(20)) left.push(item);
      const expected = times.map((at, i) => ({ at, i })).sort((a, b) => a.at - b.at || a.i - b.i);
      expect(left).toEqual(expected.map((entry) => entry.i));
    }),
  );
});

test("nothing leaves before its time, and an empty queue is due never", () => {
  const queue = new DeadlineQueue<string>();
  queue.push(10, "later");
  expect(queue.popDue(9.999)).toBeUndefined();
  expect(queue.next).toBe(10);
  expect(queue.popDue(10)).toBe("later");
  expect(queue.next).toBe(Number.POSITIVE_INFINITY);
});
