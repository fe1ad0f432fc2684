import type { Socket } from "node:net";
import { ResponseParser } from "./response-parser.ts";
import type { ProxyRoute, Route } from "./route.ts";

/** Asks a proxy for a tunnel on a connected socket, then calls back once: with nothing, or with a word for what went wrong. */
export function openTunnel(
  socket: Socket,
  route: Route,
  proxy: ProxyRoute,
  done: (fault: string | undefined) => void,
): void {
  const authority = `${route.host.includes(":") ? `[${route.host}]` : route.host}:${route.port}`;
  const authorization = proxy.authorization === undefined ? "" : `proxy-authorization: ${proxy.authorization}\r\n`;
  // A 2xx answer to CONNECT has no body (RFC 9110, 9.3.6), as with HEAD.
  const parser = new ResponseParser();
  let settled = false;
  const settle = (fault: string | undefined): void => {
    if (settled) return;
    settled = true;
    socket.off("data", read);
    socket.off("end", ended);
    done(fault);
  };
  const read = (bytes: Buffer): void => {
    const used = parser.execute(bytes, 0, bytes.length);
    if (parser.fault !== "") settle(parser.fault);
    else if (parser.complete && parser.head.status >= 300) settle(String(parser.head.status));
    else if (parser.complete) settle(used < bytes.length ? "unexpected-bytes" : undefined);
  };
  const ended = (): void => settle("closed-before-answer");
  parser.reset("HEAD", { head: () => undefined, body: () => undefined, messageEnd: () => undefined });
  socket.on("data", read);
  socket.on("end", ended);
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n${authorization}\r\n`);
}
