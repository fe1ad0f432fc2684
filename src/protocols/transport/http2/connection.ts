import { type ClientHttp2Session, type ClientHttp2Stream, connect, type Settings } from "node:http2";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Clock } from "../../../base/index.ts";
import { socketReason } from "../../errors.ts";
import type { WireRequest } from "../../types.ts";
import type { Requester } from "../carrier.ts";
import { type DialContext, type Dialling, dial } from "../dial.ts";
import { requestHeaders } from "./headers.ts";
import { Http2Carrier, type StreamHost } from "./stream.ts";

/** Bytes that a server may send ahead: on a stream, and on all of a connection. */
const STREAM_WINDOW = 1024 * 1024;
const SESSION_WINDOW = 16 * 1024 * 1024;

export interface Http2Owner {
  /** A stream's place is free, or there are more of them. */
  roomier(connection: Http2Connection): void;
  /** Gone; called once a connection, before its users hear of it. */
  closed(connection: Http2Connection): void;
  /** It did not open in time. */
  again(waiting: readonly Requester[]): void;
  /** The server chose HTTP/1.1: those who wait are the owner's again, and so is the socket. */
  declined(connection: Http2Connection, waiting: readonly Requester[], socket: Socket): void;
}

export interface Http2Options {
  /** Streams at once on a connection; the server may allow fewer. */
  readonly streams: number;
  readonly authority: string;
  /** ms that opening it may take. */
  readonly connect: number;
  readonly secure: boolean;
}

/** One connection and the streams on it. */
export class Http2Connection implements StreamHost {
  readonly sessionId: string;
  readonly dialledAt: number;
  isOpen = false;
  /** Open streams. */
  active = 0;
  private readonly clock: Clock;
  private readonly owner: Http2Owner;
  private readonly options: Http2Options;
  private readonly dialling: Dialling;
  private readonly waiting = new Set<Http2Carrier>();
  private readonly draining = new Set<Http2Carrier>();
  private session: ClientHttp2Session | undefined;
  private limit: number;
  private stamp = Number.NaN;
  private over = false;
  private leaving = false;

  constructor(context: DialContext, clock: Clock, owner: Http2Owner, options: Http2Options, sessionId: string) {
    this.clock = clock;
    this.owner = owner;
    this.options = options;
    this.limit = options.streams;
    this.sessionId = sessionId;
    this.dialledAt = clock.now();
    this.dialling = dial(context, {
      opened: (socket) => this.connected(socket),
      failed: (reason) => this.fail(reason),
      read: () => undefined,
    });
  }

  get hasRoom(): boolean {
    return this.active < this.limit && !this.over && !this.leaving;
  }

  get readAt(): number {
    if (Number.isNaN(this.stamp)) {
      this.stamp = this.clock.now();
      setImmediate(() => {
        this.stamp = Number.NaN;
      });
    }
    return this.stamp;
  }

  now(): number {
    return this.clock.now();
  }

  serve(requester: Requester): void {
    const carrier = new Http2Carrier(this, requester);
    this.active++;
    if (!this.isOpen) this.waiting.add(carrier);
    requester.assigned(carrier, !this.isOpen);
  }

  request(wire: WireRequest): ClientHttp2Stream {
    if (this.session === undefined) throw new Error("a request needs an open connection");
    return this.session.request(requestHeaders(wire, this.options.secure ? "https" : "http"), {
      endStream: wire.bytes.length === wire.headLength,
    });
  }

  parted(carrier: Http2Carrier): void {
    if (!Number.isNaN(carrier.drainedAt)) this.draining.add(carrier);
  }

  ended(carrier: Http2Carrier): void {
    this.active--;
    this.waiting.delete(carrier);
    this.draining.delete(carrier);
    if (!this.over) this.owner.roomier(this);
  }

  /** Resets the streams whose rest has not come since the time `before`. */
  sweep(now: number, before: number): void {
    if (!this.isOpen && now >= this.dialledAt + this.options.connect) this.giveUp();
    for (const carrier of this.draining) if (carrier.drainedAt <= before) carrier.reset();
  }

  destroy(): void {
    if (this.over) return;
    this.finish();
    this.session?.destroy();
  }

  private connected(socket: Socket): void {
    if (this.over) return;
    if (socket instanceof TLSSocket && socket.alpnProtocol !== "h2") {
      this.over = true;
      this.owner.declined(this, this.requesters(), socket);
      return;
    }
    const session = connect(this.options.authority, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW },
    });
    this.session = session;
    session.on("error", () => {
      // Each stream is told of it by its own error, and the connection by its close.
    });
    session.on("connect", () => session.setLocalWindowSize(SESSION_WINDOW));
    session.on("goaway", () => {
      this.leaving = true;
    });
    session.on("remoteSettings", (settings: Settings) => {
      this.limit = Math.min(this.options.streams, settings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY);
      this.owner.roomier(this);
    });
    session.on("close", () => this.fail("closed"));
    socket.on("error", (error) => this.fail(socketReason(error, "open")));
    this.isOpen = true;
    const at = this.clock.now();
    for (const carrier of [...this.waiting]) {
      this.waiting.delete(carrier);
      carrier.opened(at);
    }
  }

  /** Those who joined while it was being opened have their own time to wait, and try another. */
  private giveUp(): void {
    if (this.over) return;
    const waiting = this.requesters();
    this.finish();
    this.owner.again(waiting);
  }

  private requesters(): readonly Requester[] {
    return [...this.waiting].map(({ requester }) => requester).filter(({ over }) => !over);
  }

  private fail(reason: string): void {
    if (this.over) return;
    const waiting = [...this.waiting];
    this.finish();
    this.session?.destroy();
    for (const carrier of waiting) carrier.lose(reason);
  }

  private finish(): void {
    this.over = true;
    this.dialling.abort();
    this.owner.closed(this);
  }
}
