import { connect as connectTcp, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type ConnectStep, socketReason } from "../errors.ts";
import type { ProxyRoute, Route } from "./route.ts";
import type { TlsState } from "./tls-state.ts";
import { openTunnel } from "./tunnel.ts";

export interface DialContext {
  readonly route: Route;
  readonly tls: TlsState;
  readonly lookup: LookupFunction;
  /** Offered to the server in TLS (ALPN). */
  readonly protocols: readonly string[];
  /** A connection that is open already, to be taken before one is opened; undefined: none. */
  readonly spare?: () => Socket | undefined;
  /** Whoever gets the socket reads it: `read` is never called. */
  readonly unread?: boolean;
  /** Every socket of a worker reads into this one buffer: the callback runs before the next read, so nothing overlaps. */
  readonly buffer: Buffer;
}

export interface DialEvents {
  opened(socket: Socket): void;
  /** Before the connection was open: a stable word. `opened` is then never called. */
  failed(reason: string): void;
  read(count: number, bytes: Buffer): void;
}

/** A connection that is being opened. */
export interface Dialling {
  abort(): void;
}

/** Opens a connection along the route: DNS, TCP, the proxy's tunnel, TLS. */
export function dial(context: DialContext, events: DialEvents): Dialling {
  const spare = context.spare?.();
  if (spare !== undefined) return adopt(spare, events);
  const { route, buffer } = context;
  const { proxy } = route;
  if (proxy?.kind === "tunnel") return dialThrough(context, proxy, events);
  const { host, port, secure } = proxy ?? route;
  const onread = {
    buffer,
    callback: (count: number): boolean => {
      events.read(count, buffer);
      return true;
    },
  };
  const reading = context.unread === true ? {} : { onread };
  const where = { host, port, noDelay: true, autoSelectFamily: true, lookup: context.lookup, ...reading };
  const serverName = proxy ? proxy.host : route.serverName;
  const socket = secure ? connectTls({ ...where, ...tlsOptions(context, serverName) }) : connectTcp(where);
  if (secure) keepSession(context, socket);
  watch(
    socket,
    "tcp",
    secure,
    (reason) => events.failed(proxy ? `proxy:${reason}` : reason),
    () => events.opened(socket),
  );
  return { abort: () => void socket.destroy() };
}

/** Tells of the opening as if it had just happened, once whoever asked has heard that it will. */
function adopt(socket: Socket, events: DialEvents): Dialling {
  let dropped = false;
  socket.on("data", (bytes: Buffer) => events.read(bytes.length, bytes));
  process.nextTick(() => {
    if (socket.destroyed) events.failed("closed-while-connecting");
    else if (!dropped) events.opened(socket);
  });
  return {
    abort: () => {
      dropped = true;
      socket.destroy();
    },
  };
}

/** What comes through a tunnel is not read into the shared buffer: it is emitted as `data`. */
function dialThrough(context: DialContext, proxy: ProxyRoute, events: DialEvents): Dialling {
  const { route } = context;
  const where = { host: proxy.host, port: proxy.port, noDelay: true, autoSelectFamily: true, lookup: context.lookup };
  const outer: Socket = proxy.secure
    ? connectTls({
        ...where,
        secureContext: context.tls.context,
        servername: proxy.host,
        rejectUnauthorized: context.tls.verify,
      })
    : connectTcp(where);
  let inner = outer;
  let failed = false;
  const fail = (reason: string): void => {
    if (failed) return;
    failed = true;
    outer.destroy();
    events.failed(reason);
  };
  const plainInside = (): void => {
    if (context.unread !== true) outer.on("data", (bytes: Buffer) => events.read(bytes.length, bytes));
    events.opened(outer);
  };
  const secureInside = (): void => {
    const secured = connectTls({ socket: outer, ...tlsOptions(context, route.serverName) });
    inner = secured;
    keepSession(context, secured);
    if (context.unread !== true) secured.on("data", (bytes: Buffer) => events.read(bytes.length, bytes));
    watch(secured, "tls", true, fail, () => events.opened(secured));
  };
  watch(
    outer,
    "tcp",
    proxy.secure,
    (reason) => fail(`proxy:${reason}`),
    () => {
      const onBreak = (error?: Error): void =>
        fail(`proxy:${error ? socketReason(error, "open") : "closed-before-answer"}`);
      outer.once("error", onBreak);
      outer.once("close", onBreak);
      openTunnel(outer, route, proxy, (fault) => {
        outer.off("error", onBreak);
        outer.off("close", onBreak);
        if (fault === undefined) (route.secure ? secureInside : plainInside)();
        else fail(`proxy:${fault}`);
      });
    },
  );
  return {
    abort: () => {
      failed = true;
      inner.destroy();
      outer.destroy();
    },
  };
}

function tlsOptions({ tls, protocols }: DialContext, serverName: string | undefined) {
  return {
    secureContext: tls.context,
    rejectUnauthorized: tls.verify,
    ALPNProtocols: [...protocols],
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(tls.session === undefined ? {} : { session: tls.session }),
  };
}

function keepSession({ tls }: DialContext, socket: Socket): void {
  socket.on("session", (session: Buffer) => {
    tls.session = session;
  });
}

/**
 * Tells of the opening, or of its failure, once. The listeners stay, without effect: what happens after the opening is for the
 * connection's own.
 */
function watch(
  socket: Socket,
  from: ConnectStep,
  secure: boolean,
  failed: (reason: string) => void,
  opened: () => void,
): void {
  let step = from;
  const fail = (reason: string): void => {
    if (step === "open") return;
    step = "open";
    failed(reason);
  };
  socket.on("error", (error) => fail(socketReason(error, step)));
  socket.on("close", () => fail("closed-while-connecting"));
  socket.once("connect", () => {
    if (step === "tcp" && secure) step = "tls";
    else if (step === "tcp") {
      step = "open";
      opened();
    }
  });
  if (!secure) return;
  socket.once("secureConnect", () => {
    if (step === "open") return;
    step = "open";
    opened();
  });
}
