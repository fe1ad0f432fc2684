import { createServer } from "node:http";
import { resolve } from "node:path";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { summarySchema } from "../src/analyse/index.ts";
import { ROOT, startCli } from "./helpers/cli.ts";
import { builtTwin } from "./helpers/twin.ts";
import { rowsOf, workspace } from "./helpers/workspace.ts";

const TINY = resolve(ROOT, "examples/stacks/tiny.yaml");

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const point = z.object({ asDouble: z.number() });
const data = z.object({ dataPoints: z.array(point) });
const metric = z.object({ name: z.string(), sum: data.optional(), gauge: data.optional() });
const request = z.object({
  resourceMetrics: z.tuple([z.object({ scopeMetrics: z.tuple([z.object({ metrics: z.array(metric) })]) })]),
});

test("a run tells its figures while it lasts, to the last attempt, and goes on where nobody takes them", async () => {
  const bodies: string[] = [];
  const sink = createServer((asked, answer) => {
    let body = "";
    asked.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    asked.on("end", () => {
      bodies.push(body);
      answer.writeHead(200).end("{}");
    });
  });
  await new Promise<void>((done) => sink.listen(0, "127.0.0.1", done));
  ends.push(() => {
    sink.close();
    sink.closeAllConnections();
  });
  const { port } = z.object({ port: z.number() }).parse(sink.address());
  const twin = await builtTwin([TINY, "--port", "0"]);
  const space = workspace();
  ends.push(twin.stop, () => space.remove());

  const file = space.plan({
    target: { url: twin.url, protocol: "openai-chat", model: "tiny" },
    workload: { personas: [{ name: "user", prompts: "mixed", turns: 1, maxTokens: 20 }] },
    stages: [{ steady: "2s", at: "5/s" }],
    observe: { discover: true },
    export: {
      otlp: { url: `http://127.0.0.1:${port}`, encoding: "json" },
      remoteWrite: "http://127.0.0.1:9", // nobody is there
      labels: { team: "search" },
    },
  });
  const running = startCli(["run", file, "--json", "--no-page", "--metrics-port", "0"]);
  const said = await running.shown(" while it lasts.");
  const [, url = ""] = /figures are at (http\S+)/.exec(said) ?? [];
  const page = await shows(url, /plimsoll_requests_started_total\{[^}]*team="search"[^}]*\} [1-9]/);
  expect(page).toContain('plimsoll_load_asked{plan="plan-1",');
  expect(page).toContain("plimsoll_observed_server_running{");

  const { code, stdout, stderr } = await running.result;
  const summary = summarySchema.parse(JSON.parse(stdout));
  expect([code, stderr]).toEqual([0, expect.stringContaining("does not take the run's figures")]);
  const last = request.parse(JSON.parse(bodies.at(-1) ?? "{}")).resourceMetrics[0].scopeMetrics[0].metrics;
  const total = (name: string): number =>
    (last.find((one) => one.name === name)?.sum?.dataPoints ?? []).reduce((sum, { asDouble }) => sum + asDouble, 0);
  expect(summary.total.attempts).toBeGreaterThan(0);
  expect(total("plimsoll.requests.started")).toBe(summary.total.attempts);
  expect(total("plimsoll.requests.ended")).toBe(summary.total.attempts);
  const warned = await rowsOf(space.runs()[0] ?? "", "SELECT name FROM events WHERE kind = 'warning' ORDER BY name");
  expect(warned.flat()).toEqual(expect.arrayContaining(["EXPORT_FAILED", "EXPORT_LOST"]));
});

/** What a page shows once it shows this; rejects when nobody answers there any more. */
async function shows(url: string, wanted: RegExp): Promise<string> {
  for (;;) {
    const text = await (await fetch(url)).text();
    if (wanted.test(text)) return text;
    await new Promise((done) => setTimeout(done, 100));
  }
}
