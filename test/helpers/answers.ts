import type { Step } from "./raw-server.ts";

/** Steps that make whole, healthy answers, to build broken ones from. */

export const SSE_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

export function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

export const LAST_CHUNK = "0\r\n\r\n";

export function event(data: unknown): string {
  return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

export function openaiDelta(content: string): unknown {
  return { choices: [{ index: 0, delta: { content }, finish_reason: null }] };
}

export function openaiFinish(reason: string): unknown {
  return { choices: [{ index: 0, delta: {}, finish_reason: reason }] };
}

/** A complete OpenAI stream of these words. */
export function openaiAnswer(words: readonly string[]): readonly Step[] {
  const usage = { prompt_tokens: 3, completion_tokens: words.length, total_tokens: 3 + words.length };
  const events = [...words.map(openaiDelta), openaiFinish("stop"), { choices: [], usage }, "[DONE]"];
  return [{ write: SSE_HEAD }, ...events.map((data) => ({ write: chunk(event(data)) })), { write: LAST_CHUNK }];
}

/** A plain response with a content-length. */
export function plain(status: string, body: string, headers: Readonly<Record<string, string>> = {}): readonly Step[] {
  const all = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return [{ write: `HTTP/1.1 ${status}\r\n${lines.join("")}\r\n${body}` }];
}
