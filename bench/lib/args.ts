import { parseArgs } from "node:util";

export interface BenchArgs {
  /** Rounds whose median is reported. */
  readonly rounds: number;
  /** The first of the seeds, where a bench draws users: another shows what no choice was made on. */
  readonly seed: number;
  /** Short runs: a shakedown of the bench itself, not a figure. */
  readonly quick: boolean;
  /** Exit code 1 for a missed target too, not only for a wrong result. */
  readonly strict: boolean;
  /** Builds the product before it is measured. */
  readonly build: boolean;
  /** Against live servers in place of simulated ones, where a bench has both. */
  readonly live: boolean;
  /** Names of the clients to run; empty for all. */
  readonly only: readonly string[];
}

export function benchArgs(defaults: { readonly rounds: number }): BenchArgs {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string" },
      seed: { type: "string", default: "1" },
      quick: { type: "boolean", default: false },
      strict: { type: "boolean", default: false },
      live: { type: "boolean", default: false },
      "no-build": { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : defaults.rounds));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds must be a whole number from 1, not ${values.rounds}`);
  const seed = Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0) throw new Error(`--seed must be a whole number, not ${values.seed}`);
  return {
    rounds,
    seed,
    quick: values.quick,
    strict: values.strict,
    live: values.live,
    build: !values["no-build"],
    only: values.only,
  };
}
