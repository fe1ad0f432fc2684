import { expect, test } from "vitest";
import { summarySchema } from "../src/analyse/index.ts";
import { FAST } from "../src/cli/commands/demo.ts";
import { cli } from "./helpers/cli.ts";

/** The demo's users on its stack in virtual time, where no machine is late. */
async function simulated(set: readonly string[], weaknesses: readonly string[]) {
  const { code, stdout, stderr } = await cli(
    [
      "twin",
      "simulate",
      "examples/stacks/demo.yaml",
      ...["--plan", "examples/demo.yaml", "-e", "DEMO_URL=http://127.0.0.1:1", "--no-folder", "--json"],
      ...set.flatMap((one) => ["--set", one]),
      ...weaknesses.flatMap((name) => ["--weakness", name]),
    ],
    { timeout: 60_000 },
  );
  expect(stdout, stderr).not.toBe("");
  const { thresholds } = summarySchema.parse(JSON.parse(stdout));
  return { code, crossed: thresholds.filter(({ held }) => !held).map(({ expression }) => expression) };
}

test.each([
  ["whole", []],
  ["fast", FAST],
])(
  "the %s demo crosses its first-token limit because of the weakness that is planted, and holds everything without it",
  async (_, set) => {
    expect(await simulated(set, [])).toEqual({ code: 0, crossed: [] });
    const planted = await simulated(set, ["kv-too-small"]);
    expect(planted.code).toBe(99);
    expect(planted.crossed).toContain("ttft.p90 < 800ms");
    expect(planted.crossed.filter((one) => !one.startsWith("ttft"))).toEqual([]);
    expect(planted.crossed).not.toContain("ttft{stage=steady}.p50 < 800ms");
  },
  120_000,
);
