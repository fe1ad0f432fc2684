import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release } from "node:os";
import { join } from "node:path";
import type { BenchArgs } from "./args.ts";
import { benchFolder, REPOSITORY } from "./paths.ts";
import { printTable } from "./table.ts";

/** A bound that the product sets itself. */
export interface Target {
  readonly what: string;
  readonly limit: number;
  readonly sense: "at least" | "at most";
  /** Absent: could not be measured here, for `why`. */
  readonly measured: number | undefined;
  readonly why?: string;
}

export function held(target: Target): boolean | undefined {
  if (target.measured === undefined || Number.isNaN(target.measured)) return undefined;
  return target.sense === "at least" ? target.measured >= target.limit : target.measured <= target.limit;
}

/** Thrown when a client's result is wrong: a fast client that loses events has no figure. */
export class WrongResult extends Error {}

export function mustBe(holds: boolean, what: string): void {
  if (!holds) throw new WrongResult(what);
}

/** Prints the targets, writes everything to bench/results/NAME.json, and sets the exit code. */
export function finish(
  name: string,
  args: BenchArgs,
  figures: Readonly<Record<string, unknown>>,
  targets: readonly Target[],
): void {
  const words = (target: Target): string =>
    ({ true: "held", false: "MISSED", undefined: `not measured: ${target.why ?? "no figure"}` })[`${held(target)}`];
  printTable(
    ["target", "bound", "measured", ""],
    targets.map((target) => [target.what, `${target.sense} ${target.limit}`, target.measured, words(target)]),
  );
  const file = join(benchFolder("results"), `${name}.json`);
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: REPOSITORY, encoding: "utf8" }).trim();
  const machine = {
    cpu: cpus()[0]?.model,
    cores: availableParallelism(),
    kernel: release(),
    node: process.version,
    loadAverage: loadavg(),
  };
  writeFileSync(
    file,
    `${JSON.stringify({ name, at: new Date().toISOString(), commit, machine, args, figures, targets }, null, 2)}\n`,
  );
  if (args.quick) console.log("--quick: a shakedown of the bench, not a figure.");
  if (args.strict && targets.some((target) => held(target) !== true)) process.exitCode = 1;
}

/** Runs a bench's body; a wrong result or a fault of the bench ends with exit code 1 and its message. */
export async function bench(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    console.error(error instanceof WrongResult ? `WRONG RESULT: ${error.message}` : error);
    process.exitCode = 1;
  }
}
