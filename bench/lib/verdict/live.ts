import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { Verdict } from "../../../src/analyse/index.ts";
import { verdictSchema } from "../../../src/analyse/verdict/schema.ts";
import type { StackSpec } from "../../../src/twin/index.ts";
import { REPOSITORY } from "../paths.ts";
import { mustBe } from "../results.ts";
import { runClient } from "../spawned.ts";
import { planOf } from "./play.ts";
import type { LoadOf } from "./types.ts";

const CLI = join(REPOSITORY, "dist/cli/main.js");
const LIMIT = 600_000;

/** Serves a stack by the built twin in a process of its own, runs the plan against it, and reads what the run says. */
export async function playLive(
  name: string,
  stack: StackSpec,
  load: LoadOf,
  seed: number,
  folder: string,
): Promise<Verdict> {
  const stackFile = join(folder, "stack.json");
  writeFileSync(stackFile, JSON.stringify({ ...stack.source, name: stack.name, seed: stack.seed, entry: stack.entry }));
  const twin = spawn(process.execPath, [CLI, "twin", "serve", stackFile, "--port", "0", "--announce"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(twin, "close");
  try {
    const [line] = await once(createInterface(twin.stdout), "line");
    const { url } = z.looseObject({ url: z.string() }).parse(JSON.parse(String(line)));
    const runs = join(folder, "live");
    const planFile = join(folder, "plan.json");
    writeFileSync(planFile, JSON.stringify(planOf(name, load, seed, runs, `${url}/v1`)));
    const before = new Set(listed(runs));
    const { code, stderr } = await runClient([process.execPath, CLI, "run", planFile, "--json", "--quiet"], {
      limitMs: LIMIT,
    });
    const made = listed(runs).find((run) => !before.has(run));
    mustBe(made !== undefined, `the run left no folder, exit code ${code}: ${stderr}`);
    return verdictSchema.parse(JSON.parse(readFileSync(join(runs, made ?? "", "findings.json"), "utf8")));
  } finally {
    twin.stdin.end();
    await ended;
  }
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
