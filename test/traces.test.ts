import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cli } from "./helpers/cli.ts";
import { rowsOf, workspace } from "./helpers/workspace.ts";

const space = workspace();
afterAll(() => space.remove());

const TIMES = Array.from({ length: 120 }, (_, i) => i / 2 + (i % 5) / 10);
const trace = join(space.path, "trace.csv");
writeFileSync(
  trace,
  `TIMESTAMP,ContextTokens,GeneratedTokens\n${TIMES.map((at, i) => `${new Date(1.7e12 + at * 1000).toISOString().replace("T", " ").replace("Z", "")},${50 + i},${3 + (i % 4)}`).join("\n")}\n`,
);

test("describe tells what a trace looks like, and where a line is wrong", async () => {
  const described = await cli(["describe", trace, "--json"]);
  expect(described.code).toBe(0);
  expect(JSON.parse(described.stdout)).toMatchObject({
    schema: "plimsoll/trace/1",
    requests: 120,
    format: { name: "azure-llm" },
    input: { min: 50, max: 169 },
  });
  const wrong = join(space.path, "wrong.csv");
  writeFileSync(wrong, "arrived_at,num_prefill_tokens,num_decode_tokens\n0,1,1\n1,many,1\n");
  const told = await cli(["describe", wrong]);
  expect([told.code, told.stderr]).toEqual([104, expect.stringContaining("line 3")]);
  expect(told.stdout).toMatch(/Rate over time\n +[▁-█]+/);
  expect((await cli(["describe", "--presets"])).stdout).toContain("steady-chat");
});

test("a replayed trace asks at its times for its lengths, on a simulated stack too, and check says how", async () => {
  const stack = join(space.path, "stack.yaml");
  writeFileSync(stack, JSON.stringify({ parts: { llm: { kind: "pool", preset: "tiny" } } }));
  const plan = space.plan({
    target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat", model: "tiny" },
    stages: [{ steady: "5s", at: "1/s" }, { replay: { file: trace, speed: "4x" } }],
  });
  const checked = await cli(["check", plan]);
  expect(checked.stdout.replaceAll(/\s+/g, " ")).toContain("120 requests of trace.csv (azure-llm) start 120 sessions");
  const simulated = await cli(["twin", "simulate", stack, "--plan", plan]);
  expect([simulated.code, simulated.stderr]).toEqual([0, expect.anything()]);
  const rows = await rowsOf(
    space.runs().at(-1) ?? "",
    "SELECT scheduledAt FROM samples WHERE stage = 'replay' ORDER BY scheduledAt",
  );
  expect(rows.map(([at]) => at)).toEqual(TIMES.map((at) => expect.closeTo(5000 + at * 250, 3)));
});
