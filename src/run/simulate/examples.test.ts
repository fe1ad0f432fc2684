import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { readPlan } from "../../plan/index.ts";
import { readStack } from "../../twin/index.ts";
import { simulate } from "./door.ts";

const examples = fileURLToPath(new URL("../../../examples/", import.meta.url));
const scenarios = readdirSync(join(examples, "scenarios"));
const runs = mkdtempSync(join(tmpdir(), "plimsoll-examples-test-"));
afterAll(() => rmSync(runs, { recursive: true, force: true }));

/** A simulation generates text: embeddings are answered by the live twin alone. */
const LIVE_ONLY = new Set(["embeddings-ingest.yaml"]);

test("every scenario among the examples is read without a warning, and those that generate text play against the twin that they name", async () => {
  expect(scenarios).toHaveLength(7);
  for (const scenario of scenarios) {
    const { plan, warnings } = await readPlan(join(examples, "scenarios", scenario), { env: {}, cwd: runs });
    expect(warnings, scenario).toEqual([]);
    if (LIVE_ONLY.has(scenario)) continue;
    const shortened = {
      ...plan,
      runs,
      stages: plan.stages.map((stage) => ({ ...stage, duration: 15_000 })),
    };
    const stack = await readStack(join(examples, "stacks", "tiny.yaml"));
    const { summary } = await simulate(shortened, stack, {});
    expect(summary.total.attempts, scenario).toBeGreaterThan(5);
    expect((summary.total.outcomes.complete ?? 0) + (summary.total.outcomes.capped ?? 0), scenario).toBeGreaterThan(3);
    expect(summary.total.outcomes.rejected, scenario).toBeUndefined();
  }
});
