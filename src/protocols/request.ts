import { EXIT, type Fault, PlimsollError } from "../base/index.ts";
import type { Target } from "../plan/index.ts";
import type { PreparedDialect } from "./dialects/dialect.ts";
import { acceptOf } from "./dialects/forms.ts";
import { hex32 } from "./dialects/template.ts";
import { basicOf, type Route } from "./transport/route.ts";
import type { TraceId, TurnRequest, WireRequest } from "./types.ts";
import { packageVersion } from "./version.ts";

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Visible latin1 and blanks: what a field value may hold (RFC 9110, 5.5). */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Headers that follow from the message: a plan's own would contradict its framing. */
const FRAMING = new Set(["content-length", "transfer-encoding"]);

/** What a session adds to a request: header lines, each with its line end; and a body in place of the turn's. */
export interface RequestExtras {
  readonly lines?: string;
  readonly body?: string;
}

export type RequestWriter = (turn: TurnRequest, extras?: RequestExtras) => WireRequest;

/**
 * Prepares everything of a request that does not change from turn to turn, and returns the function that makes one.
 */
export function requestWriter(target: Target, dialect: PreparedDialect, route: Route, own: OwnHeaders): RequestWriter {
  const { url, rules } = dialect;
  const socket = rules.form === "messages";
  const method = socket ? "GET" : target.method;
  const bodiless = !socket && (method === "GET" || method === "HEAD");
  const framed = !bodiless && !socket;
  const defaults = new Map<string, string>([
    ["host", url.host],
    ["user-agent", `plimsoll/${packageVersion()}`],
  ]);
  if (!socket) defaults.set("accept", acceptOf(rules.form));
  for (const [name, value] of Object.entries(dialect.headers ?? {})) defaults.set(name, value);
  if (framed) defaults.set("content-type", "application/json");
  const credentials = basicOf(url);
  if (credentials !== undefined) defaults.set("authorization", credentials);
  if (route.proxy?.kind === "forward" && route.proxy.authorization !== undefined) {
    defaults.set("proxy-authorization", route.proxy.authorization);
  }
  if (!target.connections.keepAlive && !socket) defaults.set("connection", "close");
  const generated = [...defaults]
    .filter(([name]) => !own.names.has(name))
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const path = `${url.pathname}${url.search}`;
  const start = `${method} ${route.proxy?.kind === "forward" ? `${url.protocol}//${url.host}${path}` : path} HTTP/1.1\r\n`;
  const fixed = start + generated.join("") + own.lines;
  const traced = !own.names.has("traceparent");

  return (turn, { lines = "", body: given } = {}) => {
    const body = bodiless ? undefined : (given ?? dialect.body(turn));
    const size = body === undefined ? 0 : Buffer.byteLength(body);
    const trace = traced ? `traceparent: ${traceparent(turn.traceId)}\r\n` : "";
    const head = `${fixed}${lines}${trace}${framed ? `content-length: ${size}\r\n` : ""}\r\n`;
    const bytes = Buffer.allocUnsafe(head.length + size);
    bytes.write(head, 0, "latin1");
    if (body !== undefined) bytes.write(body, head.length);
    return { bytes, headLength: head.length, method };
  };
}

/** W3C trace context, sampled; the span's id is the low half of the trace's, since an attempt is a trace's only root. */
function traceparent([a, b, c, d]: TraceId): string {
  // Neither id may be all zeros.
  const last = (c | d) === 0 ? 1 : d;
  const low = hex32(c) + hex32(last);
  return `00-${hex32(a)}${hex32(b)}${low}-${low}-01`;
}

/** The plan's headers as lines, and their names in lower case. */
export interface OwnHeaders {
  readonly names: ReadonlySet<string>;
  readonly lines: string;
}

/** @throws PlimsollError PROTOCOL_BAD_HEADER, with every bad header at once */
export function ownHeaders(target: Target): OwnHeaders {
  const faults: Fault[] = [];
  const names = new Set<string>();
  let lines = "";
  for (const [name, value] of Object.entries(target.headers)) {
    const path = `target.headers.${name}`;
    const lower = name.toLowerCase();
    if (!TOKEN.test(name)) faults.push(badHeader(path, "is not a header name", "Use letters, digits and dashes"));
    else if (!VALUE.test(value))
      faults.push(
        badHeader(path, "has a value that no header can carry", "Remove line breaks and characters beyond latin1"),
      );
    else if (FRAMING.has(lower)) faults.push(badHeader(path, "is set by the message itself", "Remove it"));
    else if (names.has(lower)) faults.push(badHeader(path, "appears twice", "Keep one of them"));
    names.add(lower);
    lines += `${name}: ${value}\r\n`;
  }
  if (!TOKEN.test(target.method)) {
    faults.push({
      code: "PROTOCOL_BAD_METHOD",
      message: `target.method is not an HTTP method`,
      path: "target.method",
      received: target.method,
      hint: "Use POST or GET",
    });
  }
  if (faults.length > 0) throw new PlimsollError(faults, EXIT.planInvalid);
  return { names, lines };
}

/** The value may be a secret: it is not in the fault. */
function badHeader(path: string, what: string, hint: string): Fault {
  return { code: "PROTOCOL_BAD_HEADER", message: `${path} ${what}`, path, hint };
}
