import { connect } from "node:net";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { post, quickPool, stopTwins, twinOf } from "./test/twin.ts";

afterEach(stopTwins);

const errorSchema = z.object({
  error: z.object({
    message: z.string().min(1),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
});

const ENDPOINTS = [
  "/v1/chat/completions",
  "/v1/completions",
  "/v1/responses",
  "/v1/embeddings",
  "/v1/messages",
  "/chat",
  "/tokenize",
];

test("every fault of a body is named at once, with its place", async () => {
  const { url } = await twinOf(quickPool());
  const response = await post(`${url}/v1/chat/completions`, {
    messages: [
      { role: "pirate", content: "x" },
      { role: "user", content: 7 },
    ],
    temperature: "hot",
    max_tokens: 0,
    stream: "yes",
  });
  const { error } = errorSchema.parse(await response.json());
  expect(response.status).toBe(400);
  for (const place of ["messages[0].role", "messages[1].content", "temperature", "max_tokens", "stream"])
    expect(error.message).toContain(`'${place}'`);
  expect(error.type).toBe("invalid_request_error");
});

test("a missing field, a wrong type and a body that is no JSON have their own codes", async () => {
  const { url } = await twinOf(quickPool());
  const faultOf = async (body: unknown) => {
    const response = await post(`${url}/v1/chat/completions`, body);
    const { code, param } = errorSchema.parse(await response.json()).error;
    return [response.status, code, param];
  };
  expect(await faultOf({})).toEqual([400, "missing_required_parameter", "messages"]);
  expect(await faultOf({ messages: "x" })).toEqual([400, "invalid_type", "messages"]);
  expect(await faultOf("{")).toEqual([400, "invalid_json", null]);
  expect(await faultOf({ messages: [{ role: "user", content: "x" }], top_p: 3 })).toEqual([
    400,
    "invalid_value",
    "top_p",
  ]);
});

test("whatever is sent is answered, never with a fault of the twin's own", async () => {
  const { url } = await twinOf(quickPool());
  const field = fc.constantFrom(
    "model",
    "messages",
    "prompt",
    "input",
    "stream",
    "max_tokens",
    "stop",
    "response_format",
    "tools",
    "session",
    "message",
    "min_tokens",
    "stream_options",
    "system",
    "text",
    "dimensions",
    "guided_json",
    "previous_response_id",
  );
  const body = fc.oneof(
    { weight: 3, arbitrary: fc.dictionary(field, fc.jsonValue({ maxDepth: 3 })).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.json({ maxDepth: 6 }) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ENDPOINTS), body, async (path, text) => {
      const response = await post(url + path, text);
      await response.text();
      expect([200, 400, 404]).toContain(response.status);
    }),
    { numRuns: 300 },
  );
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

test("schemas of an answer that contradict or refer to themselves do not hang the twin", async () => {
  const { url } = await twinOf(quickPool());
  const loop = { type: "object", properties: { next: { $ref: "#" } }, required: ["next"] };
  let deep: unknown = { type: "string" };
  for (let level = 0; level < 2_000; level++) deep = { type: "array", items: deep, minItems: 1 };
  for (const schema of [loop, { type: "object", required: ["a"], properties: { a: false } }, { enum: [] }, deep]) {
    const response = await post(`${url}/v1/chat/completions`, {
      messages: [{ role: "user", content: "x" }],
      max_tokens: 50,
      response_format: { type: "json_schema", json_schema: { name: "s", schema } },
    });
    expect([200, 400]).toContain(response.status);
  }
});

test("a body larger than the bound is refused with 413, also when its length is not told", async () => {
  const { url } = await twinOf(quickPool());
  const { port } = new URL(url);
  const status = (head: string, piece: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(port), "127.0.0.1", () => socket.write(head));
      socket.once("data", (data) => {
        resolve(data.toString().slice(0, 12));
        socket.destroy();
      });
      // The server closes while we still write: what it answered first is what counts.
      socket.on("error", (error) => (socket.bytesRead > 0 ? undefined : reject(error)));
      const more = (): void => {
        while (!socket.destroyed && socket.write(piece));
        if (!socket.destroyed) socket.once("drain", more);
      };
      if (piece !== "") socket.once("connect", more);
    });
  const request = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n";
  expect(await status(`${request}content-length: 99999999\r\n\r\n`, "")).toBe("HTTP/1.1 413");
  const chunk = `100000\r\n${"x".repeat(0x100000)}\r\n`;
  expect(await status(`${request}transfer-encoding: chunked\r\n\r\n`, chunk)).toBe("HTTP/1.1 413");
});

test("ids and places of a request are echoed or taken: x-request-id, x-session-id, unknown paths and methods", async () => {
  const { url } = await twinOf(quickPool(0.5, ", replicas: 4, balancer: session-hash"));
  const ask = (headers: Record<string, string>) =>
    post(`${url}/v1/chat/completions`, { messages: [{ role: "user", content: "x" }], max_tokens: 1 }, { headers });
  const replicas = new Set<string | null>();
  for (let turn = 0; turn < 6; turn++) {
    const response = await ask({ "x-session-id": "one", "x-request-id": `turn-${turn}` });
    expect(response.headers.get("x-request-id")).toBe(`turn-${turn}`);
    replicas.add(response.headers.get("x-replica"));
  }
  expect(replicas.size).toBe(1);
  expect((await ask({ "x-request-id": "no spaces allowed" })).headers.get("x-request-id")).toMatch(/^req_/);
  expect((await fetch(`${url}/nowhere`)).status).toBe(404);
  expect((await fetch(`${url}/v1/chat/completions`)).status).toBe(405);
});

test("the application's endpoint streams deltas, and its sessions keep what was said", async () => {
  const { url } = await twinOf(quickPool());
  const say = async (session: string, message: string) => {
    const lines = (await (await post(`${url}/chat`, { session, message })).text())
      .split("\n\n")
      .filter((line) => line !== "");
    const events: unknown[] = lines.map((line) => JSON.parse(line.slice("data: ".length)));
    const text = events.map((event) => z.object({ delta: z.string().optional() }).parse(event).delta ?? "").join("");
    return { text, end: events.at(-1) };
  };
  const first = await say("a", "My code word is periwinkle-7.");
  expect(first.end).toMatchObject({ finish_reason: "stop", usage: { prompt_tokens: expect.any(Number) } });
  expect((await say("a", "What is my code word?")).text).toContain("periwinkle-7");
  expect((await say("b", "What is my code word?")).text).not.toContain("periwinkle-7");
});

test("one connection carries one answer after another, pipelined ones too", async () => {
  const { url } = await twinOf(quickPool());
  const { port } = new URL(url);
  const body = JSON.stringify({ session: "p", message: "hello", max_tokens: 4 });
  const request = `POST /chat HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const text = await new Promise<string>((resolve, reject) => {
    let seen = "";
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(request + request + request));
    socket.on("error", reject);
    socket.on("data", (data) => {
      seen += data.toString();
      if (seen.split("finish_reason").length < 4) return;
      socket.destroy();
      resolve(seen);
    });
  });
  expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
  expect(text.match(/"delta"/g)?.length).toBeGreaterThanOrEqual(3);
});

test("an HTTP/1.0 client gets the stream without chunks", async () => {
  const { url } = await twinOf(quickPool());
  const { port } = new URL(url);
  const body = JSON.stringify({ session: "old", message: "hello", max_tokens: 3 });
  const text = await new Promise<string>((resolve, reject) => {
    let seen = "";
    const socket = connect(Number(port), "127.0.0.1", () =>
      socket.write(`POST /chat HTTP/1.0\r\ncontent-length: ${body.length}\r\n\r\n${body}`),
    );
    socket.on("error", reject);
    socket.on("data", (data) => {
      seen += data.toString();
    });
    socket.on("close", () => resolve(seen));
  });
  expect(text).not.toContain("chunked");
  expect(text.split("\r\n\r\n")[1]?.startsWith('data: {"delta"')).toBe(true);
});

test("vLLM's /tokenize counts as the model reads", async () => {
  const { url } = await twinOf(quickPool());
  const text = await (await post(`${url}/tokenize`, { prompt: "Grain, timber and coal." })).json();
  expect(text).toMatchObject({
    count: 7,
    token_strs: ["<|begin_of_text|>", "Grain", ",", " timber", " and", " coal", "."],
  });
  const messages = [{ role: "user", content: "Grain, timber and coal." }];
  const { count } = z.object({ count: z.number() }).parse(await (await post(`${url}/tokenize`, { messages })).json());
  const answer = await (await post(`${url}/v1/chat/completions`, { messages, max_tokens: 1 })).json();
  expect(answer).toMatchObject({ usage: { prompt_tokens: count } });
});

test("a completion's prompt and a text to embed are counted as they stand, without a chat's template", async () => {
  const { url } = await twinOf(`parts:
  app: { kind: app, to: llm, steps: [ { call: embedder } ] }
  embedder: { kind: embedder, fixed: 1ms, perToken: 0.01ms }
  llm: { kind: pool, preset: tiny, answers: { median: 20 } }`);
  const prompt = "Grain, timber and coal.";
  const model = { max_tokens: 1, prompt };
  expect(await (await post(`${url}/v1/completions`, model)).json()).toMatchObject({ usage: { prompt_tokens: 7 } });
  const embedded = await (await post(`${url}/v1/embeddings`, { input: [prompt, prompt] })).json();
  expect(embedded).toMatchObject({ usage: { prompt_tokens: 14 } });
});
