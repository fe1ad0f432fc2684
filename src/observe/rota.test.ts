import fc from "fast-check";
import { expect, test } from "vitest";
import { Rota } from "./rota.ts";

test("every source has its turn once a beat, evenly spread", () => {
  const rota = new Rota(["a", "b", "c"], 300);
  expect(rota.step).toBe(100);
  expect(Array.from({ length: 4 }, () => rota.due().join())).toEqual(["a", "b", "c", "a"]);
});

test("more sources than turns share them, and none has no turn", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 50, max: 2000 }), (count, every) => {
      const sources = Array.from({ length: count }, (_, i) => i);
      const rota = new Rota(sources, every);
      expect(rota.step).toBeGreaterThanOrEqual(10);
      const turns = Math.round(every / rota.step);
      const looks = Array.from({ length: turns }, () => rota.due()).flat();
      expect(looks.toSorted((a, b) => a - b)).toEqual(sources);
    }),
  );
});

test("turns that a busy machine missed are taken together, no source twice", () => {
  const rota = new Rota(["a", "b", "c", "d"], 400);
  expect(rota.due(250)).toEqual(["a", "b", "c"]);
  expect(rota.due(10_000)).toHaveLength(4);
});
