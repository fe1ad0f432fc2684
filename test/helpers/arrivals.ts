import { randomStream } from "../../src/base/index.ts";

/** Times of Poisson arrivals, `rate` a ms. */
export function poisson(rate: number, calls: number, seed = 3): { readonly at: number }[] {
  const random = randomStream(seed, "arrivals");
  let at = 0;
  return Array.from({ length: calls }, () => {
    at -= Math.log(1 - random.next()) / rate;
    return { at };
  });
}

/** Numbers from 0 on, the i-th drawn in proportion to 1 / (i + 1)^skew. */
export function zipf(numbers: number, skew: number, seed = 5): { readonly shares: readonly number[]; next(): number } {
  const weights = Array.from({ length: numbers }, (_, i) => 1 / (i + 1) ** skew);
  const total = weights.reduce((a, b) => a + b, 0);
  const shares = weights.map((weight) => weight / total);
  const random = randomStream(seed, "zipf");
  return {
    shares,
    next() {
      let left = random.next();
      for (let i = 0; i < shares.length; i++) {
        left -= shares[i] ?? 0;
        if (left < 0) return i;
      }
      return 0;
    },
  };
}
