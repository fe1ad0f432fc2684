import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { cli } from "./helpers/cli.ts";
import { workspace } from "./helpers/workspace.ts";

const space = workspace();
afterAll(() => space.remove());

const found = z.looseObject({
  findings: z.array(z.looseObject({ kind: z.string(), severity: z.string(), component: z.string() })),
  cost: z.looseObject({ prices: z.looseObject({ source: z.looseObject({ model: z.string() }) }) }),
});

const POOL = { kind: "pool", preset: "tiny", answers: { median: 60, p95: 150, max: 300 }, engine: { maxSeqs: 4 } };
const STACK = { entry: "gateway", parts: { gateway: { kind: "gateway", to: "llm" }, llm: POOL } };

/** Kinds and severities of what a simulated run's folder says. */
async function findingsOf(stages: unknown, ...args: readonly string[]): Promise<readonly string[]> {
  const stack = join(space.path, "stack.yaml");
  writeFileSync(stack, JSON.stringify(STACK));
  const plan = space.plan({
    name: "trends",
    target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat", model: "tiny" },
    workload: { personas: [{ name: "user", prompts: "faq", turns: 1 }] },
    stages,
    slo: ["ttft.p95 < 2s"],
    guards: { allFailedFor: 0 },
    prices: { model: "gpt-5-mini" },
  });
  await cli(["twin", "simulate", stack, "--plan", plan, ...args]);
  const text = readFileSync(join(space.runs().at(-1) ?? "", "findings.json"), "utf8");
  const { findings, cost } = found.parse(JSON.parse(text));
  expect(cost.prices.source.model).toBe("gpt-5-mini");
  return findings.map(({ kind, severity }) => `${severity} ${kind}`);
}

const PEAK = [
  { baseline: "60s", at: "2/s" },
  { spike: "20s", from: "2/s", to: "10/s" },
  { recovery: "100s", at: "2/s" },
];
const SOAK = { soak: "200s", at: "2/s" };

test("a storm of retries that a peak leaves behind is named as a state that lasts", async () => {
  expect(await findingsOf(PEAK, "--weakness", "retry-storm")).toContain("high recovery.metastable");
});

test("memory that a server loses at constant load is found, and announced the failure", async () => {
  const leaking = await findingsOf([SOAK], "--weakness", "memory-leak");
  expect(leaking).toEqual(expect.arrayContaining(["high soak.kv", "info warning.kv-headroom"]));
});

test("the same stack without a weakness comes back from the peak, and nothing of it grows", async () => {
  const kinds = await findingsOf([...PEAK, SOAK]);
  const own = kinds.filter((kind) => /recovery|soak|step/.test(kind));
  expect(own).toEqual([expect.stringMatching(/recovery\.(back|slow)$/)]);
});
