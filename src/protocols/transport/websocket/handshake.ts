import { createHash } from "node:crypto";
import type { ResponseHead } from "../response-head.ts";

/** RFC 6455, 1.3. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export function acceptOfKey(key: string): string {
  return createHash("sha1")
    .update(key + GUID)
    .digest("base64");
}

/** What is wrong with the head that agrees to the protocol; undefined: nothing (RFC 6455, 4.1). */
export function handshakeFault(head: ResponseHead, key: string, offered: readonly string[]): string | undefined {
  if (head.upgrade.toLowerCase() !== "websocket") return "ws:upgrade";
  if (head.socketAccept !== acceptOfKey(key)) return "ws:accept";
  if (head.socketExtensions !== "") return "ws:extensions";
  if (head.socketProtocol !== "" && !offered.includes(head.socketProtocol)) return "ws:subprotocol";
  return undefined;
}
