import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { type Summary, summarySchema } from "../../src/analyse/index.ts";
import { query } from "./duck.ts";
import { REPOSITORY } from "./paths.ts";
import { runClient } from "./spawned.ts";
import type { Stub } from "./stub.ts";

export type PlanText = Readonly<Record<string, unknown>>;

export interface PlimsollRun {
  readonly summary: Summary;
  readonly folder: string;
  readonly cpu: number;
  readonly exitCode: number;
  /** What a reader of the table must know; empty when nothing. */
  readonly note: string;
}

/** Held, a threshold crossed (the benches set none), generator limited, budget spent: the run's own result in each case. */
const RESULT_CODES = new Set([0, 120, 121]);

/** Compiles the product, so that what is measured is what is in src/. */
export function buildProduct(build: boolean): void {
  if (!build) return;
  const built = spawnSync(
    process.execPath,
    [join(REPOSITORY, "node_modules/typescript/bin/tsc"), "-b", join(REPOSITORY, "tsconfig.build.json")],
    { encoding: "utf8" },
  );
  if (built.status !== 0) throw new Error(`the product does not compile:\n${built.stdout}`);
}

/** The plan of a paced stream run: closed with `streams` users, or open with `rate` sessions a second, evenly spaced. */
export function plimsollPlan(
  stub: Stub,
  load: { readonly streams: number; readonly forMs: number; readonly rate?: number; readonly gaps: string },
): PlanText {
  return {
    target: { url: `${stub.url}/v1/chat/completions`, protocol: "openai-chat", model: "bench-model" },
    workload: {
      personas: [{ name: "user", prompts: ["How much may a ship carry?"], turns: 1 }],
      arrivals: { process: "constant" },
    },
    stages: [
      { steady: `${load.forMs}ms`, at: load.rate === undefined ? `${load.streams} users` : `${load.rate} sessions/s` },
    ],
    generator: { workers: 1, gaps: load.gaps },
  };
}

/** The plan of tiny JSON answers; `more` is merged over it. */
export function tinyPlan(stub: Stub, stages: readonly unknown[], more: PlanText = {}): PlanText {
  return {
    target: {
      url: `${stub.url}/tiny`,
      protocol: "http-json",
      request: { question: "{{turn.prompt}}" },
      events: { token: "$.text", usage: "$.usage" },
    },
    workload: {
      personas: [{ name: "user", prompts: ["How much may a ship carry?"], turns: 1 }],
      arrivals: { process: "constant" },
    },
    stages,
    generator: { workers: 1 },
    ...more,
  };
}

/** Runs the built command on the client's core; its run folder lies in `folder`. */
export async function runPlimsoll(
  plan: PlanText,
  folder: string,
  forMs: number,
  onStart?: (pid: number) => void,
): Promise<PlimsollRun> {
  const runs = join(folder, "runs");
  mkdirSync(runs, { recursive: true });
  const file = join(folder, "plan.yaml");
  writeFileSync(file, JSON.stringify({ name: "bench", ...plan, runs }, null, 2));
  const command = [process.execPath, join(REPOSITORY, "dist/cli/main.js"), "run", file, "--json"];
  const ended = await runClient(command, { limitMs: forMs + 180_000, ...(onStart ? { onStart } : {}) });
  if (!RESULT_CODES.has(ended.code))
    throw new Error(`plimsoll ended with ${ended.code}\n${ended.stderr}${ended.stdout.slice(0, 2000)}`);
  const summary = summarySchema.parse(JSON.parse(ended.stdout));
  const note = summary.generator.limited ? `generator limited: ${summary.generator.why.join("; ")}` : "";
  return { summary, folder: summary.run.folder, cpu: ended.cpu, exitCode: ended.code, note };
}

/** `SELECT columns FROM samples` over a run folder's Parquet. */
export function samplesOf<S extends z.ZodType>(
  folder: string,
  schema: S,
  columns: string,
  rest = "",
): Promise<z.infer<S>[]> {
  return query(schema, `SELECT ${columns} FROM read_parquet('${join(folder, "samples", "*.parquet")}') ${rest}`);
}
