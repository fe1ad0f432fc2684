import type { CallFigures, Failure } from "../../types.ts";

/** Words of the statuses that stacks fail with. */
const CODES: Readonly<Record<number, string>> = {
  0: "connection_lost",
  400: "invalid_request_error",
  401: "invalid_api_key",
  402: "insufficient_quota",
  403: "permission_denied",
  404: "model_not_found",
  408: "timeout",
  413: "request_too_large",
  429: "rate_limit_exceeded",
  500: "server_error",
  502: "bad_gateway",
  503: "service_unavailable",
  504: "timeout",
  529: "overloaded",
};

export function codeOf(status: number): string {
  return CODES[status] ?? (status >= 500 ? "server_error" : "invalid_request_error");
}

/** A failure that arose in `part`; `code` defaults to the status's own word. */
export function failureOf(
  part: string,
  status: number,
  message: string,
  more: Pick<Failure, "headers" | "retryAfter"> & { readonly code?: string } = {},
): Failure {
  const { code, ...rest } = more;
  return { status, code: code ?? codeOf(status), message, part, ...rest };
}

/** Statuses that are worth another try: too many requests, and what servers and networks break with (0: the connection broke). */
export const PASSING_STATUSES: readonly number[] = [0, 408, 429, 500, 502, 503, 504, 529];

/** Figures of a call that no engine served. */
export function plainFigures(
  inputTokens: number,
  outputTokens: number,
  stream: { readonly longestGap: number; readonly longGaps: number } = { longestGap: 0, longGaps: 0 },
): CallFigures {
  return {
    inputTokens,
    outputTokens,
    cachedTokens: 0,
    preemptions: 0,
    queueMs: Number.NaN,
    prefillMs: Number.NaN,
    decodeMs: Number.NaN,
    longestGap: stream.longestGap,
    longGaps: stream.longGaps,
    capped: false,
  };
}
