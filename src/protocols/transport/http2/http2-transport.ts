import type { Socket } from "node:net";
import type { Clock } from "../../../base/index.ts";
import type { Requester, Transport } from "../carrier.ts";
import type { DialContext } from "../dial.ts";
import type { PoolOptions } from "../pool.ts";
import { Http2Connection, type Http2Options, type Http2Owner } from "./connection.ts";

/** ms that the rest of an answer may take after its end, before its stream is reset. */
const DRAIN_GRACE = 250;

/**
 * Requests as streams over few connections: one is filled before the next is opened; at the cap requests wait their turn. Where the server
 * chooses HTTP/1.1, all go over `otherwise`.
 */
export class Http2Transport implements Transport, Http2Owner {
  readonly #context: DialContext;
  readonly #clock: Clock;
  readonly #pool: PoolOptions;
  readonly #options: Http2Options;
  readonly #connections = new Set<Http2Connection>();
  readonly #otherwise: ((spare: () => Socket | undefined) => Transport) | undefined;
  /** The server speaks HTTP/2. */
  #known: boolean;
  #declined: Transport | undefined;
  /** Open connections of HTTP/1.1 that nobody has taken. */
  readonly #spare: Socket[] = [];
  #queue: Requester[] = [];

  /** `otherwise`: undefined where the server is to be asked in HTTP/2 or not at all. */
  constructor(
    context: DialContext,
    clock: Clock,
    pool: PoolOptions,
    options: Http2Options,
    otherwise: ((spare: () => Socket | undefined) => Transport) | undefined,
  ) {
    this.#context = context;
    this.#clock = clock;
    this.#pool = pool;
    this.#options = options;
    this.#otherwise = otherwise;
    this.#known = otherwise === undefined;
  }

  get open(): number {
    return this.#declined?.open ?? this.#connections.size;
  }

  get waiting(): number {
    return this.#declined?.waiting ?? this.#queue.filter(({ over }) => !over).length;
  }

  /** Opens connections before anybody asks for one. */
  warm(count: number): void {
    for (let i = this.#connections.size; i < Math.min(count, this.#pool.max); i++) this.#dial("");
  }

  acquire(requester: Requester): void {
    if (this.#declined !== undefined) {
      this.#declined.acquire(requester);
      return;
    }
    const connection = this.#withRoom(requester) ?? this.#fresh(requester);
    if (connection === undefined) this.#queue.push(requester);
    else connection.serve(requester);
  }

  acquireFresh(requester: Requester): void {
    if (this.#declined === undefined) this.acquire(requester);
    else this.#declined.acquireFresh(requester);
  }

  endSession(sessionId: string): void {
    this.#declined?.endSession(sessionId);
    if (this.#pool.per !== "session") return;
    for (const connection of this.#connections) if (connection.sessionId === sessionId) connection.destroy();
  }

  sweep(now: number): void {
    this.#declined?.sweep(now);
    for (const connection of this.#connections) connection.sweep(now, now - DRAIN_GRACE);
  }

  close(): void {
    this.#queue = [];
    for (const socket of this.#spare.splice(0)) socket.destroy();
    this.#declined?.close();
    for (const connection of [...this.#connections]) connection.destroy();
  }

  roomier(connection: Http2Connection): void {
    if (connection.isOpen) this.#known = true;
    const spent = this.#pool.per === "request" || (this.#pool.per === "session" && this.#queue.length > 0);
    if (spent && connection.active === 0 && connection.isOpen) connection.destroy();
    else this.#serveQueue();
  }

  closed(connection: Http2Connection): void {
    this.#connections.delete(connection);
    this.#serveQueue();
  }

  again(waiting: readonly Requester[]): void {
    for (const requester of waiting) this.acquire(requester);
  }

  declined(connection: Http2Connection, waiting: readonly Requester[], socket: Socket): void {
    this.#connections.delete(connection);
    if (this.#otherwise === undefined) {
      socket.destroy();
      for (const requester of waiting) requester.lost("h2:not-spoken", this.#clock.now());
      return;
    }
    if (waiting.length === 0 && this.#queue.every(({ over }) => over)) socket.destroy();
    else this.#spare.push(socket);
    this.#declined ??= this.#otherwise(() => this.#spare.pop());
    for (const requester of [...waiting, ...this.#queue.splice(0)]) {
      if (!requester.over) this.#declined.acquire(requester);
    }
  }

  #serveQueue(): void {
    while (this.#queue.length > 0) {
      const [requester] = this.#queue;
      if (requester === undefined) return;
      const connection = requester.over ? undefined : (this.#withRoom(requester) ?? this.#fresh(requester));
      if (connection === undefined && !requester.over) return;
      this.#queue.shift();
      connection?.serve(requester);
    }
  }

  #withRoom({ sessionId }: Requester): Http2Connection | undefined {
    const { per } = this.#pool;
    for (const connection of this.#connections) {
      const own = per === "pool" || (per === "session" && connection.sessionId === sessionId);
      if (own && (connection.hasRoom || !this.#known)) return connection;
    }
    return undefined;
  }

  #fresh({ sessionId }: Requester): Http2Connection | undefined {
    return this.#connections.size < this.#pool.max ? this.#dial(sessionId) : undefined;
  }

  #dial(sessionId: string): Http2Connection {
    const connection = new Http2Connection(this.#context, this.#clock, this, this.#options, sessionId);
    this.#connections.add(connection);
    return connection;
  }
}
