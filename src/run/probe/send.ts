import type { Dispatcher } from "undici";
import type { NoReply, ProbeRequest, Reply, Sender } from "./types.ts";

/** Bounds of one request. Streams are read until one of them, or their end. */
const MOST_BYTES = 256 * 1024;
const CONNECT_MS = 4_000;
const ANSWER_MS = 12_000;

/** Codes of failures before a connection stood. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
]);

export interface ClosableSender {
  readonly send: Sender;
  close(): Promise<void>;
}

/** A client off the hot path; it follows no redirect, so that nothing is sent to a host that the owner did not name. */
export async function openSender(
  headers: Readonly<Record<string, string>>,
  answerMs = ANSWER_MS,
): Promise<ClosableSender> {
  const { EnvHttpProxyAgent } = await import("undici");
  const agent = new EnvHttpProxyAgent({
    connect: { timeout: CONNECT_MS },
    headersTimeout: answerMs,
    bodyTimeout: answerMs,
  });
  return {
    send: (request) => sendWith(agent, headers, request, answerMs),
    close: () => agent.destroy(),
  };
}

async function sendWith(
  agent: Dispatcher,
  common: Readonly<Record<string, string>>,
  request: ProbeRequest,
  answerMs: number,
): Promise<Reply | NoReply> {
  const { request: ask } = await import("undici");
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), answerMs);
  try {
    const { statusCode, headers, body } = await ask(request.url, {
      dispatcher: agent,
      method: request.method,
      headers: {
        accept: "application/json, text/event-stream",
        ...(request.body === undefined ? {} : { "content-type": "application/json" }),
        ...request.headers,
        ...common,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      signal: deadline.signal,
    });
    // A body that is destroyed before its end reports that as an error.
    body.on("error", () => undefined);
    const type = headers["content-type"];
    const { text, whole } = await readBounded(body);
    return {
      status: statusCode,
      contentType: (typeof type === "string" ? type : "").split(";")[0]?.trim().toLowerCase() ?? "",
      text,
      whole,
    };
  } catch (error) {
    return failure(error, deadline.signal.aborted, answerMs);
  } finally {
    clearTimeout(timer);
  }
}

/** The body up to a bound. A stream that fails or runs out of time yields what it had. */
async function readBounded(
  body: AsyncIterable<Uint8Array> & { destroy(): unknown },
): Promise<{ text: string; whole: boolean }> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  let whole = true;
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk.subarray(0, MOST_BYTES - bytes), { stream: true });
      bytes += chunk.length;
      if (bytes < MOST_BYTES) continue;
      whole = false;
      break;
    }
  } catch {
    whole = false; // cut by the deadline or by the server: the part that came is evidence all the same
  } finally {
    body.destroy();
  }
  return { text, whole };
}

function failure(error: unknown, timedOut: boolean, answerMs: number): NoReply {
  if (timedOut) return { unreachable: false, reason: `no answer within ${answerMs / 1000} s` };
  const inner: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  const causes: readonly unknown[] = [error, ...inner];
  const named = causes.find((cause) => cause instanceof Error && cause.message !== "");
  const code = causes.map(codeOf).find((found) => found !== "") ?? "";
  const message = named instanceof Error ? named.message : String(error);
  return {
    unreachable: UNREACHABLE.has(code),
    reason: message.includes(code) || code === "" ? message : `${message} (${code})`,
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

export function isReply(sent: Reply | NoReply): sent is Reply {
  return "status" in sent;
}
