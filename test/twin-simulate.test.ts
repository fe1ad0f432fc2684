import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Summary, summarySchema } from "../src/analyse/index.ts";
import { type CliResult, cli } from "./helpers/cli.ts";
import { rowsOf, workspace } from "./helpers/workspace.ts";

const space = workspace();
afterAll(() => space.remove());

let stacks = 0;
function stackFile(stack: Readonly<Record<string, unknown>>): string {
  const file = join(space.path, `stack-${++stacks}.yaml`);
  writeFileSync(file, JSON.stringify(stack));
  return file;
}

const TINY = { parts: { llm: { kind: "pool", preset: "tiny" } } };
const USERS = { personas: [{ name: "user", prompts: "faq", turns: 1, patience: { median: "3s" } }] };
const TARGET = { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" };

function simulate(
  stack: Readonly<Record<string, unknown>>,
  plan: Readonly<Record<string, unknown>>,
  ...args: readonly string[]
): Promise<CliResult> {
  const written = {
    name: "simulated",
    target: TARGET,
    workload: USERS,
    stages: [{ steady: "20s", at: "2 sessions/s" }],
    ...plan,
  };
  return cli(["twin", "simulate", stackFile(stack), "--plan", space.plan(written), ...args]);
}

function summaryOf({ stdout, stderr }: CliResult): Summary {
  if (!stdout.startsWith("{")) throw new Error(`no summary:\n${stderr}`);
  return summarySchema.parse(JSON.parse(stdout));
}

test("twin simulate leaves a run folder that report and query read, marked as simulated", async () => {
  const simulated = await simulate({ name: "demo stack", ...TINY }, { slo: ["errors.rate < 1%"] });
  expect(simulated.code).toBe(0);
  expect(simulated.stdout).toContain("simulated on demo stack");
  expect(simulated.stdout).toMatch(/Simulated 0:2\d in .* x real time, on 1 thread/);
  expect(simulated.stdout).not.toContain("load generator kept up");
  const folder = space.runs().at(-1) ?? "";
  const reported = await cli(["report", folder]);
  expect(reported.stdout).toContain("simulated on demo stack");
  expect(reported.stdout).toContain("No target was loaded");
  const queried = await cli([
    "query",
    folder,
    "SELECT DISTINCT replica FROM samples WHERE replica IS NOT NULL",
    "--json",
  ]);
  expect(JSON.parse(queried.stdout)).toEqual([{ replica: "llm/0" }]);
});

test("a planted weakness shows in the stack of summary and report, and in what the report says of it", async () => {
  const busy = { stages: [{ steady: "20s", at: "12 sessions/s" }] };
  const { stdout } = await simulate(TINY, busy, "--weakness", "batch-too-small");
  expect(stdout).toMatch(/^ {2}llm +pool +\d+/m);
  expect(stdout.replaceAll(/\n +/g, " ")).toMatch(
    /planted: batch-too-small\. It shows as .+ Measured: a queue of at most [1-9]\d* at llm/,
  );
  const folder = space.runs().at(-1) ?? "";
  const { stack } = summaryOf(await cli(["report", folder, "--json"]));
  expect(stack?.map(({ part, kind }) => [part, kind])).toEqual([["llm", "pool"]]);
  expect(
    await rowsOf(folder, "SELECT max(value) FROM series WHERE name = 'queue' AND labels = '{part=\"llm\"}'"),
  ).toEqual([[stack?.[0]?.gauges.queue?.greatest]]);
  const idle = await simulate(TINY, { stages: [{ steady: "5s", at: "0.5 sessions/s" }] }, "--weakness", "kv-too-small");
  expect(idle.stdout.replaceAll(/\n +/g, " ")).toMatch(/Nothing of it showed: KV use at most .+, 0 preemptions/);
});

test("--no-folder keeps nothing, and a threshold that is crossed says so in the exit code", async () => {
  const before = readdirSync(space.path);
  const { code, stdout } = await simulate(
    TINY,
    { slo: ["ttft.p50 < 1ms"], runs: join(space.path, "never") },
    "--no-folder",
  );
  expect(code).toBe(99);
  expect(stdout).not.toContain("Run folder");
  expect(readdirSync(space.path).filter((name) => !before.includes(name) && !/^(plan|stack)-/.test(name))).toEqual([]);
});

test("every fault of plan, stack and weaknesses is told before anything is simulated", async () => {
  const model = await simulate(
    { parts: { llm: { ...TINY.parts.llm, models: ["small"] } } },
    { target: { ...TARGET, model: "large" } },
  );
  expect([model.code, model.stderr]).toEqual([104, expect.stringContaining("--set target.model=small")]);
  const weakness = await simulate(TINY, {}, "--weakness", "nonsense");
  expect([weakness.code, weakness.stderr]).toEqual([104, expect.stringContaining("there is no weakness nonsense")]);
});

test("values over the stack's and the plan's change the run as they say", async () => {
  const one = summaryOf(await simulate({ name: "s", ...TINY }, {}, "--json"));
  const other = summaryOf(
    await simulate(
      { name: "s", ...TINY },
      {},
      "--json",
      "--stack-set",
      "parts.llm.replicas=3",
      "--stack-set",
      "seed=9",
      "--seed",
      "5",
      "--exact",
    ),
  );
  expect(other.run.simulated?.hash).not.toBe(one.run.simulated?.hash);
  expect([other.run.simulated?.seed, other.plan.seed]).toEqual([9, 5]);
});

const FLEET = { name: "fleet", seed: 3, parts: { llm: { kind: "pool", preset: "tiny", replicas: 4 } } };

test.each([
  { what: "round robin", stack: FLEET, plan: { workload: USERS } },
  {
    what: "a hash of the session",
    stack: { ...FLEET, parts: { llm: { ...FLEET.parts.llm, balancer: "session-hash" } } },
    plan: {
      target: {
        url: "http://127.0.0.1:9/chat",
        protocol: "http-sse",
        request: { session: "{{session.id}}", message: "{{turn.prompt}}" },
        events: { token: "$.delta", done: "$.finish_reason" },
        timeouts: { firstToken: "1s" },
        retries: { count: 1, on: ["timeout"] },
      },
      workload: { personas: [{ name: "user", prompts: "multilingual", turns: { mean: 2 }, think: "500ms" }] },
    },
  },
])("sessions dealt out by $what give the same record on one thread and on several", async ({ stack, plan }) => {
  const stages = [{ steady: "30s", at: "8 sessions/s" }];
  const record = async (workers: number): Promise<readonly unknown[]> => {
    const ended = await simulate(stack, { ...plan, stages, generator: { gaps: "10%", workers } });
    expect(ended.stdout).toContain(`on ${workers} thread`);
    const folder = space.runs().at(-1) ?? "";
    return Promise.all(
      [
        "SELECT * EXCLUDE (worker, inFlight) FROM samples ORDER BY session, turn, attempt",
        "SELECT * FROM gap_logs ORDER BY session, turn, attempt",
        "SELECT second, bucketLow, sum(count) FROM gaps GROUP BY ALL ORDER BY ALL",
        "SELECT * FROM series WHERE time < 30000 ORDER BY name, labels, time",
      ].map((sql) => rowsOf(folder, sql)),
    );
  };
  const [one, two] = [await record(1), await record(2)];
  expect(two).toEqual(one);
  expect(Array.isArray(one[0]) ? one[0].length : 0).toBeGreaterThan(150);
});
