import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { summarySchema } from "../src/analyse/index.ts";
import { cli, ROOT } from "./helpers/cli.ts";
import { type PacedServer, pacedServer } from "./helpers/paced.ts";
import { workspace } from "./helpers/workspace.ts";

const COMMANDS = ["demo", "quick", "run", "check", "init", "schema", "report", "query"];

const space = workspace();
let server: PacedServer;

beforeAll(async () => {
  server = await pacedServer("--slots", "16", "--tokens", "8", "--gap", "5", "--first-token", "10");
});

afterAll(async () => {
  await server.stop();
  space.remove();
});

/** The commands that a command's help shows as examples, as arguments. */
async function examplesOf(command: string): Promise<string[][]> {
  const { stdout } = await cli([command, "--help"]);
  const lines = stdout.slice(stdout.indexOf("Examples:")).matchAll(/^ {4}npx plimsoll (.+)$/gm);
  return [...lines].map(([, line = ""]) => line.replace(/ >.*$/, "").split(" "));
}

/** JSON with its numbers to nine digits: a sum's last digit depends on the order in which threads added it up. */
function rounded(json: string): unknown {
  return JSON.parse(json, (_, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(9)) : value));
}

test("the help lists every command, and no arguments show it", async () => {
  const { code, stdout } = await cli(["--help"]);
  expect(code).toBe(0);
  for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
  expect((await cli([])).stdout).toBe(stdout);
});

test.each(COMMANDS)("the help of `%s` has examples", async (command) => {
  const { code } = await cli([command, "--help"]);
  expect(code).toBe(0);
  expect(await examplesOf(command)).not.toEqual([]);
});

test.each(["check", "schema"])("the examples in the help of `%s` work as pasted", async (command) => {
  for (const args of await examplesOf(command)) {
    // It runs until Ctrl-C; it has a test of its own.
    if (args.includes("--serve")) continue;
    const { code, stdout, stderr } = await cli(args);
    expect(code, `${args.join(" ")}\n${stderr}`).toBe(0);
    expect(stdout, args.join(" ")).not.toBe("");
  }
});

test("every plan of examples/ is valid", async () => {
  const plans = (await readdir(join(ROOT, "examples"))).filter((file) => /\.(yaml|json|ts)$/.test(file));
  expect(plans.length).toBeGreaterThan(4);
  for (const plan of plans) {
    const { code, stderr } = await cli(["check", `examples/${plan}`, "-e", "DEMO_URL=http://127.0.0.1:1"]);
    expect(code, `${plan}\n${stderr}`).toBe(0);
  }
});

test("an unknown command or flag is refused with a way to go on, and nothing on standard output", async () => {
  for (const args of [["rnu"], ["run", "--fsat"], ["query"]]) {
    const { code, stdout, stderr } = await cli(args);
    expect(code).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toContain("--help");
  }
});

test("an invalid plan ends with 104 and names every fault, its line and a hint, and sends nothing", async () => {
  const file = join(space.path, "bad.yaml");
  await writeFile(file, "target:\n  url: http://127.0.0.1:1/v1\n  modle: m\nstages:\n  - { steady: 30, at: 2/s }\n");
  for (const command of ["check", "run"]) {
    const { code, stdout, stderr } = await cli([command, file]);
    expect(code).toBe(104);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/bad\.yaml:3:\d+/);
    expect(stderr).toMatch(/bad\.yaml:5:\d+/);
    expect(stderr).toContain("model");
    expect(stderr).toContain("30s");
  }
});

test("`init` writes a plan that `check` accepts, and does not overwrite it", async () => {
  const cwd = space.path;
  expect((await cli(["init", "mine.yaml", "--protocol", "http-sse"], { cwd })).code).toBe(0);
  const written = await readFile(join(cwd, "mine.yaml"), "utf8");
  const again = await cli(["init", "mine.yaml"], { cwd });
  expect(again.code).not.toBe(0);
  expect(again.stderr).toContain("--force");
  expect(await readFile(join(cwd, "mine.yaml"), "utf8")).toBe(written);
  const needed = [...written.matchAll(/\$\{(\w+)\}/g)].flatMap(([, name]) => ["-e", `${name}=x`]);
  const checked = await cli(["check", "mine.yaml", ...needed], { cwd });
  expect(checked.code, checked.stderr).toBe(0);
});

test("`quick` says what speaks at a URL, loads it, and saves the plan that it stands for", async () => {
  const cwd = space.path;
  const args = ["quick", server.url, "--rate", "5/s", "--for", "2s", "--save", "quick.yaml", "--json"];
  const { code, stdout, stderr } = await cli(args, { cwd });
  const summary = summarySchema.parse(JSON.parse(stdout));
  expect([0, 120], stderr).toContain(code);
  expect(summary.total.outcomes.complete).toBe(summary.total.attempts);
  expect(stderr).toContain("paced-1");
  expect((await cli(["check", "quick.yaml"], { cwd })).code).toBe(0);
});

test("the demo runs with nothing else at hand, prints a summary object alone, and `report` prints it again", async () => {
  const cwd = space.path;
  const { code, stdout, stderr } = await cli(["demo", "--fast", "--json"], { cwd, timeout: 90_000 });
  expect(code, stderr).toBe(0);
  const summary = summarySchema.parse(JSON.parse(stdout));
  expect(summary.total.outcomes.complete).toBeGreaterThan(20);
  expect(summary.personas.map(({ name }) => name)).toEqual(["quick-question", "researcher", "adversary"]);
  expect(summary.total.cost?.perGoodAnswer).toBeGreaterThan(0);
  const report = await cli(["report", summary.run.folder, "--json"], { cwd });
  expect(rounded(report.stdout)).toEqual(rounded(stdout));
  const query = await cli(["query", summary.run.folder, "SELECT count(*) AS n FROM samples"], { cwd });
  expect(query.stdout).toContain(String(summary.total.attempts));
}, 120_000);

test("the library runs a plan and resolves to the summary object", async () => {
  const script = join(ROOT, "test/helpers/library.mjs");
  const args = [script, server.url, join(space.path, "library")];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 16 << 20 });
  const summary = summarySchema.parse(JSON.parse(stdout));
  expect(summary.total.attempts).toBeGreaterThan(0);
  expect(summary.total.outcomes.complete).toBe(summary.total.attempts);
});
