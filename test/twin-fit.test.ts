import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { z } from "zod";
import { summarySchema } from "../src/analyse/index.ts";
import { chat, serve, specOf, TRUTH } from "../src/twin/fit/test/synthetic.ts";
import { cli, ROOT, startCli } from "./helpers/cli.ts";
import { builtTwin } from "./helpers/twin.ts";
import { workspace } from "./helpers/workspace.ts";

const space = workspace();
afterAll(() => space.remove());

const TARGET = { url: "http://127.0.0.1:9/v1", protocol: "openai-chat", model: "tiny" };
const stack = join(space.path, "stack.yaml");
writeFileSync(stack, JSON.stringify({ name: "tiny", parts: { llm: { kind: "pool", preset: "tiny" } } }));

/** Simulates single questions at this rate; the run's summary. */
async function simulated(file: string, rate: number): Promise<z.infer<typeof summarySchema>> {
  const plan = space.plan({
    name: "questions",
    target: TARGET,
    workload: { personas: [{ name: "user", prompts: "mixed", turns: 1 }] },
    stages: [{ steady: "2m", at: `${rate} sessions/s` }],
  });
  const { stdout, stderr } = await cli(["twin", "simulate", file, "--plan", plan, "--json"]);
  if (!stdout.startsWith("{")) throw new Error(`no summary:\n${stderr}`);
  return summarySchema.parse(JSON.parse(stdout));
}

test("a run is fitted to an engine that predicts a load which was not fitted, through the files that the commands write", async () => {
  await simulated(stack, 3);
  const engine = join(space.path, "engine.yaml");
  const run = space.runs().at(-1) ?? "";
  const told = ["--blocks", "641", "--max-seqs", "16", "--token-budget", "512", "--time", "20s"];
  const fitted = await cli(["twin", "fit", run, ...told, "--out", engine], { timeout: 90_000 });
  // How it goes is told a line at a time, where it takes long enough.
  expect(fitted.stderr).toMatch(/^(?:(?:Searching|Seeking) .+ left\n)*$/);
  expect(fitted.code).toBe(0);
  expect(fitted.stdout).toMatch(/held out +ttft mean/);
  expect(fitted.stdout).toContain("not identified");
  writeFileSync(engine, readFileSync(engine, "utf8").replace("models: [fitted]", "models: [tiny]"));
  const truth = await simulated(stack, 4);
  const predicted = await simulated(engine, 4);
  const ratio = (metric: "tpot" | "ttft" | "response"): number =>
    (predicted.total.metrics[metric]?.mean ?? Number.NaN) / (truth.total.metrics[metric]?.mean ?? Number.NaN);
  expect(Math.abs(Math.log(ratio("tpot")))).toBeLessThan(0.1);
  expect(Math.abs(Math.log(ratio("response")))).toBeLessThan(0.15);
  // Near saturation a first token is mostly waiting, which a few per cent of capacity move far.
  expect(Math.abs(Math.log(ratio("ttft")))).toBeLessThan(0.7);
}, 180_000);

test("the twin at its defaults is probed and fitted with the commands as they are printed, within the default budget", async () => {
  const twin = await builtTwin([resolve(ROOT, "examples/stacks/tiny.yaml")]);
  const [probe, engine] = [join(space.path, "defaults.json"), join(space.path, "defaults.yaml")];
  try {
    const probed = await cli(["twin", "probe", twin.url, "--out", probe], { timeout: 330_000 });
    expect(probed.code, probed.stderr).toBe(0);
    expect(probed.stdout).not.toContain("Not measured");
    expect(probed.stdout).toMatch(/the server's context is 4,096 tokens/i);
    expect(probed.stdout).toContain("16 sequences run at once; more wait.");
  } finally {
    await twin.stop();
  }
  const fitted = await cli(["twin", "fit", probe, "--out", engine], { timeout: 150_000 });
  expect(fitted.code, fitted.stderr).toBe(0);
  expect(readFileSync(engine, "utf8")).toContain("maxSeqs: 16");
}, 500_000);

test("a table of requests with faults is told all of them, by line, and nothing is fitted", async () => {
  const table = join(space.path, "requests.jsonl");
  const row = { arrival: 1, input_tokens: 10, output_tokens: 5, first_token: 1.5, last_token: 2 };
  const rows = [row, { ...row, input_tokens: -3 }, { ...row, last_token: "soon" }];
  writeFileSync(table, rows.map((line) => JSON.stringify(line)).join("\n"));
  const { code, stderr } = await cli(["twin", "fit", "--requests", table]);
  expect(code).toBe(104);
  expect(stderr).toContain("requests.jsonl:2");
  expect(stderr).toContain("requests.jsonl:3");
});

test("a probe of a served twin stays within its budget of requests, and what it writes is fitted", async () => {
  const twin = await builtTwin([stack]);
  try {
    const file = join(space.path, "probe.json");
    const probed = await cli(
      ["twin", "probe", twin.url, "--budget", "25s", "--requests", "60", "--max-prompt", "512", "--out", file],
      { timeout: 60_000 },
    );
    expect(probed.stderr).not.toContain("internal");
    expect(probed.code, probed.stderr).toBe(0);
    const page = await (await fetch(`${twin.url}/metrics`)).text();
    const served = Number(/^plimsoll_twin_http_requests_total (\S+)$/m.exec(page)?.[1]);
    expect(served).toBeGreaterThan(8);
    expect(served).toBeLessThanOrEqual(60);
    const fitted = await cli(["twin", "fit", file, "--max-seqs", "16", "--token-budget", "512", "--time", "10s"], {
      timeout: 60_000,
    });
    // How it goes is told a line at a time, where it takes long enough.
    expect(fitted.stderr).toMatch(/^(?:(?:Searching|Seeking) .+ left\n)*$/);
    expect(fitted.stdout).toMatch(/^ {2}c0 /m);
  } finally {
    await twin.stop();
  }
}, 150_000);

test("a probe goes to loopback only, unless its owner says otherwise", async () => {
  const { code, stderr } = await cli(["twin", "probe", "http://192.0.2.1:8000", "--budget", "1s"]);
  expect(code).toBe(104);
  expect(stderr).toContain("--i-own-this-target");
});

test("what is neither a probe's file nor a run is named as it was written, with what may be named instead", async () => {
  const { code, stderr } = await cli(["twin", "fit", "nothing.json", "--requests", "nofile.csv"], { cwd: space.path });
  expect(code).toBe(104);
  expect(stderr).toMatch(/^nothing\.json {2}FIT_SOURCE$/m);
  expect(stderr).toMatch(/^nofile\.csv {2}REQUESTS_FILE$/m);
  expect(stderr).not.toContain("RUN_NOT_FOUND");
  expect(stderr.match(/There is no such file/g)).toHaveLength(2);
});

test("a fit that is interrupted says so, writes nothing, and ends with the code of an interrupted run", async () => {
  const table = join(space.path, "long.jsonl");
  const served = serve(specOf(TRUTH, { blocks: 1000 }), "run", chat(1, 4000, 10), 1).requests;
  writeFileSync(
    table,
    served
      .map(({ arrivedAt, firstTokenAt, lastTokenAt, inputTokens, outputTokens }) =>
        JSON.stringify({
          queued_at_ms: arrivedAt,
          first_token_at_ms: firstTokenAt,
          last_token_at_ms: lastTokenAt,
          input_tokens: inputTokens,
          output_tokens: outputTokens,
        }),
      )
      .join("\n"),
  );
  const out = join(space.path, "never.yaml");
  const fit = startCli(["twin", "fit", "--requests", table, "--blocks", "1001", "--out", out, "--time", "5m"]);
  await fit.shown("Searching the step times: ");
  fit.signal("SIGINT");
  const { code, stderr, stdout } = await fit.result;
  expect(code).toBe(105);
  expect(stderr).toMatch(/at most \d+ s left/);
  expect(stderr).toContain("FIT_INTERRUPTED");
  expect(stdout).toBe("");
  expect(existsSync(out)).toBe(false);
}, 60_000);
