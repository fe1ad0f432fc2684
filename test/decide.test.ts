import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { cli, ROOT } from "./helpers/cli.ts";
import { workspace } from "./helpers/workspace.ts";

const space = workspace();
afterAll(() => space.remove());

const STACK = join(ROOT, "examples/stacks/tiny.yaml");
const PLAN = {
  name: "decide",
  target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" },
  workload: { personas: [{ name: "user", prompts: "faq", turns: 1 }] },
  stages: [{ steady: "40s", at: "2 sessions/s" }],
  slo: ["ttft.p90 < 800ms", "errors.rate < 5%"],
};

const foundShape = z.object({
  answer: z.object({ kind: z.string() }),
  probes: z.array(z.object({ load: z.number(), run: z.string(), word: z.string() })),
});

test("find leaves each probe's run folder and find.json in one folder, and prints the same", async () => {
  const out = join(space.path, "found");
  const args = ["--simulate", STACK, "--from", "1", "--for", "30s", "--probes", "5", "--out", out, "--json"];
  const { code, stdout, stderr } = await cli(["find", space.plan(PLAN), ...args]);
  expect(code, stderr).toBe(0);
  const found = foundShape.parse(JSON.parse(stdout));
  expect(found.probes.length).toBeLessThanOrEqual(5);
  expect(found.probes[0]?.load).toBe(1);
  const [name = ""] = readdirSync(out);
  expect(name).toMatch(/-find-decide$/);
  for (const { run } of found.probes) expect(existsSync(join(out, name, run, "summary.json"))).toBe(true);
  expect(JSON.parse(readFileSync(join(out, name, "find.json"), "utf8"))).toEqual(JSON.parse(stdout));
});

async function simulated(name: string, ...args: readonly string[]): Promise<string> {
  const out = join(space.path, name);
  const { stdout } = await cli([
    "-q",
    "twin",
    "simulate",
    STACK,
    "--plan",
    space.plan(PLAN),
    "--no-page",
    "--out",
    out,
    "--json",
    ...args,
  ]);
  return z.object({ run: z.object({ folder: z.string() }) }).parse(JSON.parse(stdout)).run.folder;
}

test("compare exits with 99 on a slower engine, 0 on the same run, and 104 with the places where the plans differ", async () => {
  const base = await simulated("base");
  const slow = await simulated("slow", "--stack-set", "parts.llm.engine={ costs: { c0: 30 } }");
  const other = await simulated("other", "--set", "stages[0].at=3 sessions/s");
  const junit = join(space.path, "compare.xml");
  const worse = await cli(["compare", base, slow, "--junit", junit]);
  expect(worse.code).toBe(99);
  expect(worse.stdout).toMatch(/^It is worse: /);
  expect(readFileSync(junit, "utf8")).toContain("<failure");
  expect((await cli(["compare", "--against", base, base])).code).toBe(0);
  const refused = await cli(["compare", base, other]);
  expect(refused.code).toBe(104);
  expect(refused.stderr).toContain("stages[0].load[0].value");
});

const workflow = z.object({
  jobs: z.object({
    load: z.object({ steps: z.array(z.object({ name: z.string().optional(), run: z.string().optional() })) }),
  }),
});

test("the commands of the workflow example run as they stand, and annotate the step by themselves", async () => {
  const port = await freePort();
  const steps = workflow.parse(parse(readFileSync(join(ROOT, "examples/ci/github-workflow.yaml"), "utf8"))).jobs.load
    .steps;
  const cwd = join(space.path, "checkout");
  const bin = join(space.path, "bin");
  for (const folder of [cwd, bin]) mkdirSync(folder);
  symlinkSync(join(ROOT, "examples"), join(cwd, "examples"));
  // The build is that of the test itself. `npx plimsoll` is the built command; the half minute of load is cut to seconds.
  const shim = `#!/bin/sh\nshift\nif [ "$1" = run ]; then set -- "$@" --set stages[0].steady=4s --no-page; fi\nexec "${process.execPath}" "${join(ROOT, "dist/cli/main.js")}" "$@"\n`;
  writeFileSync(join(bin, "npx"), shim);
  chmodSync(join(bin, "npx"), 0o755);
  const stepSummary = join(space.path, "step.md");
  const script = steps.flatMap(({ run }) =>
    run === undefined || run.startsWith("npm ci") ? [] : [run.replaceAll("8400", String(port))],
  );
  // A runner ends what a job has left behind; so does this shell.
  const ended = spawnSync("bash", ["-c", `trap 'kill $(jobs -p)' EXIT\n${script.join("\n")}`], {
    cwd,
    encoding: "utf8",
    timeout: 50_000,
    env: {
      PATH: `${bin}:${process.env.PATH ?? ""}`,
      HOME: process.env.HOME ?? "",
      GITHUB_ACTIONS: "true",
      GITHUB_STEP_SUMMARY: stepSummary,
      CI: "true",
    },
  });
  expect([0, 99, 120], ended.stderr).toContain(ended.status);
  expect(readFileSync(join(cwd, "load.xml"), "utf8")).toContain('tests="');
  expect(readFileSync(stepSummary, "utf8")).toBe(readFileSync(join(cwd, "load.md"), "utf8"));
});

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
