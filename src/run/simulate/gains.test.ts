import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { planHash, planOfRun, publicPlan, resolvePlan } from "../../plan/index.ts";
import { readManifest } from "../../record/index.ts";
import { resolveStack } from "../../twin/index.ts";
import { changedStack } from "./change-stack.ts";
import { simulate } from "./door.ts";
import { simulatedGains } from "./gains.ts";

const runs = mkdtempSync(join(tmpdir(), "plimsoll-gains-test-"));
afterAll(() => rmSync(runs, { recursive: true, force: true }));

const { plan } = resolvePlan({
  name: "gains",
  target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" },
  workload: { personas: [{ name: "user", prompts: "faq" }] },
  stages: [
    { steady: "10s", at: "1 sessions/s" },
    { steady: "20s", at: "4 sessions/s" },
  ],
  slo: ["ttft.p95 < 1s"],
  runs,
});
const SMALL = { kind: "pool", preset: "tiny", engine: { maxSeqs: 2 }, answers: { median: 60, p95: 150, max: 300 } };
const stack = resolveStack({ name: "small", parts: { llm: SMALL } });

describe("a stack with advice followed", () => {
  it("differs in the field that is meant, and in nothing else", () => {
    const changed = changedStack(stack, { fields: [{ path: ["engine", "maxSeqs"], times: 2 }] }, "llm/3");
    expect(changed?.source).toMatchObject({ parts: { llm: { ...SMALL, engine: { maxSeqs: 4 } } } });
    expect(changed).toMatchObject({ name: "small", seed: stack.seed, entry: "llm" });
  });

  it("is not there where the change alters nothing, or its parts forbid it", () => {
    expect(changedStack(stack, { fields: [{ path: ["engine", "prefixCache"], to: true }] }, "llm")).toBeUndefined();
    expect(changedStack(stack, { fields: [{ path: ["cores"], times: 2 }] }, "llm")).toBeUndefined();
    expect(changedStack(stack, { fields: [{ path: ["engine", "maxSeqs"], times: 2 }] }, "elsewhere")).toBeUndefined();
    expect(changedStack(stack, { fields: [{ path: ["engine", "maxSeqs"], to: "many" }] }, "llm")).toBeUndefined();
  });
});

it("the gain of advice is what the same plan shows on the changed stack, and trials leave no folder", async () => {
  const { summary, verdict } = await simulate(plan, stack);
  expect(verdict.bottleneck?.first).toMatch(/^bottleneck\.batch-limit\/llm/);
  const read = planOfRun(await readManifest(summary.run.folder), summary.plan.hash);
  expect(read === undefined ? undefined : publicPlan(read)).toEqual(publicPlan(plan));
  const tried = await simulatedGains(verdict, plan, stack, summary);
  const first = tried.findings.find(({ id }) => id === tried.bottleneck?.first);
  expect(first?.advice.length).toBeGreaterThan(1);
  for (const { gain } of first?.advice ?? []) {
    expect(gain?.by).toBe("simulated");
    expect(gain?.after).toBeLessThan((gain?.before ?? 0) / 2);
  }
  expect(readdirSync(runs)).toHaveLength(1);
}, 60_000);

it("a run's plan is read back only where it is the one that ran", () => {
  const manifest = { ...publicPlan(plan), run: { hash: planHash(plan) } };
  expect(planOfRun(manifest, planHash(plan))?.secrets).toEqual([]);
  expect(planOfRun({ ...manifest, seed: plan.seed + 1 }, planHash(plan))).toBeUndefined();
  expect(planOfRun({}, planHash(plan))).toBeUndefined();
});
