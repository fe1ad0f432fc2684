import type { IncomingHttpHeaders } from "node:http";

/** W3C trace context of a request: the span that called us. */
export interface TraceParent {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

/** What a request's headers say of who asks. */
export interface Caller {
  /** Given, where it is harmless to echo. */
  readonly requestId: string | undefined;
  readonly trace: TraceParent | undefined;
  readonly session: string | undefined;
  readonly region: string | undefined;
  /** Bearer or x-api-key value. */
  readonly key: string | undefined;
  readonly priority: number | undefined;
}

export function callerOf(headers: IncomingHttpHeaders): Caller {
  const priority = Number(one(headers, "x-priority"));
  return {
    requestId: matching(one(headers, "x-request-id"), /^[\w.:-]{1,128}$/),
    trace: traceParent(one(headers, "traceparent")),
    session: matching(one(headers, "x-session-id"), /^.{1,200}$/s),
    region: matching(one(headers, "x-region"), /^[\w.:-]{1,100}$/),
    key: /^bearer\s+(.+)$/i.exec(headers.authorization ?? "")?.[1] ?? one(headers, "x-api-key"),
    priority: Number.isInteger(priority) && one(headers, "x-priority") !== undefined ? priority : undefined,
  };
}

function one(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function matching(value: string | undefined, pattern: RegExp): string | undefined {
  return value !== undefined && pattern.test(value) ? value : undefined;
}

/** Version 00, or a later one that begins like it; ids of only zeros are invalid. */
function traceParent(value: string | undefined): TraceParent | undefined {
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/.exec(value ?? "");
  const [, version, traceId, spanId, flags] = match ?? [];
  if (!traceId || !spanId || !flags || version === "ff" || /^0+$/.test(traceId) || /^0+$/.test(spanId))
    return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
