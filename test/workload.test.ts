import { afterAll, expect, test } from "vitest";
import { chunk, event, LAST_CHUNK, openaiAnswer, openaiFinish, plain, SSE_HEAD } from "./helpers/answers.ts";
import { cli } from "./helpers/cli.ts";
import { pacedServer } from "./helpers/paced.ts";
import { rawServer } from "./helpers/raw-server.ts";
import { bytesUnder, rowsOf, workspace } from "./helpers/workspace.ts";

const space = workspace();
afterAll(() => space.remove());

const healthy = await rawServer(() => openaiAnswer(["fine", " thanks"]));
afterAll(() => healthy.close());
const target = { url: `${healthy.url}/v1`, protocol: "openai-chat", model: "m" };

test("the same plan and seed give the same intended times, users and prompts on one worker and on three", async () => {
  const plan = (workers: number) => ({
    seed: 11,
    target,
    workload: {
      personas: [
        { name: "a", weight: 2, prompts: "mixed" },
        { name: "b", weight: 1, prompts: "faq", turns: 2, think: "100ms" },
      ],
      arrivals: { process: "poisson" },
    },
    stages: [{ ramp: "3s", from: "5/s", to: "60/s" }],
    generator: { workers },
  });
  const sql = "SELECT session, persona, prompt, round(scheduledAt, 6) FROM samples WHERE turn = 0 ORDER BY session";
  const one = await space.run(plan(1));
  const three = await space.run(plan(3));
  const rows = await rowsOf(one.summary.run.folder, sql);
  expect(rows.length).toBeGreaterThan(60);
  expect(await rowsOf(three.summary.run.folder, sql)).toEqual(rows);
  expect(await rowsOf(three.summary.run.folder, "SELECT count(DISTINCT worker)::INT FROM samples")).toEqual([[3]]);
});

test("a session's later turns carry the conversation so far, and wait for the answer and the think time", async () => {
  const before = healthy.requests.length;
  const { summary } = await space.run({
    target,
    workload: {
      personas: [{ name: "p", prompts: ["one", "two", "three"], turns: 3, think: "200ms", system: "Be brief." }],
    },
    stages: [{ steady: "3s", at: "3/s" }],
  });
  const bodies = healthy.requests
    .slice(before)
    .map((request) => JSON.parse(request.slice(request.indexOf("\r\n\r\n"))));
  const third = bodies.find((body) => body.messages.length === 6);
  expect(third.messages.map((message: { role: string }) => message.role)).toEqual([
    "system",
    "user",
    "assistant",
    "user",
    "assistant",
    "user",
  ]);
  expect(third.messages[2].content).toBe("fine thanks");
  const [gaps] = await rowsOf(
    summary.run.folder,
    `SELECT min(b.scheduledAt - a.endAt), max(b.scheduledAt - a.endAt) FROM samples a JOIN samples b
     ON a.session = b.session AND b.turn = a.turn + 1`,
  );
  expect(Number(gaps?.[0])).toBeCloseTo(200, 3);
  expect(Number(gaps?.[1])).toBeCloseTo(200, 3);
});

test("a cap on users makes sessions wait, and the wait counts in their response time but not in the start lag", async () => {
  const slow = await rawServer(() => [{ wait: 100 }, ...openaiAnswer(["ok"])]);
  try {
    const { summary } = await space.run({
      target: { ...target, url: `${slow.url}/v1` },
      workload: { maxUsers: 1, arrivals: { process: "constant" }, personas: [{ name: "p", prompts: ["x"] }] },
      stages: [{ steady: "3s", at: "20/s" }],
      generator: { drain: "10s" },
    });
    const { response, service, startLag } = summary.total.metrics;
    expect(service?.p50).toBeLessThan(300);
    expect(response?.max).toBeGreaterThan(1000);
    expect(startLag?.p50).toBeLessThan(50);
    expect(await rowsOf(summary.run.folder, "SELECT max(inFlight)::INT FROM samples")).toEqual([[1]]);
  } finally {
    await slow.close();
  }
});

test("sessions that still wait for a free user at the end enter the percentiles as longer than their wait", async () => {
  const stuck = await rawServer((_, number) => (number < 20 ? openaiAnswer(["ok"]) : ["hang"]));
  try {
    const { summary } = await space.run({
      target: { ...target, url: `${stuck.url}/v1` },
      workload: { maxUsers: 2, arrivals: { process: "constant" }, personas: [{ name: "p", prompts: ["x"] }] },
      stages: [{ steady: "2s", at: "20/s" }],
      generator: { drain: "500ms" },
      slo: ["response.p90 < 60s"],
    });
    expect(summary.total.outcomes).toEqual({ complete: 20, cancelled: 20 });
    expect(summary.total.metrics.response?.n).toBe(40);
    expect(summary.total.metrics.response?.censored).toBe(20);
    expect(summary.total.sessions).toBe(22);
    expect(stuck.requests).toHaveLength(22);
    expect(summary.thresholds[0]?.held).toBe(false);
  } finally {
    await stuck.close();
  }
});

test("a user's patience runs from the intended time, behind a cap and through retries", async () => {
  const slow = await rawServer(() => [{ wait: 400 }, ...openaiAnswer(["ok"])]);
  try {
    const { summary } = await space.run({
      target: { ...target, url: `${slow.url}/v1` },
      workload: {
        maxUsers: 1,
        arrivals: { process: "constant" },
        personas: [{ name: "p", prompts: ["x"], patience: "900ms" }],
      },
      stages: [{ steady: "2s", at: "10/s" }],
    });
    expect(summary.total.outcomes.abandoned).toBeGreaterThan(5);
    const [waits] = await rowsOf(
      summary.run.folder,
      "SELECT max(startedAt - scheduledAt) <= 900, max(endAt - scheduledAt) < 1500 FROM samples",
    );
    expect(waits).toEqual([true, true]);
  } finally {
    await slow.close();
  }
});

test("closed users run one session after another, and never more at once than the plan says", async () => {
  const { summary } = await space.run({
    target,
    workload: { personas: [{ name: "p", prompts: ["x"], think: "10ms" }] },
    stages: [{ steady: "2s", at: "4 users" }],
    generator: { workers: 2 },
  });
  expect(summary.total.attempts).toBeGreaterThan(50);
  const [most] = await rowsOf(
    summary.run.folder,
    `SELECT max(n)::INT FROM (SELECT (SELECT count(*) FROM samples b WHERE b.startedAt <= a.startedAt AND b.endAt > a.startedAt) n FROM samples a)`,
  );
  expect(Number(most?.[0])).toBeLessThanOrEqual(4);
  expect(summary.total.rates.asked).toBeUndefined();
});

test("retries are the plan's own, each with a row, and wait as Retry-After says", async () => {
  const flaky = await rawServer((_, number) =>
    number % 2 === 0 ? plain("429 Too Many Requests", "{}", { "retry-after": "1" }) : openaiAnswer(["ok"]),
  );
  try {
    const { summary } = await space.run({
      target: { ...target, url: `${flaky.url}/v1`, retries: { count: 2, on: ["rejected"], backoff: "10ms" } },
      workload: { arrivals: { process: "constant" }, maxUsers: 1, personas: [{ name: "p", prompts: ["x"] }] },
      stages: [{ steady: "6s", at: "0.5/s" }],
    });
    expect(Object.keys(summary.total.outcomes).sort()).toEqual(["complete", "rejected"]);
    const retried = await rowsOf(
      summary.run.folder,
      `SELECT attempt, outcome, dueAt - scheduledAt >= 1000 FROM samples
       WHERE session IN (SELECT session FROM samples WHERE attempt = 1) ORDER BY session, attempt`,
    );
    expect(retried.length).toBeGreaterThanOrEqual(4);
    for (const [i, row] of retried.entries()) {
      expect(row).toEqual(i % 2 === 0 ? [0, "rejected", false] : [1, "complete", true]);
    }
  } finally {
    await flaky.close();
  }
});

test("API keys appear in no file and no output, even when the target repeats them", async () => {
  const secret = "sk-very-secret-4711";
  const parrot = await rawServer((request, number) =>
    number % 2 === 0
      ? plain("401 Unauthorized", JSON.stringify({ error: { message: `bad key ${secret}` } }))
      : openaiAnswer([`your key is ${secret}`, request.includes(secret) ? "." : "?"]),
  );
  try {
    const plan = space.plan({
      target: { ...target, url: `${parrot.url}/v1`, headers: { authorization: "Bearer ${MY_KEY}" } },
      stages: [{ steady: "2s", at: "20/s" }],
      generator: { texts: "100%" },
    });
    const result = await cli(["run", plan], { env: { MY_KEY: secret } });
    expect(parrot.requests[0]).toContain(secret);
    const folder = space.runs().at(-1) ?? "";
    const report = await cli(["report", folder]);
    expect(result.code).toBe(0);
    for (const output of [result.stdout, result.stderr, report.stdout, report.stderr, bytesUnder(folder)]) {
      expect(output).not.toContain(secret);
      expect(output).not.toContain(Buffer.from(secret).toString("base64"));
    }
    expect(bytesUnder(folder)).toContain("your key is ***");
  } finally {
    await parrot.close();
  }
});

test("a server that freezes shows in the response time from the intended send, as its users would feel it", async () => {
  const server = await pacedServer("--slots", "64", "--first-token", "20", "--gap", "5", "--tokens", "8");
  try {
    const freeze = setTimeout(() => server.freeze(1500), 2500);
    const { summary } = await space.run({
      target: { ...target, url: `${server.url}/v1` },
      workload: {
        arrivals: { process: "constant" },
        personas: [{ name: "p", prompts: ["x"], maxTokens: 8 }],
        maxUsers: 8,
      },
      stages: [{ steady: "6s", at: "40/s" }],
    });
    clearTimeout(freeze);
    expect(summary.total.metrics.response?.p95).toBeGreaterThan(800);
    expect(summary.total.metrics.service?.p90).toBeLessThan(500);
    expect(summary.total.rates.asked).toBeCloseTo(40, 0);
  } finally {
    await server.stop();
  }
});

test("an agent's tool calls are answered by the plan, side by side, and the model is asked on until it calls no more", async () => {
  const call = (index: number, query: string) => ({
    index,
    id: `call_${index}`,
    type: "function",
    function: { name: "search", arguments: JSON.stringify({ query }) },
  });
  const asks = {
    choices: [{ index: 0, delta: { tool_calls: [call(0, "tides"), call(1, "moons")] }, finish_reason: null }],
  };
  const wanted = [asks, openaiFinish("tool_calls"), "[DONE]"].map((data) => ({ write: chunk(event(data)) }));
  const server = await rawServer((request) =>
    request.includes('"role":"tool"')
      ? openaiAnswer(["done"])
      : [{ write: SSE_HEAD }, ...wanted, { write: LAST_CHUNK }],
  );
  try {
    const tools = { search: { answer: "found {{arguments.query}}", wait: "150ms", description: "Searches." } };
    const { summary } = await space.run({
      target: { ...target, url: `${server.url}/v1` },
      workload: { personas: [{ name: "agent", prompts: ["why?"], agent: { tools } }] },
      stages: [{ steady: "2s", at: "5/s" }],
    });
    expect(summary.total.outcomes.complete).toBe(summary.total.attempts);
    const second = server.requests.find((request) => request.includes('"role":"tool"')) ?? "";
    const { messages, tools: offered } = JSON.parse(second.slice(second.indexOf("\r\n\r\n")));
    expect(offered[0].function.name).toBe("search");
    expect(messages.map((message: { role: string }) => message.role)).toEqual(["user", "assistant", "tool", "tool"]);
    expect(messages.slice(2).map((message: { content: string }) => message.content)).toEqual([
      "found tides",
      "found moons",
    ]);
    const [[steps, sessions, gap] = []] = await rowsOf(
      summary.run.folder,
      `SELECT max(b.step), count(DISTINCT a.session)::INT, max(abs(b.scheduledAt - a.endAt - 150)) FROM samples a JOIN samples b
       ON a.session = b.session AND b.step = a.step + 1`,
    );
    expect([steps, sessions]).toEqual([1, summary.total.sessions]);
    expect(Number(gap)).toBeLessThan(0.001);
  } finally {
    await server.close();
  }
});
