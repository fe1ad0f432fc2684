import { constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import type { WireRequest } from "../../types.ts";
import { HEADERS, type ResponseHead } from "../response-head.ts";

/** Fields of one connection (RFC 9113, 8.2.2), and what pseudo-headers say. */
const DROPPED = new Set(["host", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te"]);

/** The request's head as HTTP/2 has it (RFC 9113, 8.3.1). */
export function requestHeaders(wire: WireRequest, scheme: "http" | "https"): OutgoingHttpHeaders {
  const [start = "", ...lines] = wire.bytes.toString("latin1", 0, wire.headLength).trimEnd().split("\r\n");
  const [method = "", path = ""] = start.split(" ");
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    fields.set(name, [...(fields.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  const headers: OutgoingHttpHeaders = {
    [constants.HTTP2_HEADER_METHOD]: method,
    [constants.HTTP2_HEADER_SCHEME]: scheme,
    [constants.HTTP2_HEADER_AUTHORITY]: fields.get("host")?.[0] ?? "",
    [constants.HTTP2_HEADER_PATH]: path,
  };
  for (const [name, values] of fields) {
    if (DROPPED.has(name)) continue;
    headers[name] = values.length === 1 ? values[0] : values;
  }
  return headers;
}

/** Takes a response's fields into the head; returns about how many bytes they were. */
export function takeHeaders(
  fields: IncomingHttpHeaders & { readonly ":status"?: number | undefined },
  head: ResponseHead,
): number {
  let bytes = 0;
  head.status = Number(fields[":status"] ?? -1);
  for (const [name, value] of Object.entries(fields)) {
    for (const each of Array.isArray(value) ? value : [String(value)]) {
      bytes += name.length + each.length;
      // Framing is the protocol's own: what these say of it is of no use.
      if (name !== "content-length" && name !== "transfer-encoding" && Object.hasOwn(HEADERS, name))
        HEADERS[name]?.(head, each);
    }
  }
  return bytes;
}
