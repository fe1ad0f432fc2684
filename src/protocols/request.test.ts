import { describe, expect, test } from "vitest";
import { targetFor } from "../../test/helpers/target.ts";
import type { Target } from "../plan/index.ts";
import { prepareTarget } from "./prepare.ts";
import type { TurnRequest } from "./types.ts";

const turn: TurnRequest = {
  sessionId: "s",
  turn: 0,
  attempt: 0,
  persona: "p",
  prompt: "hé",
  messages: [{ role: "user", content: "hé" }],
  maxTokens: undefined,
  traceId: [0, 1, 0, 0xabc],
};

function write(
  url: string,
  changes: Partial<Target> = {},
): { readonly line: string; readonly headers: Record<string, string[]>; readonly body: string } {
  const target = targetFor(url, changes);
  const { bytes } = prepareTarget(target, () => 0).request(turn);
  const text = bytes.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  const [line = "", ...fields] = text.slice(0, end).split("\r\n");
  const headers: Record<string, string[]> = {};
  for (const field of fields) {
    const [name = "", value = ""] = field.split(/: (.*)/s);
    const key = name.toLowerCase();
    headers[key] = [...(headers[key] ?? []), value];
  }
  return { line, headers, body: bytes.subarray(end + 4).toString() };
}

describe("a request", () => {
  test("carries the usual headers, its length in bytes and a trace parent", () => {
    const { line, headers, body } = write("http://127.0.0.1:8000/v1");
    expect(line).toBe("POST /v1/chat/completions HTTP/1.1");
    expect(headers).toMatchObject({
      host: ["127.0.0.1:8000"],
      accept: ["text/event-stream"],
      "content-type": ["application/json"],
      "content-length": [String(Buffer.byteLength(body))],
      traceparent: ["00-00000000000000010000000000000abc-0000000000000abc-01"],
    });
    expect(headers["user-agent"]?.[0]).toMatch(/^plimsoll\/\d/);
    expect(headers).not.toHaveProperty("accept-encoding");
    expect(body).toContain("hé");
  });

  test("lets the plan's own headers win, and sends none twice", () => {
    const { headers } = write("http://user:pa%3Ass@h/", {
      headers: { Accept: "*/*", TraceParent: "00-a", Authorization: "Bearer k", Host: "other", "X-A": "b" },
    });
    expect(headers).toMatchObject({
      accept: ["*/*"],
      traceparent: ["00-a"],
      authorization: ["Bearer k"],
      host: ["other"],
      "x-a": ["b"],
    });
  });

  test("takes credentials from the URL, and sends them nowhere else", () => {
    const { line, headers } = write("http://user:pa%3Ass@h/", { proxy: "http://px:3128" });
    expect(headers["authorization"]).toEqual([`Basic ${Buffer.from("user:pa:ss").toString("base64")}`]);
    expect(line).toBe("POST http://h/v1/chat/completions HTTP/1.1");
  });

  test("without a body has neither length nor type", () => {
    const { line, headers, body } = write("http://h/a?b=c", { protocol: "http-json", method: "GET" });
    expect(line).toBe("GET /a?b=c HTTP/1.1");
    expect(headers).not.toHaveProperty("content-length");
    expect(headers).not.toHaveProperty("content-type");
    expect(body).toBe("");
  });

  test("cannot be split by a header: line breaks, odd names and framing are refused, all at once and without the value", () => {
    const secret = "s3cret\r\nx: y";
    const attempt = (): unknown =>
      write("http://h", {
        headers: { "x-a": secret, "bad name": "v", "content-length": "3", "X-A": "again", emoji: "😀" },
      });
    expect(attempt).toThrow(expect.objectContaining({ exitCode: 104, code: "PROTOCOL_BAD_HEADER" }));
    let thrown: unknown;
    try {
      attempt();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toHaveProperty("faults.length", 5);
    expect(JSON.stringify(thrown)).not.toContain("s3cret");
  });

  test("that cannot be made is refused for all its faults at once", () => {
    const changes: Partial<Target> = {
      protocol: "http-sse",
      request: { q: "{{promt}}" },
      headers: { "x-a": "b\nc" },
      tls: { verify: true, ca: "/nowhere/ca.pem" },
    };
    expect(() => write("http://h", changes)).toThrow(
      expect.objectContaining({
        exitCode: 104,
        faults: [
          expect.objectContaining({ code: "PROTOCOL_UNKNOWN_PLACEHOLDER" }),
          expect.objectContaining({ code: "PROTOCOL_BAD_HEADER" }),
          expect.objectContaining({ code: "PROTOCOL_CA_UNREADABLE" }),
        ],
      }),
    );
  });
});
