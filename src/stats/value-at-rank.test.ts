import fc from "fast-check";
import { expect, test } from "vitest";
import { valueAtRank } from "./value-at-rank.ts";

test("finds what sorting all columns together finds, at every rank", () => {
  const column = fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true })), { maxLength: 30 });
  fc.assert(
    fc.property(fc.array(column, { maxLength: 5 }), (lists) => {
      const columns = lists.map((values) => Float64Array.from(values.map((value) => value + 0)).sort());
      const all = Float64Array.from(lists.flat().map((value) => value + 0)).sort();
      for (const [i, value] of all.entries()) expect(valueAtRank(columns, i + 1)).toBe(value);
      expect(valueAtRank(columns, 0)).toBeNaN();
      expect(valueAtRank(columns, all.length + 1)).toBeNaN();
    }),
  );
});
