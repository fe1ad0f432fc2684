import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PlimsollError } from "../base/index.ts";
import { type PlanInput, resolvePlan } from "../plan/index.ts";
import { openRun } from "../record/index.ts";
import { PACED_DEFAULTS, resolveStack, startPaced } from "../twin/index.ts";
import { run } from "./run.ts";
import { simulate } from "./simulate/door.ts";

const STACK = { name: "tiny", seed: 3, parts: { llm: { kind: "pool", preset: "tiny" } } };

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-hooks-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function planWith(hooks: string, more: Partial<PlanInput> = {}) {
  await writeFile(
    join(folder, "hooks.ts"),
    `import { defineHooks } from "plimsoll";\nexport const hooks = ${hooks};\n`,
  );
  return resolvePlan(
    {
      name: "hooked",
      target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" },
      workload: {
        personas: [{ name: "user", prompts: ["hello"], turns: 3, maxTokens: 3 }],
        arrivals: { process: "constant" },
      },
      stages: [{ steady: "3s", at: "1/s" }],
      runs: "runs",
      hooks: "./hooks.ts",
      ...more,
    },
    { base: folder, cwd: folder, env: {} },
  ).plan;
}

const simulated = async (hooks: string) => simulate(await planWith(hooks), resolveStack(STACK));

async function refused(promise: Promise<unknown>): Promise<PlimsollError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PlimsollError)) throw new Error("no PlimsollError", { cause: error });
  return error;
}

test("nextTurn and answer end sessions, and a session's state is its own", async () => {
  const { summary } = await simulated(`defineHooks({
    beforeSession: ({ session, state }) => { state["turns"] = session; return undefined; },
    nextTurn: ({ turn, state }) => ({ end: turn > Number(state["turns"]) }),
    answer: ({ turn }) => ({ end: turn === 1 }),
  })`);
  const recorded = await openRun(summary.run.folder);
  const { rows } = await recorded.query("SELECT session, count(*) FROM samples GROUP BY session ORDER BY session");
  recorded.close();
  expect(rows.map(([session, turns]) => [Number(session), Number(turns)])).toEqual([
    [0, 1],
    [1, 2],
    [2, 2],
  ]);
});

test("request sets the output tokens of an attempt", async () => {
  const { summary } = await simulated("defineHooks({ request: ({ turn }) => ({ maxTokens: turn + 1 }) })");
  const recorded = await openRun(summary.run.folder);
  const { rows } = await recorded.query("SELECT turn, max(outputTokens) FROM samples GROUP BY turn ORDER BY turn");
  recorded.close();
  expect(rows.map(([, tokens]) => Number(tokens))).toEqual([1, 2, 3]);
});

test("a hook that throws in a simulation ends it with 107, file and line", async () => {
  const error = await refused(
    simulated('defineHooks({\n  nextTurn() {\n    throw new Error("no such user");\n  },\n})'),
  );
  expect(error.exitCode).toBe(107);
  expect(error.faults).toMatchObject([{ code: "HOOK_THREW", file: join(folder, "hooks.ts"), line: 4 }]);
  expect(error.message).toContain("no such user");
});

test.each([
  ["{ nextTrun() {} }", "nextTurn"],
  ["{ answer: 3 }", "synchronous"],
  ["{ async answer() {} }", "synchronous"],
])("hooks such as %s are refused before anything is loaded", async (hooks, hint) => {
  const error = await refused(simulated(hooks));
  expect(error.exitCode).toBe(104);
  expect(error.faults[0]?.hint).toContain(hint);
});

test("a live run's hooks see its answers, and their cost is told as the generator's own", async () => {
  const server = await startPaced(PACED_DEFAULTS);
  try {
    const target = { url: `${server.url}/v1`, protocol: "openai-chat", model: "paced-1" } as const;
    const stages = [{ steady: "1s", at: "3/s" }];
    const slow =
      "defineHooks({ answer: () => { for (const end = performance.now() + 60; performance.now() < end; ); return { end: true }; } })";
    const summary = await run(await planWith(slow, { target, stages }));
    expect(summary.total.attempts).toBe(3);
    expect(summary.generator.hooks?.calls).toBeGreaterThan(0);
    expect(summary.generator.hooks?.slowest).toBeGreaterThanOrEqual(60);
    expect(summary.generator.why.join()).toContain("a hook of the plan took");
  } finally {
    await server.close();
  }
}, 60_000);

test("a hook that throws in a live run ends it with 107, file and line", async () => {
  const server = await startPaced(PACED_DEFAULTS);
  try {
    const target = { url: `${server.url}/v1`, protocol: "openai-chat", model: "paced-1" } as const;
    const stages = [{ steady: "1s", at: "3/s" }];
    const throwing =
      'defineHooks({\n  answer({ text }) {\n    throw new Error(text === "" ? "nothing" : "seen");\n  },\n})';
    const error = await refused(run(await planWith(throwing, { target, stages })));
    expect(error.exitCode).toBe(107);
    expect(error.faults).toMatchObject([{ line: 4, message: "the hook answer threw: seen" }]);
  } finally {
    await server.close();
  }
}, 60_000);
