import { rmSync } from "node:fs";
import { find } from "../../../src/run/index.ts";
import type { StackSpec } from "../../../src/twin/index.ts";
import { type FindCase, planAt, planOf, stackOf } from "./cases.ts";
import { type Truth, truthNear } from "./truth.ts";

export interface Searched {
  readonly seed: number;
  /** NaN where the search found no limit. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly probes: number;
  readonly ended: string;
}

/** One search of a case, on users of its own. */
export async function searched(one: FindCase, stack: StackSpec, seed: number, folder: string): Promise<Searched> {
  let made = "";
  const { answer, probes, ended } = await find(planOf(one, seed * 1000, folder), {
    ...one.how,
    simulate: stack,
    onFolder: (path) => {
      made = path;
    },
  });
  rmSync(made, { recursive: true, force: true });
  const { value, low, high } =
    answer.kind === "crossed" ? answer.load : { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  return { seed, value, low, high, probes: probes.length, ended: answer.kind === "crossed" ? ended.why : answer.kind };
}

/** The load at which the case's first limit is reached, counted; looked for around what a search says. */
export async function truthOf(one: FindCase, folder: string, repeats: number): Promise<Truth> {
  const stack = await stackOf(one);
  const { value } = await searched(one, stack, 1_000, folder);
  if (Number.isNaN(value)) throw new Error(`${one.name}: no limit to begin with`);
  const atLoad = (load: number, seed: number) => planAt(one, load, seed, folder);
  return truthNear(value, { atLoad, stack, repeats, whole: one.how?.vary !== undefined });
}

export interface Judged {
  readonly name: string;
  readonly truth: Truth;
  readonly seeds: number;
  readonly within: number;
  readonly covered: number;
  readonly probes: number;
  readonly most: number;
  /** Median of the absolute relative errors. */
  readonly error: number;
}

/** A whole load is right where it is the nearest, and where it is within 5 %. */
const NEAR = 0.05;

export function judged({ name, how }: FindCase, truth: Truth, found: readonly Searched[]): Judged {
  const errors = found.map(({ value }) => Math.abs(value / truth.value - 1));
  const whole = how?.vary !== undefined;
  const isNear = ({ value }: Searched): boolean =>
    Math.abs(value / truth.value - 1) <= NEAR || (whole && Math.abs(value - truth.value) <= 0.5);
  const sorted = [...errors].sort((a, b) => a - b);
  return {
    name,
    truth,
    seeds: found.length,
    within: found.filter(isNear).length,
    covered: found.filter(({ low, high }) => low <= truth.value && truth.value <= high).length,
    probes: found.reduce((sum, { probes }) => sum + probes, 0) / found.length,
    most: Math.max(...found.map(({ probes }) => probes)),
    error: sorted[sorted.length >> 1] ?? Number.NaN,
  };
}
