import type { Failure } from "../../stack/types.ts";

/** What went wrong, before any API gives it its shape. */
export interface WireError {
  readonly status: number;
  readonly code: string | null;
  readonly message: string;
  readonly param?: string | null;
}

/** How an API writes its errors. */
export interface ErrorShape {
  body(error: WireError, requestId: string): unknown;
}

const OPENAI_TYPES: Readonly<Record<number, string>> = { 429: "requests", 403: "permission_error" };

export const openaiErrors: ErrorShape = {
  body: ({ status, code, message, param }) => ({
    error: { message, type: openaiType(status, code), param: param || null, code },
  }),
};

function openaiType(status: number, code: string | null): string {
  if (code === "insufficient_quota") return code;
  return OPENAI_TYPES[status] ?? (status < 500 ? "invalid_request_error" : "server_error");
}

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  408: "timeout_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error",
};

export const anthropicErrors: ErrorShape = {
  body: ({ status, message }, requestId) => ({
    type: "error",
    error: { type: anthropicType(status), message },
    request_id: requestId,
  }),
};

export function anthropicType(status: number): string {
  return ANTHROPIC_TYPES[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
}

export function errorOf(failure: Failure): WireError {
  return { status: failure.status, code: failure.code, message: failure.message };
}
