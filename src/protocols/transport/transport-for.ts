import type { Clock } from "../../base/index.ts";
import type { Target } from "../../plan/index.ts";
import type { PreparedDialect } from "../dialects/dialect.ts";
import type { Transport } from "./carrier.ts";
import { Connection } from "./connection.ts";
import type { DialContext } from "./dial.ts";
import { Http2Transport } from "./http2/http2-transport.ts";
import { Pool, type PoolOptions } from "./pool.ts";
import { WebSocketConnection } from "./websocket/web-socket.ts";

/** ms that an idle connection is kept where the server does not say how long it keeps it: less than the 5 s that many use. */
const DEFAULT_IDLE = 4000;

/** What most servers allow. */
const DEFAULT_STREAMS = 100;

/** How the target's requests travel. */
export function transportFor(
  target: Target,
  dialect: PreparedDialect,
  dialling: DialContext,
  clock: Clock,
  max: number,
): Transport {
  const { per = "pool", keepAlive } = target.connections;
  const options: PoolOptions = { max, per: keepAlive ? per : "request" };
  if (dialect.rules.form === "messages") return webSockets(target, dialling, clock, options);
  const http1 = (spare?: DialContext["spare"]): Transport =>
    connections(
      { ...dialling, protocols: ["http/1.1"], ...(spare === undefined ? {} : { spare }) },
      clock,
      options,
      target.connections.warm ?? 0,
    );
  const { route, protocols } = dialling;
  const asked = target.http === "2";
  // Over TLS the server chooses; without it only the plan's word says that it speaks HTTP/2.
  if (!asked && !(route.secure && protocols.includes("h2"))) return http1();
  const http2 = new Http2Transport(
    { ...dialling, unread: true },
    clock,
    options,
    {
      streams: target.connections.streams ?? DEFAULT_STREAMS,
      authority: dialect.url.origin,
      connect: target.timeouts.connect,
      secure: route.secure,
    },
    asked ? undefined : http1,
  );
  http2.warm(target.connections.warm ?? 0);
  return http2;
}

function connections(dialling: DialContext, clock: Clock, options: PoolOptions, warm: number): Transport {
  // A session's own connection is there until the server, or the session, is done with it.
  const keepFor = options.per === "session" ? Number.POSITIVE_INFINITY : DEFAULT_IDLE;
  const pool = new Pool<Connection>(
    (owner, requester) => new Connection(dialling, clock, owner, requester, keepFor),
    clock,
    options,
  );
  pool.warm(warm, (owner) => new Connection(dialling, clock, owner, undefined, keepFor));
  return pool;
}

function webSockets(target: Target, dialling: DialContext, clock: Clock, options: PoolOptions): Transport {
  const { subprotocols = [], ping = 0 } = target.websocket ?? {};
  const socket = { subprotocols, ping, maxBytes: target.maxAnswerBytes };
  return new Pool<WebSocketConnection>(
    (owner, requester) => new WebSocketConnection(dialling, clock, owner, requester, socket),
    clock,
    { ...options, per: options.per === "request" ? "request" : "session" },
  );
}
