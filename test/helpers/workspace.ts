import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type Summary, summarySchema } from "../../src/analyse/index.ts";
import { openRun, type QueryValue } from "../../src/record/index.ts";
import { type CliOptions, type CliResult, cli } from "./cli.ts";

/** A folder of its own for one test: a plan, its runs, and whatever else it writes. */
export interface Workspace {
  readonly path: string;
  /** Writes the plan as JSON (which is YAML too) and gives its path; runs go into this workspace. */
  plan(plan: Readonly<Record<string, unknown>>): string;
  run(plan: Readonly<Record<string, unknown>>, args?: readonly string[], options?: CliOptions): Promise<RunResult>;
  /** Absolute paths of the run folders, oldest first. */
  runs(): readonly string[];
  remove(): void;
}

export interface RunResult extends CliResult {
  /** What `--json` printed, checked against the published schema. */
  readonly summary: Summary;
}

export function workspace(): Workspace {
  const path = mkdtempSync(join(tmpdir(), "plimsoll-e2e-"));
  let plans = 0;
  const space: Workspace = {
    path,
    plan(plan) {
      const file = join(path, `plan-${++plans}.yaml`);
      // Tests share their machine with whatever else runs on it; what they promise is not how quiet it is.
      const generator = {
        maxStartLag: "1m",
        maxLoopDelay: "1m",
        ...z.looseObject({}).optional().parse(plan["generator"]),
      };
      // Most targets here count their requests: only a test of observation asks for more than the load.
      const observe = { discover: false };
      writeFileSync(file, JSON.stringify({ runs: join(path, "runs"), observe, ...plan, generator }, null, 2));
      return file;
    },
    async run(plan, args = [], options = {}) {
      const result = await cli(["run", space.plan(plan), "--json", ...args], options);
      if (!result.stdout.startsWith("{")) throw new Error(`no summary (exit ${result.code}):\n${result.stderr}`);
      return { ...result, summary: summarySchema.parse(JSON.parse(result.stdout)) };
    },
    runs: () => {
      const folder = join(path, "runs");
      return readdirSync(folder)
        .sort()
        .map((name) => join(folder, name));
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
  return space;
}

/** Rows of a query over a run folder. */
export async function rowsOf(folder: string, sql: string): Promise<readonly (readonly QueryValue[])[]> {
  const run = await openRun(folder);
  try {
    return (await run.query(sql)).rows;
  } finally {
    run.close();
  }
}

/** Every byte under a folder, as latin1 text: for looking for what must not be there. */
export function bytesUnder(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, "latin1"))
    .join("\n");
}
