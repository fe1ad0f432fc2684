import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { summarySchema, verdictSchema } from "../src/analyse/index.ts";
import { FAST } from "../src/cli/commands/demo.ts";
import { cli } from "./helpers/cli.ts";

let runs: string;
beforeAll(async () => {
  runs = await mkdtemp(join(tmpdir(), "plimsoll-demo-"));
});
afterAll(() => rm(runs, { recursive: true, force: true }));

/** The demo's users on its stack in virtual time, where no machine is late. */
async function simulated(set: readonly string[], weaknesses: readonly string[]) {
  const { code, stdout, stderr } = await cli(
    [
      "twin",
      "simulate",
      "examples/stacks/demo.yaml",
      ...["--plan", "examples/demo.yaml", "-e", "DEMO_URL=http://127.0.0.1:1", "--json"],
      ...[...set, `runs=${runs}`].flatMap((one) => ["--set", one]),
      ...weaknesses.flatMap((name) => ["--weakness", name]),
    ],
    { timeout: 60_000 },
  );
  expect(stdout, stderr).not.toBe("");
  const { thresholds, run } = summarySchema.parse(JSON.parse(stdout));
  const verdict = verdictSchema.parse(JSON.parse(await readFile(join(run.folder, "findings.json"), "utf8")));
  return { code, crossed: thresholds.filter(({ held }) => !held).map(({ expression }) => expression), verdict };
}

test.each([
  ["whole", [], "go"],
  // Five seconds at the peak are too few to say that it holds.
  ["fast", FAST, "cannot-tell"],
])(
  "the %s demo crosses its first-token limit because of the weakness that is planted, and holds everything without it",
  async (_, set, word) => {
    const healthy = await simulated(set, []);
    expect(healthy).toMatchObject({ code: 0, crossed: [] });
    expect(healthy.verdict.verdict.word).toBe(word);
    const planted = await simulated(set, ["kv-too-small"]);
    expect(planted.code).toBe(99);
    expect(planted.crossed).toContain("ttft.p90 < 800ms");
    expect(planted.crossed.filter((one) => !one.startsWith("ttft"))).toEqual([]);
    expect(planted.crossed).not.toContain("ttft{stage=steady}.p50 < 800ms");
    expect(planted.verdict.verdict.word).toBe("no-go");
    expect(planted.verdict.verdict.headline).toMatch(/^It carries .* sessions a second\. Launch day brings \d+\.$/);
    expect(planted.verdict.bottleneck?.first).toMatch(/^bottleneck\.kv-cache/);
    // Long runs at even loads put the weak stack's limit between 7 and 8 sessions a second.
    expect(planted.verdict.line?.safe?.low).toBeLessThan(7.5);
    expect(planted.verdict.line?.safe?.high).toBeGreaterThan(7.5);
  },
  120_000,
);
