import { resolve } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { answer, OPEN_HEAD } from "../src/observe/test/answers.ts";
import { ROOT } from "./helpers/cli.ts";
import { rawServer, type Step } from "./helpers/raw-server.ts";
import { builtTwin } from "./helpers/twin.ts";
import { rowsOf, type Workspace, workspace } from "./helpers/workspace.ts";

const TINY = resolve(ROOT, "examples/stacks/tiny.yaml");
const eventSchema = z.object({
  name: z.string(),
  detail: z.looseObject({ part: z.string(), code: z.string().optional() }),
});

const seriesRow = z.tuple([z.string(), z.string(), z.number(), z.number(), z.number(), z.number()]);
const NO_PAGE = ["--no-page"];

const ends: (() => Promise<unknown>)[] = [];
const spaces: Workspace[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  for (const space of spaces.splice(0)) space.remove();
});

interface Served {
  readonly space: Workspace;
  readonly plan: Readonly<Record<string, unknown>>;
  /** Host and port of the twin. */
  readonly host: string;
}

let twin: Awaited<ReturnType<typeof builtTwin>>;
beforeAll(async () => {
  twin = await builtTwin([TINY, "--port", "0"]);
});
afterAll(() => twin.stop());

/** A plan that loads the twin of a vLLM server for two seconds. */
async function served(): Promise<Served> {
  const space = workspace();
  spaces.push(space);
  const answered = z.object({ data: z.array(z.object({ id: z.string() })) });
  const { data } = answered.parse(await (await fetch(new URL("/v1/models", twin.url))).json());
  const persona = { name: "user", prompts: "mixed", turns: 1, maxTokens: 20 };
  return {
    space,
    host: new URL(twin.url).host,
    plan: {
      target: { url: twin.url, protocol: "openai-chat", model: data[0]?.id },
      workload: { personas: [persona] },
      stages: [{ steady: "2s", at: "5/s" }],
    },
  };
}

async function events(folder: string): Promise<readonly z.infer<typeof eventSchema>[]> {
  const rows = await rowsOf(folder, "SELECT name, detail::VARCHAR FROM events WHERE kind = 'observe' ORDER BY time");
  return rows.map(([name, detail]) => eventSchema.parse({ name, detail: JSON.parse(z.string().parse(detail)) }));
}

test("a run finds its target's metrics page, and tells what the server told in one vocabulary on its own time axis", async () => {
  const { space, plan, host } = await served();
  const { summary } = await space.run({ ...plan, observe: { every: "200ms" } }, NO_PAGE);
  const [folder = ""] = space.runs();
  const answers = summary.total.attempts;
  expect(answers).toBeGreaterThan(0);
  expect(summary.total.outcomes).toEqual({ capped: answers });
  expect((await events(folder)).map(({ name, detail }) => [name, detail.part])).toEqual([
    ["found", host],
    ["recognised", host],
  ]);

  const rows = await rowsOf(
    folder,
    "SELECT name, labels, count(*)::INT, min(time), max(time), max(value) - min(value) FROM series WHERE labels LIKE '%part=%' AND name NOT LIKE 'raw.%' GROUP BY ALL",
  );
  const series = new Map(
    rows.map((row) => {
      const [name, labels, n, first, last, growth] = seriesRow.parse(row);
      return [name, { labels, n, first, last, growth }];
    }),
  );
  const requests = series.get("server.requests");
  expect(requests?.labels).toMatch(new RegExp(`^{part="${host}",(replica="[^"]*",)?server="vllm"}$`));
  // The baseline lies before the first request and the last scrape after the last answer, so the growth is the run's own.
  expect(requests).toMatchObject({ growth: answers });
  expect(requests?.first).toBeLessThan(0);
  expect(requests?.last).toBeGreaterThan(2000);
  expect(requests?.n).toBeGreaterThan(5);
  expect(series.get("server.ttft.count")).toMatchObject({ growth: answers });
  expect(series.get("server.output.tokens")?.growth).toBeGreaterThan(answers);
  expect(series.get("scrape.up")).toMatchObject({ growth: 0 });
  for (const name of ["server.running", "server.queued", "server.kv.used"]) expect(series.has(name), name).toBe(true);
  const [[buckets] = []] = await rowsOf(
    folder,
    "SELECT count(DISTINCT labels) FROM series WHERE name = 'raw.vllm:time_to_first_token_seconds_bucket'",
  );
  expect(Number(buckets)).toBeGreaterThan(5);
});

test("servers that are hostile, slow or gone do not stop a run, and a process is watched beside them", async () => {
  const hostile: Readonly<Record<string, readonly Step[]>> = {
    endless: [{ write: OPEN_HEAD }, { flood: `x{n="${"y".repeat(50)}"} 1\n`.repeat(500) }],
    silent: ["hang"],
    broken: ["reset"],
    nonsense: answer("<<<\n"),
  };
  const servers = new Map<string, string>();
  for (const [name, steps] of Object.entries(hostile)) {
    const server = await rawServer(() => steps);
    ends.push(server.close);
    servers.set(name, server.url);
  }
  const { space, plan, host } = await served();
  const { code, summary } = await space.run(
    {
      ...plan,
      observe: {
        discover: false,
        every: "100ms",
        prometheus: [...servers].map(([name, url]) => ({ name, url })),
        server: { name: "prom", url: servers.get("nonsense") },
        processes: [{ name: "twin", port: Number(host.split(":")[1]) }],
      },
    },
    NO_PAGE,
  );
  expect(code).toBe(0);
  expect(summary.total.outcomes).toEqual({ capped: summary.total.attempts });
  const [folder = ""] = space.runs();
  const told = (await events(folder)).map(({ name, detail }) => `${name} ${detail.part} ${detail.code ?? ""}`.trim());
  for (const event of [
    "refused endless too-large",
    "lost silent timeout",
    "lost broken unreachable",
    "refused nonsense malformed",
    "refused prom malformed",
    "recognised twin",
  ])
    expect(told, event).toContain(event);
  const down = await rowsOf(
    folder,
    "SELECT DISTINCT labels FROM series WHERE name = 'scrape.up' AND value = 0 ORDER BY 1",
  );
  expect(down.map(([labels]) => labels)).toEqual(
    ["broken", "endless", "nonsense", "prom", "silent"].map((name) => `{part="${name}",server="unknown"}`),
  );
  const [cpu] = await rowsOf(folder, "SELECT max(value) - min(value) FROM series WHERE name = 'process.cpu'");
  expect(cpu?.[0]).toBeGreaterThan(0);
});
