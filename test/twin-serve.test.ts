import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "vitest";
import { cli, ROOT, startCli } from "./helpers/cli.ts";
import { closedPort } from "./helpers/raw-server.ts";
import { type BuiltTwin, builtTwin } from "./helpers/twin.ts";
import { type Workspace, workspace } from "./helpers/workspace.ts";

const TINY = resolve(ROOT, "examples/stacks/tiny.yaml");

const spaces: Workspace[] = [];
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  for (const space of spaces.splice(0)) space.remove();
});

function stackFile(text: string): string {
  const space = workspace();
  spaces.push(space);
  const file = join(space.path, "stack.yaml");
  writeFileSync(file, text);
  return file;
}

async function built(...args: readonly string[]): Promise<BuiltTwin> {
  const twin = await builtTwin(args);
  ends.push(() => twin.stop());
  return twin;
}

const ask = (url: string, more: object = {}): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ messages: [{ role: "user", content: "hello" }], max_tokens: 4, ...more }),
  });

test("the twin says what it stands for, where, and how to load it, and ends well on SIGTERM", async () => {
  const twin = startCli(["twin", "serve", TINY, "--port", "0"]);
  await twin.shown("/metrics");
  twin.signal("SIGTERM");
  const { code, stdout, stderr } = await twin.result;
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout)?.[0] ?? "";
  expect(code).toBe(0);
  expect(stdout).toContain(`The twin of tiny listens at ${url}, until Ctrl-C. Requests enter at llm.`);
  expect(stdout).toMatch(/llm +pool +tiny/);
  expect(stdout).toContain(`npx plimsoll quick ${url}`);
  expect(stderr).toContain("0 answered, 0 failed, 0 left before the end.");
});

test("SIGTERM cuts streams that are open, ends with 0 all the same, and says how many they were", async () => {
  const port = String(await closedPort());
  const twin = startCli(["twin", "serve", TINY, "--port", port]);
  await twin.shown("/metrics");
  const open = { stream: true, ignore_eos: true, max_tokens: 800 };
  const answers = await Promise.all([1, 2, 3].map(() => ask(`http://127.0.0.1:${port}`, open)));
  const texts = Promise.allSettled(answers.map((answer) => answer.text()));
  twin.signal("SIGTERM");
  const { code, stderr } = await twin.result;
  expect(code).toBe(0);
  expect(stderr).toContain("0 answered, 0 failed, 3 left before the end, 3 of them cut by the twin's own end.");
  expect((await texts).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
});

test("a program starts a twin with one call, gets its answers, and its last words with the lateness", async () => {
  const twin = await built(TINY, "--seed", "5");
  const first = await (await ask(twin.url)).json();
  expect(first).toMatchObject({ choices: [{ finish_reason: "length" }], usage: { completion_tokens: 4 } });
  const words = await twin.stop();
  ends.length = 0;
  expect(words).toContain("1 answered, 0 failed, 0 left before the end.");
  expect(words).toMatch(
    /Its writes left after they were due by p50 [\d.]+ ms, p99 [\d.]+ ms, at most [\d.]+ ms \(n = 1, \d by more than 5 ms\)\./,
  );
  await expect(fetch(twin.url)).rejects.toThrow();
});

test("the same seed answers the same, another one otherwise; --set reaches the stack", async () => {
  const texts = [];
  for (const seed of ["5", "5", "6"]) {
    const twin = await built(TINY, "--seed", seed, "--set", "parts.llm.models=[harbour]");
    const answer: unknown = await (await ask(twin.url, { max_tokens: 30 })).json();
    expect(answer).toMatchObject({ model: "harbour" });
    texts.push(JSON.stringify(answer).replaceAll(/"(id|created|system_fingerprint)":("[^"]*"|\d+)/g, ""));
  }
  expect(texts[0]).toBe(texts[1]);
  expect(texts[2]).not.toBe(texts[0]);
});

test("a port in use ends the command with 104 and says what to do", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" ? String(address?.port) : "";
  const { code, stderr } = await cli(["twin", "serve", TINY, "--port", port]);
  other.close();
  expect(code).toBe(104);
  expect(stderr).toContain(`port ${port}`);
  expect(stderr).toContain("Choose another port with --port");
});

test("every fault of a stack is told at once, with 104", async () => {
  const file = stackFile(
    "parts:\n  llm: { kind: pool, preset: nonesuch, replicas: 0 }\n  front: { kind: gateway, to: lmm, retries: 3 }\n",
  );
  const { code, stderr } = await cli(["twin", "serve", file, "--port", "0"]);
  expect(code).toBe(104);
  for (const place of ["parts.llm.preset", "parts.llm.replicas", "parts.front.retries"])
    expect(stderr).toContain(place);
});

test("weaknesses are planted by name; an unknown one is refused", async () => {
  const planted = await built(TINY, "--weakness", "kv-too-small");
  expect((await ask(planted.url)).status).toBe(200);
  const { code, stderr } = await cli(["twin", "serve", TINY, "--port", "0", "--weakness", "kv-to-small"]);
  expect(code).toBe(104);
  expect(stderr).toContain("kv-too-small");
});

test("plimsoll quick finds out what the twin speaks, and measures it", async () => {
  const { url } = await built(TINY);
  const space = workspace();
  spaces.push(space);
  const { code, stdout, stderr } = await cli(
    ["quick", url, "--rate", "4/s", "--for", "3s", "--max-tokens", "8", "--json"],
    { cwd: space.path },
  );
  expect([0, 120], stderr).toContain(code);
  expect(JSON.parse(stdout)).toMatchObject({ total: { outcomes: expect.any(Object) } });
  expect(JSON.stringify(JSON.parse(stdout))).not.toContain('"failed":');
});
