import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { verdictSchema } from "../src/analyse/verdict/schema.ts";
import { cli } from "./helpers/cli.ts";
import { workspace } from "./helpers/workspace.ts";

const space = workspace();
afterAll(() => space.remove());

const llm = { kind: "pool", preset: "tiny", engine: { maxSeqs: 2 }, answers: { median: 60, p95: 150, max: 300 } };

function written(name: string, text: string): string {
  const file = join(space.path, name);
  writeFileSync(file, text);
  return file;
}

test("report --stack tries each piece of advice of an earlier run on the stack, and refuses a run whose plan was changed", async () => {
  const stack = written("stack.yaml", JSON.stringify({ name: "small", parts: { llm } }));
  const plan = space.plan({
    name: "advised",
    target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" },
    workload: { personas: [{ name: "user", prompts: "faq" }] },
    stages: [
      { steady: "10s", at: "1 sessions/s" },
      { steady: "20s", at: "4 sessions/s" },
    ],
    slo: ["ttft.p95 < 1s"],
  });
  const simulated = await cli(["twin", "simulate", stack, "--plan", plan, "--no-page"]);
  expect(simulated.code).toBe(99);
  const folder = space.runs().at(-1) ?? "";
  writeFileSync(join(folder, "findings.json"), "{}");
  const reported = await cli(["report", folder, "--stack", stack, "--no-page"]);
  expect(reported.code).toBe(0);
  const verdict = verdictSchema.parse(JSON.parse(readFileSync(join(folder, "findings.json"), "utf8")));
  const first = verdict.findings.find(({ id }) => id === verdict.bottleneck?.first);
  expect(first?.kind).toBe("bottleneck.batch-limit");
  expect(first?.advice.map(({ gain }) => gain?.by)).toEqual(["simulated", "simulated"]);

  const file = join(folder, "plan.json");
  writeFileSync(file, readFileSync(file, "utf8").replace('"seed":', '"seed": 5, "was":'));
  const refused = await cli(["report", folder, "--stack", stack, "--no-page"]);
  expect(refused.code).toBe(104);
  expect(refused.stderr).toMatch(/plan of this run cannot be read back[\s\S]*Leave out --stack/);
}, 120_000);
