import fc from "fast-check";
import { expect, test } from "vitest";
import { spreadLabels } from "./spread.ts";

const GAP = 20;

test("labels of limits never overlap, keep their order and stay in the picture", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 1, maxLength: 20 }), (wanted) => {
      const places = spreadLabels(wanted, GAP, 0, 500);
      const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
      for (const [k, index] of order.entries()) {
        const place = places[index] ?? Number.NaN;
        expect(place).toBeGreaterThanOrEqual(-1e-9);
        expect(place).toBeLessThanOrEqual(500 + 1e-9);
        const before = order[k - 1];
        if (before !== undefined) expect(place - (places[before] ?? 0)).toBeGreaterThanOrEqual(GAP - 1e-6);
      }
    }),
  );
});

test("labels with room around them stand where they want to", () => {
  expect(spreadLabels([300, 100, 200], GAP, 0, 500)).toEqual([300, 100, 200]);
  expect(spreadLabels([100, 100], GAP, 0, 500)).toEqual([90, 110]);
});
