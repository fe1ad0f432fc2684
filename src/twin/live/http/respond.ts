import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Failure } from "../../stack/types.ts";
import { type ErrorShape, errorOf, type WireError } from "../wire/errors.ts";
import type { BodyFault } from "../wire/types.ts";

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "content-type": "application/json", "content-length": bytes.length, ...headers });
  response.end(bytes);
}

export function sendText(response: ServerResponse, status: number, text: string, type: string): void {
  const bytes = Buffer.from(text);
  response.writeHead(status, { "content-type": type, "content-length": bytes.length });
  response.end(bytes);
}

export function sendError(
  response: ServerResponse,
  shape: ErrorShape,
  error: WireError,
  requestId: string,
  headers: OutgoingHttpHeaders = {},
): void {
  sendJson(response, error.status, shape.body(error, requestId), headers);
}

/** 400 with every fault of a body, the first of them as its code and parameter. */
export function sendFaults(
  response: ServerResponse,
  shape: ErrorShape,
  faults: readonly [BodyFault, ...BodyFault[]],
  requestId: string,
): void {
  const [{ code, param }] = faults;
  const message = faults.map((fault) => fault.message).join(" ");
  sendError(response, shape, { status: 400, code, message, param }, requestId);
}

/** A call that failed before its answer began; status 0 breaks the connection. */
export function sendFailure(response: ServerResponse, shape: ErrorShape, failure: Failure, requestId: string): void {
  if (failure.status === 0) {
    response.destroy();
    return;
  }
  const retry = failure.retryAfter === undefined ? {} : { "retry-after": String(Math.ceil(failure.retryAfter)) };
  sendError(response, shape, errorOf(failure), requestId, { ...retry, ...failure.headers });
}
