import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { scrape, valueOf } from "./test/prometheus.ts";
import { stopTwins, twinOf, until } from "./test/twin.ts";

const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await stopTwins();
});

function ask(url: string, body: object, path = "/v1/chat/completions"): Socket {
  const text = JSON.stringify(body);
  const socket = connect({ port: Number(new URL(url).port), host: "127.0.0.1" }, () =>
    socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${text.length}\r\n\r\n${text}`),
  );
  socket.on("error", () => undefined);
  sockets.push(socket);
  return socket;
}

const FAST =
  "parts: { llm: { kind: pool, preset: tiny, models: [ quick ], engine: { costs: { c0: 0.1, c1: 0, c2: 0, d1: 0, p1: 0 }, blocks: 20000, maxModelLen: 200000, tokenBudget: 50000 }, answers: { median: 20, max: 100000 } } }";

test("a reader that stops reading is cut at the bound, and its memory in the engine is free again", async () => {
  const { url } = await twinOf(FAST);
  // Echoed, this is more than the kernel's buffers hold: white space is what has most characters a token.
  const prompt = `${" ".repeat(11_000_000)}Go on.`;
  const stuck = ask(url, { stream: true, echo: true, ignore_eos: true, max_tokens: 20_000, prompt }, "/v1/completions");
  stuck.pause();
  await until(async () => valueOf(await scrape(url), "plimsoll_twin_slow_readers_cut_total") === 1);
  const families = await scrape(url);
  expect(valueOf(families, "vllm:num_requests_running")).toBe(0);
  expect(valueOf(families, "vllm:kv_cache_usage_perc")).toBe(0);
  expect(valueOf(families, "vllm:request_success_total", { finished_reason: "abort" })).toBe(1);
});

test("a reader that leaves in mid-answer ends its request at once; others hear nothing of it", async () => {
  const { url } = await twinOf(FAST.replace("c0: 0.1", "c0: 2"));
  const body = { stream: true, ignore_eos: true, messages: [{ role: "user", content: "Go on." }] };
  const leaving = ask(url, { ...body, max_tokens: 50_000 });
  leaving.once("data", () => leaving.destroy());
  const staying = ask(url, { ...body, max_tokens: 60 });
  const text = await new Promise<string>((resolve) => {
    let seen = "";
    staying.on("data", (data) => {
      seen += data.toString();
      if (seen.includes("[DONE]")) resolve(seen);
    });
  });
  expect(text.match(/"delta":\{"content"/g)).toHaveLength(60);
  await until(async () => valueOf(await scrape(url), "vllm:num_requests_running") === 0);
  expect(valueOf(await scrape(url), "plimsoll_twin_http_left_total")).toBe(1);
});

test("closing the twin cuts what is open, does not wait for it, and counts it", async () => {
  const twin = await twinOf(FAST.replace("c0: 0.1", "c0: 20"));
  const open = ask(twin.url, {
    stream: true,
    ignore_eos: true,
    max_tokens: 50_000,
    messages: [{ role: "user", content: "Go on." }],
  });
  await new Promise((resolve) => open.once("data", resolve));
  const closed = new Promise((resolve) => open.once("close", () => resolve("cut")));
  const report = await twin.close();
  expect(await closed).toBe("cut");
  expect(report).toMatchObject({ counts: { requests: 1, answered: 0, failed: 0, left: 1 }, cutAtEnd: 1 });
});
