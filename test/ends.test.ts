import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openaiAnswer, plain } from "./helpers/answers.ts";
import { cli, startCli } from "./helpers/cli.ts";
import { closedPort, rawServer } from "./helpers/raw-server.ts";
import { rowsOf, workspace } from "./helpers/workspace.ts";

const space = workspace();
afterAll(() => space.remove());

const healthy = await rawServer(() => openaiAnswer(["fine"]));
afterAll(() => healthy.close());

const target = { url: `${healthy.url}/v1`, protocol: "openai-chat", model: "m" };
const prices = { input: "$1/M", output: "$2/M" };
const steady = (rate: string, seconds = 4) => [{ steady: `${seconds}s`, at: rate }];

test("a run whose thresholds hold ends with 0, and prints the summary object and nothing else on standard output", async () => {
  const result = await space.run({
    target,
    stages: steady("20/s", 2),
    slo: ["errors.rate < 1%", "response.p50 < 10s"],
  });
  expect(result.code).toBe(0);
  expect(result.summary.verdict).toBe("pass");
  expect(result.summary.thresholds.map((threshold) => threshold.held)).toEqual([true, true]);
  expect(result.summary.total.outcomes.complete).toBe(result.summary.total.attempts);
});

test("a crossed threshold ends with 99, one without data too", async () => {
  const crossed = await space.run({ target, stages: steady("20/s", 2), slo: ["rates.completed > 1000/s"] });
  expect(crossed.code).toBe(99);
  expect(crossed.summary.verdict).toBe("fail");
  const empty = await space.run({ target, stages: steady("20/s", 2), slo: ["tpot.p99 < 1s"] });
  expect(empty.code).toBe(99);
  expect(empty.summary.thresholds[0]?.observed).toBeUndefined();
});

test("abortOnFail ends a run before its time", async () => {
  const result = await space.run({
    target,
    stages: steady("20/s", 60),
    slo: [{ expect: "response.p50 < 0.001ms", abortOnFail: true, after: "1s" }],
  });
  expect(result.code).toBe(99);
  expect(result.summary.run.duration).toBeLessThan(30_000);
});

test("a budget of requests is kept to the last one, over several workers, and ends with 121", async () => {
  const before = healthy.requests.length;
  const result = await space.run({
    target,
    stages: steady("200/s", 30),
    budget: { requests: 150 },
    generator: { workers: 3 },
  });
  expect(result.code).toBe(121);
  expect(healthy.requests.length - before).toBe(150);
  expect(result.summary.total.attempts).toBe(150);
});

test.each([
  ["cost", { cost: "$0.0001" }],
  ["tokens", { tokens: 200 }],
  ["duration", { duration: "1s" }],
] as const)("a budget of %s stops the run with 121", async (_, budget) => {
  const result = await space.run({ target, prices, stages: steady("50/s", 60), budget });
  expect(result.code).toBe(121);
  expect(result.summary.run.duration).toBeLessThan(30_000);
  expect(result.summary.reasons.map((reason) => reason.message).join()).toMatch(/budget/);
});

test("a target that has plainly died stops the run with 108", async () => {
  const dead = await rawServer(() => plain("500 Internal Server Error", "{}"));
  try {
    const result = await space.run({
      target: { ...target, url: `${dead.url}/v1` },
      stages: steady("50/s", 60),
      guards: { allFailedFor: "2s" },
    });
    expect(result.code).toBe(108);
    expect(result.summary.run.duration).toBeLessThan(30_000);
  } finally {
    await dead.close();
  }
});

test("failures that differ in numbers alone are told as one reason, and those of another status apart", async () => {
  const limited = await rawServer((_, number) =>
    number % 5 === 4
      ? plain("409 Conflict", JSON.stringify({ error: { message: `request ${number} is under way` } }))
      : plain("429 Too Many Requests", JSON.stringify({ error: { message: `try again in ${number}.5 s` } })),
  );
  try {
    const plan = space.plan({ target: { ...target, url: `${limited.url}/v1` }, stages: steady("50/s", 2) });
    const { stdout } = await cli(["run", plan]);
    const reasons = [...stdout.matchAll(/(\d+) × http:(\d+)/g)].map(([, count, status]) => [status, Number(count)]);
    expect(reasons.map(([status]) => status)).toEqual(["429", "409"]);
    expect(Number(reasons[0]?.[1])).toBeGreaterThan(20);
  } finally {
    await limited.close();
  }
});

test("a target that cannot be reached ends with 122 and the reason, before a run folder exists", async () => {
  const plan = space.plan({ target: { ...target, url: `http://127.0.0.1:${await closedPort()}/v1` } });
  const before = space.runs().length;
  const result = await cli(["run", plan]);
  expect(result.code).toBe(122);
  expect(result.stderr).toMatch(/refused/i);
  expect(space.runs()).toHaveLength(before);
});

test("anything but loopback needs the owner's word before a byte is sent", async () => {
  const result = await cli(["run", space.plan({ target: { ...target, url: "http://192.0.2.1/v1" } })]);
  expect(result.code).toBe(104);
  expect(result.stderr).toContain("--i-own-this-target");
});

test("a run folder that cannot be written is said at once", async () => {
  const before = healthy.requests.length;
  const plan = space.plan({ target, runs: "/proc/nowhere" });
  const result = await cli(["run", plan]);
  expect(result.code).toBe(104);
  expect(result.stderr).toMatch(/RUNS_UNWRITABLE|writ/);
  expect(healthy.requests.length).toBe(before);
});

test("Ctrl-C once drains, summarises and ends with 105", async () => {
  const run = startCli(["run", space.plan({ target, stages: steady("20/s", 60) }), "--json"]);
  await run.shown("steady");
  run.signal("SIGINT");
  const result = await run.result;
  expect(result.code).toBe(105);
  expect(JSON.parse(result.stdout)).toMatchObject({ exitCode: 105, run: { complete: true } });
});

test("Ctrl-C twice stops at once, and the run folder is still readable", async () => {
  let tell: () => void = () => {};
  const someSent = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const slow = await rawServer((_, number) => {
    if (number >= 3) tell();
    return ["hang"];
  });
  try {
    const plan = space.plan({ target: { ...target, url: `${slow.url}/v1` }, stages: steady("20/s", 60) });
    const run = startCli(["run", plan]);
    await someSent;
    run.signal("SIGINT");
    await run.shown("again");
    run.signal("SIGINT");
    expect((await run.result).code).toBe(105);
    const folder = space.runs().at(-1) ?? "";
    const report = await cli(["report", folder, "--json"]);
    expect(JSON.parse(report.stdout)).toMatchObject({ total: { outcomes: { cancelled: expect.any(Number) } } });
  } finally {
    await slow.close();
  }
});

test.each([300, 4600, 8700])(
  "a run killed with SIGKILL after %d ms leaves a folder that `report` reads, with at most the open segment lost",
  { concurrent: true },
  async (wait) => {
    const own = workspace();
    const answering = await rawServer(() => openaiAnswer(["fine"]));
    try {
      const plan = own.plan({ target: { ...target, url: `${answering.url}/v1` }, stages: steady("100/s", 60) });
      const run = startCli(["run", plan]);
      await run.shown("steady");
      await new Promise((resolve) => setTimeout(resolve, wait));
      run.signal("SIGKILL");
      expect((await run.result).code).toBe("SIGKILL");
      const sent = answering.requests.length;
      const report = await cli(["report", own.runs().at(-1) ?? "", "--json"]);
      const summary = JSON.parse(report.stdout);
      expect(summary).toMatchObject({ run: { complete: false } });
      // 4 s of segment, 0.25 s of a worker's block, the attempts under way, and a machine that is busy.
      expect(summary.total.attempts).toBeGreaterThanOrEqual(sent - 100 * 6);
      expect(summary.total.attempts).toBeLessThanOrEqual(sent);
    } finally {
      await answering.close();
      own.remove();
    }
  },
);

test("`report` prints from the folder alone what `run` printed", async () => {
  const result = await space.run({ target, prices, stages: steady("50/s", 2), slo: ["errors.rate < 1%"] });
  const report = await cli(["report", result.summary.run.folder, "--json"]);
  expect(JSON.parse(report.stdout)).toEqual(result.summary);
  expect(JSON.parse(readFileSync(join(result.summary.run.folder, "summary.json"), "utf8"))).toEqual(result.summary);
  expect(await rowsOf(result.summary.run.folder, "SELECT count(*)::INT FROM samples")).toEqual([
    [result.summary.total.attempts],
  ]);
});
