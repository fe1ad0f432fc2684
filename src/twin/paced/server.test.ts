import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { PACED_DEFAULTS, type PacedOptions } from "./options.ts";
import { type PacedServer, startPaced } from "./server.ts";

const QUICK: PacedOptions = { ...PACED_DEFAULTS, firstToken: 2, gap: 1, tokens: 6, tokenSpread: 0 };
const open: PacedServer[] = [];

async function start(options: Partial<PacedOptions> = {}): Promise<PacedServer> {
  const server = await startPaced({ ...QUICK, ...options });
  open.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

function post(url: string, body: unknown, more: RequestInit = {}): Promise<Response> {
  return fetch(url, { method: "POST", body: JSON.stringify(body), ...more });
}

const chat = { messages: [{ role: "user", content: "What does it carry?" }], stream: true };

async function eventsOf(response: Response): Promise<unknown[]> {
  const lines = (await response.text()).split("\n\n").filter((line) => line !== "");
  return lines.map((line) => (line === "data: [DONE]" ? "DONE" : JSON.parse(line.slice("data: ".length))));
}

test("an OpenAI stream sends a role, its tokens, a finish reason, the usage asked for, and DONE", async () => {
  const { url } = await start();
  const response = await post(`${url}/v1/chat/completions`, { ...chat, stream_options: { include_usage: true } });
  const events = await eventsOf(response);
  expect(events).toHaveLength(1 + 6 + 1 + 1 + 1);
  expect(events[0]).toMatchObject({ choices: [{ delta: { role: "assistant", content: "" } }] });
  expect(events.at(-3)).toMatchObject({ choices: [{ delta: {}, finish_reason: "stop" }] });
  expect(events.at(-2)).toMatchObject({
    choices: [],
    usage: { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 },
  });
  expect(events.at(-1)).toBe("DONE");
});

test("usage is not sent unless asked for, and max_tokens ends an answer with `length`", async () => {
  const { url } = await start();
  const events = await eventsOf(await post(`${url}/v1/chat/completions`, { ...chat, max_tokens: 2 }));
  expect(events).toHaveLength(1 + 2 + 1 + 1);
  expect(events.at(-2)).toMatchObject({ choices: [{ finish_reason: "length" }] });
});

test("without `stream` the whole answer comes as one JSON body", async () => {
  const { url } = await start();
  const response = await post(`${url}/v1/chat/completions`, { ...chat, stream: false });
  expect(await response.json()).toMatchObject({
    object: "chat.completion",
    choices: [{ message: { role: "assistant" }, finish_reason: "stop" }],
    usage: { completion_tokens: 6 },
  });
});

test("the application endpoint remembers how long a session's conversation has grown", async () => {
  const { url } = await start();
  const ask = async (session: string) =>
    (await eventsOf(await post(`${url}/chat`, { session, message: "12345678" }))).at(-1);
  expect(await ask("one")).toMatchObject({ finish_reason: "stop", usage: { prompt_tokens: 2 } });
  expect(await ask("one")).toMatchObject({ usage: { prompt_tokens: 2 + 6 + 2 } });
  expect(await ask("two")).toMatchObject({ usage: { prompt_tokens: 2 } });
});

test("one connection carries one answer after another", async () => {
  const { url } = await start();
  const ids = [];
  for (let i = 0; i < 3; i++) {
    const response = await post(
      `${url}/chat`,
      { session: "s", message: "again" },
      { headers: { "x-request-id": `r${i}` } },
    );
    await response.text();
    ids.push(response.headers.get("x-request-id"));
  }
  expect(ids).toEqual(["r0", "r1", "r2"]);
});

test("a client that leaves frees its slot for the next in line", async () => {
  const server = await start({ slots: 1, tokens: 50_000 });
  const leave = new AbortController();
  const first = await post(`${server.url}/chat`, { session: "a", message: "x" }, { signal: leave.signal });
  const second = await post(`${server.url}/chat`, { session: "b", message: "x", max_tokens: 1 });
  expect(server.state()).toMatchObject({ running: 1, waiting: 1 });
  leave.abort();
  await expect(first.text()).rejects.toThrow();
  expect(await eventsOf(second)).toHaveLength(2);
});

test("a request beyond slots and queue is turned away with 429 and Retry-After", async () => {
  const { url } = await start({ slots: 1, queue: 0, tokens: 50_000 });
  const leave = new AbortController();
  const first = await post(`${url}/chat`, { session: "a", message: "x" }, { signal: leave.signal });
  const second = await post(`${url}/chat`, { session: "b", message: "x" });
  expect([first.status, second.status, second.headers.get("retry-after")]).toEqual([200, 429, "1"]);
  leave.abort();
});

test("the server's own faults look like real ones: 500, a cut stream, an error event", async () => {
  const failing = await start({ failRate: 1 });
  expect((await post(`${failing.url}/v1/chat/completions`, chat)).status).toBe(500);
  const severing = await start({ severRate: 1 });
  await expect((await post(`${severing.url}/v1/chat/completions`, chat)).text()).rejects.toThrow();
  const erring = await start({ streamErrorRate: 1 });
  const events = await eventsOf(await post(`${erring.url}/v1/chat/completions`, chat));
  expect(events.at(-1)).toMatchObject({ error: { type: "server_error" } });
});

test("what is not understood is refused in OpenAI's error shape", async () => {
  const { url } = await start();
  const notJson = await fetch(`${url}/v1/chat/completions`, { method: "POST", body: "{" });
  expect([notJson.status, await notJson.json()]).toMatchObject([400, { error: { message: "the body is not JSON" } }]);
  expect((await post(`${url}/v1/chat/completions`, { messages: [] })).status).toBe(400);
  expect((await fetch(`${url}/nowhere`)).status).toBe(404);
});

test("the models list and the health page say what this server is", async () => {
  const { url } = await start({ model: "m" });
  expect(await (await fetch(`${url}/v1/models`)).json()).toMatchObject({ data: [{ id: "m" }] });
  expect(await (await fetch(`${url}/health`)).json()).toMatchObject({
    status: "ok",
    note: expect.stringContaining("No model"),
  });
});

test("the send log holds every write under the request's trace id, none before its deadline", async () => {
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-paced-"));
  const file = join(folder, "sent.csv");
  const server = await startPaced({ ...QUICK, gap: 5, sendLog: file });
  const trace = "0af7651916cd43dd8448eb211c80319c";
  const headers = { traceparent: `00-${trace}-b7ad6b7169203331-01`, "x-request-id": "q" };
  await (await post(`${server.url}/v1/chat/completions`, chat, { headers })).text();
  await server.close();
  const rows = (await readFile(file, "utf8"))
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  await rm(folder, { recursive: true });
  expect(rows[0]).toEqual(["trace", "request", "kind", "index", "at"]);
  expect(rows.slice(1).map(([id, request, kind, index]) => [id, request, kind, index])).toEqual([
    [trace, "q", "head", "0"],
    ...Array.from({ length: 6 }, (_, index) => [trace, "q", "token", String(index)]),
  ]);
  const at = rows.slice(1).map((row) => Number(row[4]));
  const head = at[0] ?? Number.NaN;
  for (let token = 0; token < 6; token++) expect(at[token + 1]).toBeGreaterThanOrEqual(head + 2 + token * 5);
});
