import type { IncomingMessage, ServerResponse } from "node:http";

export type Route = (message: IncomingMessage, response: ServerResponse) => void;

const LARGEST_BODY = 16 * 1024 * 1024;

/** Reads a request's body whole; one that is too large is answered here. */
export function readBody(message: IncomingMessage, response: ServerResponse, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  message.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= LARGEST_BODY) chunks.push(chunk);
  });
  message.on("end", () => {
    if (size > LARGEST_BODY) refuse(response, 413, `the body is larger than ${LARGEST_BODY} bytes`);
    else done(Buffer.concat(chunks).toString());
  });
}

/** A request's own id where it is harmless to echo. */
export function requestIdOf(message: IncomingMessage): string | undefined {
  const value = message.headers["x-request-id"];
  return typeof value === "string" && /^[\w.:-]{1,128}$/.test(value) ? value : undefined;
}

/** The trace id of a W3C `traceparent`, or an empty text. */
export function traceOf(message: IncomingMessage): string {
  const value = message.headers.traceparent;
  return typeof value === "string" ? (/^00-([0-9a-f]{32})-/.exec(value)?.[1] ?? "") : "";
}

export function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

/** An error in OpenAI's shape. */
export function refuse(response: ServerResponse, status: number, message: string): void {
  const type = status < 500 ? "invalid_request_error" : "server_error";
  send(response, status, { error: { message, type, code: null } });
}
