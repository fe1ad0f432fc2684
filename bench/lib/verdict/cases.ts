import type { StackSpec } from "../../../src/twin/index.ts";
import { HEALTHY } from "./healthy.ts";
import { PLANTED } from "./planted.ts";
import { planted, stackOf } from "./play.ts";
import type { LoadOf } from "./types.ts";

/** Rules were written with the first size of each kind and the first seeds in sight; the other sizes and seeds were run afterwards. */
export type Half = "seen" | "held out";

export interface Case {
  readonly name: string;
  readonly kind: string;
  readonly half: Half;
  readonly seed: number;
  /** Causes of which the first-named must be one; none on a healthy stack. */
  readonly right: readonly string[];
  readonly component: string | undefined;
  readonly load: LoadOf;
  stack(): StackSpec;
}

const HEALTHY_KIND = "nothing";
const halfOf = (index: number): Half => (index === 0 ? "seen" : "held out");
/** The held-out half has seeds of its own. */
const seedOf = (half: Half, round: number): number => (half === "seen" ? 1 + round : 101 + round);

export function casesOf(rounds: number): readonly Case[] {
  return PLANTED.flatMap(({ name, right, component, sizes }) =>
    sizes.flatMap((size, index) =>
      Array.from({ length: rounds }, (_, round): Case => {
        const half = halfOf(index);
        const seed = seedOf(half, round);
        const stack = () => planted(size, seed);
        return { name: `${name}, ${size.name}`, kind: name, half, seed, right, component, load: size.load, stack };
      }),
    ),
  );
}

/** Every planted stack as it is without its plant, and some more. */
export function healthyOf(rounds: number): readonly Case[] {
  const sound = PLANTED.flatMap(({ name, sizes }) =>
    sizes.map((size, index) => ({ ...size, name: `sound ${name}, ${size.name}`, half: halfOf(index) })),
  );
  const own = HEALTHY.map((size, index) => ({ ...size, half: halfOf(index % 2) }));
  return [...sound, ...own].flatMap((size) =>
    Array.from({ length: rounds }, (_, round): Case => {
      const seed = seedOf(size.half, round);
      const stack = () => stackOf(size, seed);
      const { name, half, load } = size;
      return { name, kind: HEALTHY_KIND, half, seed, right: [], component: undefined, load, stack };
    }),
  );
}
