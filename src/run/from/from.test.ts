import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PlimsollError } from "../../base/index.ts";
import { readPlan } from "../../plan/index.ts";
import { loadWorkload } from "../../workload/index.ts";
import { type Imported, planFrom } from "./index.ts";

const FIXTURES = [
  "chat.har.json",
  "own-stream.har.json",
  "agents.openapi.yaml",
  "messages.curl.sh",
  "chat.artillery.yml",
  "chat.k6.js.txt",
  "chat.locust.py",
] as const;
type Fixture = (typeof FIXTURES)[number];

const textOf = (name: Fixture): string =>
  readFileSync(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)), "utf8");
const imported = (name: Fixture): Promise<Imported> => planFrom(name, textOf(name));

/** What `check` does with it: the plan and its workload, read from a file. */
async function checked({ yaml, variables }: Imported) {
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-from-"));
  try {
    const file = join(folder, "plan.yaml");
    await writeFile(file, yaml);
    const vars = variables.map((name) => `${name}=http://127.0.0.1:8000`);
    const { plan } = await readPlan(file, { env: {}, vars, cwd: folder });
    loadWorkload(plan);
    return { plan, written: await readFile(file, "utf8") };
  } finally {
    await rm(folder, { recursive: true });
  }
}

test.each(FIXTURES)("a plan made of %s is one that check accepts, with what is missing listed", async (name) => {
  const made = await imported(name);
  const { written } = await checked(made);
  for (const line of made.left) expect(written).toContain(`# - ${line}`);
});

test("a HAR's conversation becomes a persona's turns with the pause between them, and no secret of it is written", async () => {
  const { plan, written } = await checked(await imported("chat.har.json"));
  expect(plan.target).toMatchObject({
    protocol: "openai-chat",
    model: "gpt-4o-mini",
    parameters: { temperature: 0.2 },
  });
  expect(plan.workload.personas).toMatchObject([
    { system: "You are a travel agent.", think: { kind: "lognormal", median: 8000 } },
  ]);
  const [persona] = plan.workload.personas;
  expect(persona?.prompts.kind === "template" && persona.prompts.turns[1]).toBe(
    "And what does a week there cost, ${roughly}?",
  );
  expect(written).toContain("authorization: Bearer ${API_KEY}");
  expect(written).not.toMatch(/sk-proj|s3cr3t/);
});

test("an endpoint of one's own gets a request with placeholders and the paths of its recorded answer", async () => {
  const { plan, written } = await checked(await imported("own-stream.har.json"));
  expect(plan.target).toMatchObject({
    protocol: "http-sse",
    request: { conversation_id: "{{session.id}}", question: "{{turn.prompt}}", top_k: 4 },
    events: { token: "$.delta", usage: "$.usage", done: "$.done" },
  });
  expect(written).not.toMatch(/secret-|very-secret|hunter2/);
});

test("an OpenAPI document's schema becomes the request, its security a header by reference", async () => {
  const { plan } = await checked(await imported("agents.openapi.yaml"));
  expect(plan.target).toMatchObject({
    url: "https://eu.desk.example.com/api/chat",
    protocol: "http-sse",
    request: { message: "{{turn.prompt}}", session_id: "{{session.id}}" },
  });
  expect(plan.target.headers).toHaveProperty("authorization");
});

test("a curl command's quotes, variables and body are read as a shell reads them", async () => {
  const { plan } = await checked(await imported("messages.curl.sh"));
  expect(plan.target).toMatchObject({ protocol: "anthropic-messages", model: "claude-sonnet-5" });
  expect(plan.workload.personas).toMatchObject([
    { prompts: { kind: "inline", prompts: ["Why is the sky blue? It's noon."] }, system: "Answer in one sentence." },
  ]);
});

test("Artillery's phases become stages, its think a pause, its ensure limits", async () => {
  const { plan } = await checked(await imported("chat.artillery.yml"));
  expect(plan.stages.map(({ kind, duration, unit }) => [kind, duration, unit])).toEqual([
    ["steady", 60_000, "sessions/s"],
    ["ramp", 120_000, "sessions/s"],
    ["rest", 10_000, "sessions/s"],
    ["steady", 30_000, "sessions/s"],
  ]);
  expect(plan.workload.personas[0]?.think).toEqual({ kind: "fixed", value: 4000 });
  expect(plan.slo.map(({ expression }) => expression)).toEqual([
    "response.p95 < 1500ms",
    "errors.rate <= 2%",
    "response.p99 < 4000ms",
  ]);
});

test("k6's scenarios, thresholds, sleeps and lists of prompts are read without running the script", async () => {
  const { plan } = await checked(await imported("chat.k6.js.txt"));
  expect(plan.target.url).toBe("http://127.0.0.1:8000/v1/chat/completions");
  expect(plan.stages.map(({ kind, duration, unit }) => [kind, duration, unit])).toEqual([
    ["steady", 30_000, "users"],
    ["ramp", 120_000, "sessions/s"],
    ["steady", 60_000, "sessions/s"],
  ]);
  expect(plan.slo).toMatchObject([
    { expression: "response.p95 < 2000ms" },
    { expression: "response.mean < 1200.5ms", abortOnFail: true, abortAfter: 10_000 },
    { expression: "errors.rate < 1%" },
  ]);
  expect(plan.workload.personas).toMatchObject([
    {
      prompts: { kind: "inline", prompts: ["Explain TCP slow start.", "What does EXPLAIN do?"] },
      think: { kind: "uniform", min: 1000, max: 5000 },
      maxTokens: { kind: "fixed", value: 64 },
    },
  ]);
});

test("Locust's tasks become personas by weight, its load shape stages", async () => {
  const { plan } = await checked(await imported("chat.locust.py"));
  expect(plan.target).toMatchObject({ protocol: "ollama-chat", url: "http://127.0.0.1:11434/api/chat" });
  expect(plan.workload.personas.map(({ name, weight }) => [name, weight])).toEqual([
    ["chat", 3],
    ["follow", 1],
  ]);
  expect(plan.stages.map(({ duration }) => duration)).toEqual([10_000, 50_000, 3000, 57_000]);
});

test("a file cannot have the plan send variables of the machine, whatever characters it holds", async () => {
  const body = JSON.stringify({
    model: "m",
    messages: [{ role: "user", content: "\ue000AWS_SECRET\ue001 ${AWS_SECRET}" }],
  });
  const made = await planFrom("x", `curl http://127.0.0.1:8000/v1/chat/completions -d '${body}'`);
  expect(made.variables).toEqual([]);
  expect(made.yaml).not.toMatch(/(?<!\$)\$\{/);
});

/** Cut anywhere, or with pieces doubled or replaced. */
const broken = fc.tuple(
  fc.constantFrom(...FIXTURES),
  fc.nat({ max: 5000 }),
  fc.nat({ max: 200 }),
  fc.constantFrom(
    "",
    "\0",
    '"',
    "{",
    "\\",
    "'''",
    "((((",
    "\n",
    "- - -",
    "${X}",
    "\ue002\ue003",
    "*a",
    "[".repeat(500),
  ),
);

test("a broken file of any kind makes a plan that check accepts, or faults that say so", async () => {
  await fc.assert(
    fc.asyncProperty(broken, async ([name, at, cut, put]) => {
      const text = textOf(name);
      const begin = at % text.length;
      const made = await planFrom(name, text.slice(0, begin) + put + text.slice(begin + cut)).catch(
        (error: unknown) => {
          if (error instanceof PlimsollError && error.exitCode === 104) return undefined;
          throw error;
        },
      );
      if (made !== undefined) await checked(made);
    }),
    { numRuns: 60, seed: 5 },
  );
}, 20_000);

const DEEP = 50_000;
const HOSTILE: Readonly<Record<string, string>> = {
  "a deep HAR": `{"log":{"entries":${"[".repeat(DEEP)}${"]".repeat(DEEP)}}}`,
  "a HAR without entries": '{"log":{}}',
  "a deep body in a HAR": JSON.stringify({
    log: {
      entries: [
        {
          request: {
            method: "POST",
            url: "http://a/v1/chat/completions",
            postData: { text: `{"messages":${"[".repeat(DEEP)}` },
          },
        },
      ],
    },
  }),
  "a deep k6 script": `import http from 'k6/http'; http.post(${"(".repeat(DEEP)}`,
  "a k6 script of names that double": `import http from 'k6/http';\n${Array.from({ length: 59 }, (_, i) => `const a${i} = a${i + 1} + a${i + 1};`).join("\n")}\nconst a59 = 'x';\nhttp.post('http://a/v1/chat/completions', JSON.stringify({ messages: [{ role: 'user', content: a0 }] }));`,
  "a deep Locust file": `from locust import HttpUser\nclass A(HttpUser):\n  def a(self):\n    self.client.post(${"[(".repeat(DEEP)}`,
  "a Locust file of lists that double": `from locust import HttpUser\nclass A(HttpUser):\n  def a(self):\n    x = ["q"]\n${"    x = [x, x]\n".repeat(60)}    self.client.post("/v1/chat/completions", json={"messages": x})\n`,
  "a deep OpenAPI document": `openapi: "3.0.0"\npaths: ${"{a: ".repeat(DEEP)}`,
  "an OpenAPI document that refers to itself": JSON.stringify({
    openapi: "3.0.0",
    paths: { "/chat": { post: { requestBody: { content: { "application/json": { schema: { $ref: "#/s" } } } } } } },
    s: {
      type: "object",
      properties: { message: { type: "string" }, a: { $ref: "#/s" }, b: { $ref: "#/s" }, c: { $ref: "#/c" } },
    },
    c: { $ref: "#/c" },
  }),
  "an Artillery script of aliases": `config: {phases: &a [1,2,3,4,5,6,7,8,9]}\nscenarios:\n${Array.from({ length: 200 }, () => "  - *a").join("\n")}`,
  "a quote without an end": "curl 'http://a -d {",
  "many requests": Array.from(
    { length: 1000 },
    (_, i) =>
      `curl http://a/v1/chat/completions -H 'authorization: Bearer secret-number-${i}' -d '{"model":"m","messages":[{"role":"user","content":"q ${i}"}]}'`,
  ).join("\n"),
};

test.each(Object.keys(HOSTILE))(
  "%s is read within bounds",
  async (name) => {
    const made = await planFrom(name, HOSTILE[name] ?? "").catch((error: unknown) => error);
    expect(made instanceof PlimsollError || !(made instanceof Error)).toBe(true);
  },
  5000,
);
