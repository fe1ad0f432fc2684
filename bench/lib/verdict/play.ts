import { rmSync } from "node:fs";
import { bottleneck } from "../../../src/analyse/bottleneck/rule.ts";
import { readFacts, type Summary, type Verdict } from "../../../src/analyse/index.ts";
import type { RuleResult } from "../../../src/analyse/verdict/rule.ts";
import { type PlanInput, resolvePlan } from "../../../src/plan/index.ts";
import { openRun } from "../../../src/record/index.ts";
import { simulate } from "../../../src/run/index.ts";
import { applyWeaknesses, resolveStack, type StackSpec } from "../../../src/twin/index.ts";
import type { LoadOf, Parts, Size } from "./types.ts";

/** What a case's run was told to be, and what analysis made of it. */
export interface Judged {
  readonly folder: string;
  readonly verdict: Verdict;
  readonly attempts: number;
  /** What the same folder says with less to look at, by the view's name. */
  readonly views: Readonly<Record<string, RuleResult>>;
  /** Wall ms. */
  readonly took: number;
}

export function stackOf(size: Omit<Size, "plant">, seed: number): StackSpec {
  const entry = size.entry === undefined ? {} : { entry: size.entry };
  return resolveStack({ name: size.name, seed, ...entry, parts: size.parts });
}

export function planted(size: Size, seed: number): StackSpec {
  const { plant } = size;
  if (typeof plant === "string") return applyWeaknesses(stackOf(size, seed), [plant]);
  return stackOf({ ...size, parts: merged(size.parts, plant) }, seed);
}

function merged(parts: Parts, plant: Parts): Parts {
  const changed = Object.entries(plant).map(([name, fields]) => {
    const all = Object.entries({ ...parts[name], ...fields }).filter(([, value]) => value !== undefined);
    return [name, Object.fromEntries(all)] as const;
  });
  return { ...parts, ...Object.fromEntries(changed) };
}

export function planOf(
  name: string,
  load: LoadOf,
  seed: number,
  runs: string,
  url = "http://127.0.0.1:9/v1",
): PlanInput {
  return {
    name,
    seed,
    target: { url, protocol: "openai-chat", ...(load.timeouts === undefined ? {} : { timeouts: load.timeouts }) },
    expect: { peak: `${load.peak} ${load.unit ?? "sessions/s"}` },
    workload: { personas: load.personas, ...(load.arrivals === undefined ? {} : { arrivals: load.arrivals }) },
    stages: load.stages ?? [],
    slo: [...(load.slo ?? [])],
    generator: { texts: "0%", gaps: "0%" },
    runs,
  };
}

/** Simulates a stack under a load, and lets analysis read the folder; nothing of what was planted is in it. */
export async function playSimulated(
  name: string,
  stack: StackSpec,
  load: LoadOf,
  seed: number,
  runs: string,
): Promise<Judged> {
  const begun = performance.now();
  const { plan } = resolvePlan(planOf(name, load, seed, runs));
  const { summary, verdict } = await simulate(plan, stack);
  const views = await viewsOf(summary);
  const took = performance.now() - begun;
  return { folder: summary.run.folder, verdict, attempts: summary.total.attempts, views, took };
}

/** What a scrape of the model server alone would have told, by the series that vLLM has; and no server at all. */
const ENGINE_PAGE: ReadonlySet<string> = new Set([
  "server.queued",
  "server.running",
  "server.kv.used",
  "server.preempted",
  "server.prompt.tokens",
  "server.prompt.cached",
  "server.output.tokens",
  "server.step.tokens",
  "server.steps",
  "server.requests",
  "server.ttft.ms",
  "server.ttft.count",
  "server.kv.tokens",
]);

async function viewsOf(summary: Summary): Promise<Judged["views"]> {
  const run = await openRun(summary.run.folder);
  try {
    const facts = await readFacts(run, summary);
    const engine = facts.servers.filter(({ concept }) => ENGINE_PAGE.has(concept));
    return {
      "client only": await bottleneck.look({ ...facts, servers: [] }, undefined),
      "engine's page": await bottleneck.look({ ...facts, servers: engine }, undefined),
    };
  } finally {
    run.close();
  }
}

export function forget({ folder }: Judged): void {
  rmSync(folder, { recursive: true, force: true });
}
