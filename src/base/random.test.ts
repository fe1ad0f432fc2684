import fc from "fast-check";
import { expect, test } from "vitest";
import { randomStream } from "./random.ts";

test("the same seed and keys give the same stream, another key or seed gives another", () => {
  const draw = (...keys: (string | number)[]) => {
    const stream = randomStream(7, ...keys);
    return [stream.uint32(), stream.uint32(), stream.next()];
  };
  expect(draw("think", 3)).toEqual(draw("think", 3));
  const others = [
    draw("think", 4),
    draw("thin", 3),
    draw("prompt", 3),
    draw(3, "think"),
    draw("think", 3, 0),
    draw("think", 2 ** 40 + 3),
  ];
  for (const other of others) expect(other).not.toEqual(draw("think", 3));
  expect(randomStream(8, "think", 3).uint32()).not.toBe(randomStream(7, "think", 3).uint32());
  expect(randomStream(2 ** 33, "a").uint32()).not.toBe(randomStream(0, "a").uint32());
});

test("draws lie in their ranges, whatever the seed and keys", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.string(), fc.maxSafeNat(), (seed, purpose, key) => {
      const stream = randomStream(seed, purpose, key);
      for (let i = 0; i < 20; i++) {
        const x = stream.next();
        expect(x >= 0 && x < 1).toBe(true);
        const word = stream.uint32();
        expect(Number.isInteger(word) && word >= 0 && word < 2 ** 32).toBe(true);
      }
    }),
  );
});

test("first draws of neighbouring keys are uniform: a chi-square over 100 cells is within its 1-in-1,000 bounds", () => {
  const cells = new Array<number>(100).fill(0);
  const n = 100_000;
  for (let key = 0; key < n; key++) {
    const cell = Math.floor(randomStream(1, "session", key).next() * 100);
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  const chi2 = cells.reduce((sum, count) => sum + (count - n / 100) ** 2 / (n / 100), 0);
  // chi-square with 99 degrees of freedom: 0.0005 and 0.9995 quantiles (R: qchisq).
  expect(chi2).toBeGreaterThan(57);
  expect(chi2).toBeLessThan(151);
});

test("first draws of neighbouring keys are uncorrelated", () => {
  const n = 50_000;
  const draws = Array.from({ length: n + 1 }, (_, key) => randomStream(1, "session", key).next() - 0.5);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (draws[i] ?? 0) * (draws[i + 1] ?? 0);
  // Under independence the correlation has a standard deviation of 1/sqrt(n).
  expect(Math.abs((sum / n) * 12)).toBeLessThan(4 / Math.sqrt(n));
});
