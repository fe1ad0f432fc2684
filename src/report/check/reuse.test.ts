import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { resolvePlan } from "../../plan/index.ts";
import { openRun } from "../../record/index.ts";
import { simulate } from "../../run/index.ts";
import { resolveStack } from "../../twin/index.ts";
import { loadWorkload } from "../../workload/index.ts";
import { prefixReuse } from "./reuse.ts";

const runs = mkdtempSync(join(tmpdir(), "plimsoll-reuse-"));
afterAll(() => rmSync(runs, { recursive: true, force: true }));

/** A server whose prefix cache holds all that these plans send. */
const STACK = { name: "roomy", seed: 3, parts: { llm: { kind: "pool", preset: "llama-3-8b-h100" } } };

const passage = "The harbour master writes down each ship that comes in, and each that goes out again. ".repeat(20);

test.each([
  [
    "prefixes chosen by Zipf's law, in 80 % of the sessions",
    { synthetic: { tokens: 200 }, prefix: { tokens: 700, count: 20, reuse: "zipf" as const, share: "80%" } },
    {},
  ],
  ["few prefixes, each as often", { set: "short", prefix: { tokens: { min: 200, max: 900 }, count: 4 } }, {}],
  ["a system prompt that half of the sessions mark", { set: "short", unique: "50%" }, { system: passage }],
  ["documents that come again and again", { set: "long-documents" }, { turns: 1 }],
])("a prefix cache finds what check says of %s, within 3 points", async (_, prompts, persona) => {
  const { plan } = resolvePlan({
    name: "reuse",
    target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" },
    workload: { personas: [{ name: "user", prompts, maxTokens: 5, ...persona }] },
    stages: [{ steady: "100s", at: "4 sessions/s" }],
    runs,
  });
  const asked = prefixReuse(loadWorkload(plan), 400).share;
  const { summary } = await simulate(plan, resolveStack(STACK), {});
  const run = await openRun(summary.run.folder);
  const { rows } = await run.query("select sum(cachedTokens) / sum(inputTokens) from samples");
  run.close();
  expect(asked).toBeGreaterThan(0.2);
  expect(Math.abs(Number(rows[0]?.[0]) - asked)).toBeLessThan(0.03);
});
