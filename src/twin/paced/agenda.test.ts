import fc from "fast-check";
import { expect, test } from "vitest";
import { Agenda } from "./agenda.ts";

test("items leave in order of their due times, ties in order of arrival", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (dues) => {
      const agenda = new Agenda<number>();
      for (const [index, due] of dues.entries()) agenda.add(due, index);
      const left: number[] = [];
      for (let item = agenda.take(99); item !== undefined; item = agenda.take(99)) left.push(item);
      const expected = dues.map((due, index) => ({ due, index })).sort((a, b) => a.due - b.due || a.index - b.index);
      expect(left).toEqual(expected.map(({ index }) => index));
    }),
  );
});

test("nothing leaves before it is due", () => {
  const agenda = new Agenda<string>();
  agenda.add(10, "later");
  expect(agenda.take(9.999)).toBeUndefined();
  expect(agenda.nextDue).toBe(10);
  expect(agenda.take(10)).toBe("later");
  expect(agenda.nextDue).toBe(Number.POSITIVE_INFINITY);
});
