import { type Random, randomStream } from "../../base/index.ts";
import type { PrefixPlan } from "../../plan/index.ts";
import type { Law } from "../law.ts";
import { syntheticText } from "./synthetic.ts";

/** Characters of prefixes that are kept once made; beyond it they are made again each time. */
const MOST_KEPT = 64 * 1024 ** 2;

/** The text with which a session begins, from a stream of the session's own. */
export type Prefixes = (random: Random) => string;

/** `name` keeps the prefixes of two personas apart; `length` is the law of `plan.tokens`. */
export function prefixesOf(plan: PrefixPlan, length: Law, seed: number, name: string): Prefixes {
  const { count, exponent, share } = plan;
  const kept = new Map<number, string>();
  let size = 0;
  const shared = (k: number): string => {
    const known = kept.get(k);
    if (known !== undefined) return known;
    const random = randomStream(seed, "prefix", name, k);
    const text = syntheticText(length.at(random.next()), random);
    size += text.length;
    if (size <= MOST_KEPT) kept.set(k, text);
    return text;
  };
  const choose = zipf(count, exponent);
  return (random) => {
    const isShared = random.next() < share;
    const k = choose(random.next());
    if (isShared) return shared(k);
    return syntheticText(length.at(random.next()), random);
  };
}

/** The length of the k-th shared prefix. */
export function prefixLength(length: Law, seed: number, name: string, k: number): number {
  return length.at(randomStream(seed, "prefix", name, k).next());
}

/** Draws 0 .. count - 1, number k with a chance in proportion to 1/(k + 1)^exponent, from a number uniform in [0, 1). */
export function zipf(count: number, exponent: number): (u: number) => number {
  if (exponent === 0) return (u) => Math.floor(u * count);
  const sums = new Float64Array(count);
  let sum = 0;
  for (let k = 0; k < count; k++) {
    sum += (k + 1) ** -exponent;
    sums[k] = sum;
  }
  return (u) => {
    const wanted = u * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
