import type { StackSpec } from "../../../src/twin/index.ts";
import { FOURTH, FOURTH_HEALTHY } from "./fourth/planted.ts";
import { AGAIN, AGAIN_HEALTHY } from "./fresh/again.ts";
import { FRESH_ENGINES } from "./fresh/engines.ts";
import { FRESH_HEALTHY } from "./fresh/healthy.ts";
import { FRESH_PLACES } from "./fresh/places.ts";
import { HEALTHY } from "./healthy.ts";
import { PLANTED } from "./planted.ts";
import { planted, stackOf } from "./play.ts";
import { THIRD_HEALTHY } from "./third/healthy.ts";
import { THIRD_PLACES } from "./third/places.ts";
import { THIRD_ENGINES } from "./third/planted.ts";
import type { Kind, LoadOf, Size } from "./types.ts";

/**
 * Rules were written with the first size of each kind and the first seeds in sight; the other sizes and seeds were run afterwards. The fresh cases were
 * written when the rules stood, by somebody who had not looked at them, and run once before any rule was changed; those that are fresh again were written after the
 * rules had been mended by them, and run once; so it went on with the third and the fourth.
 */
export const HALVES = ["seen", "held out", "fresh", "fresh again", "third", "fourth"] as const;
export type Half = (typeof HALVES)[number];

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
/** Each half has seeds of its own. */
const SEEDS: Readonly<Record<Half, number>> = {
  seen: 1,
  "held out": 101,
  fresh: 4001,
  "fresh again": 7001,
  third: 9001,
  fourth: 11_001,
};

type Placed<T> = T & { readonly half: Half };

const placed = <T extends object>(sizes: readonly T[], halfOf: (index: number) => Half): readonly Placed<T>[] =>
  sizes.map((size, index) => ({ ...size, half: halfOf(index) }));
const first = (index: number): Half => (index === 0 ? "seen" : "held out");
const always = (half: Half) => (): Half => half;

const KINDS: readonly (Omit<Kind, "sizes"> & { readonly sizes: readonly Placed<Size>[] })[] = [
  ...PLANTED.map((kind) => ({ ...kind, sizes: placed(kind.sizes, first) })),
  ...[...FRESH_ENGINES, ...FRESH_PLACES].map((kind) => ({ ...kind, sizes: placed(kind.sizes, always("fresh")) })),
  ...AGAIN.map((kind) => ({ ...kind, sizes: placed(kind.sizes, always("fresh again")) })),
  ...[...THIRD_ENGINES, ...THIRD_PLACES].map((kind) => ({ ...kind, sizes: placed(kind.sizes, always("third")) })),
  ...FOURTH.map((kind) => ({ ...kind, sizes: placed(kind.sizes, always("fourth")) })),
];

export function casesOf(rounds: number): readonly Case[] {
  return KINDS.flatMap((kind) =>
    kind.sizes.flatMap((size) =>
      Array.from({ length: rounds }, (_, round): Case => {
        const seed = SEEDS[size.half] + round;
        return {
          name: `${kind.name}, ${size.name}`,
          kind: kind.name,
          half: size.half,
          seed,
          right: size.right ?? kind.right,
          component: size.component ?? kind.component,
          load: size.load,
          stack: () => planted(size, seed),
        };
      }),
    ),
  );
}

/** Every planted stack as it is without its plant, and some more. */
export function healthyOf(rounds: number): readonly Case[] {
  const sound = KINDS.flatMap(({ name, sizes }) =>
    sizes.map((size) => ({ ...size, name: `sound ${name}, ${size.name}` })),
  );
  const own = [
    ...placed(HEALTHY, (index) => first(index % 2)),
    ...placed(FRESH_HEALTHY, always("fresh")),
    ...placed(AGAIN_HEALTHY, always("fresh again")),
    ...placed(THIRD_HEALTHY, always("third")),
    ...placed(FOURTH_HEALTHY, always("fourth")),
  ];
  return [...sound, ...own].flatMap((size) =>
    Array.from({ length: rounds }, (_, round): Case => {
      const seed = SEEDS[size.half] + round;
      const stack = () => stackOf(size, seed);
      const { name, half, load } = size;
      return { name, kind: HEALTHY_KIND, half, seed, right: [], component: undefined, load, stack };
    }),
  );
}
