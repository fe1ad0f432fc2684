import type { Socket } from "node:net";
import type { Clock } from "../../base/index.ts";
import { socketReason } from "../errors.ts";
import type { WireRequest } from "../types.ts";
import type { CarrierUser, Requester } from "./carrier.ts";
import { type DialContext, type Dialling, dial } from "./dial.ts";
import type { PooledConnection, PoolOwner } from "./pool.ts";
import { ResponseParser } from "./response-parser.ts";

/** ms by which a connection is given up before the server's own time for it is over. */
const IDLE_MARGIN = 1000;

/** One socket, its parser, and whoever waits for its answer. */
export class Connection implements PooledConnection {
  readonly parser = new ResponseParser();
  readonly dialledAt: number;
  sessionId: string;
  user: CarrierUser | undefined;
  /** Answers served before the one that is awaited now. */
  served = 0;
  /** Run clock's ms after which it must not be used again. */
  idleUntil = Number.POSITIVE_INFINITY;
  /** The request now on it reached the kernel, at least in part, as far as one can know. */
  touched = false;
  private readonly clock: Clock;
  private readonly owner: PoolOwner<Connection>;
  private readonly dialling: Dialling;
  private readonly onWritten: (error?: Error | null) => void;
  /** ms that it may rest where the server does not say how long it keeps it. */
  private readonly keepFor: number;
  private socket: Socket | undefined;
  private flushed = true;
  private excess = false;
  private over = false;

  /** Without a requester it is opened for whoever comes. */
  constructor(
    context: DialContext,
    clock: Clock,
    owner: PoolOwner<Connection>,
    requester: Requester | undefined,
    keepFor: number,
  ) {
    this.clock = clock;
    this.owner = owner;
    this.user = requester;
    this.sessionId = requester?.sessionId ?? "";
    this.keepFor = keepFor;
    this.dialledAt = clock.now();
    this.onWritten = (error) => this.written(error);
    this.dialling = dial(context, {
      opened: (socket) => this.open(socket),
      failed: (reason) => this.fail(reason),
      read: (count, bytes) => this.read(count, bytes),
    });
  }

  /** It has been open, whatever it is now. */
  get isOpenedOnce(): boolean {
    return this.socket !== undefined;
  }

  get isOpen(): boolean {
    return this.socket !== undefined && !this.over;
  }

  /** Whether another request may go over it, once the answer is whole. */
  get reusable(): boolean {
    const { head } = this.parser;
    const persistent = head.minor >= 1 ? !head.close : head.keepAlive && !head.close;
    return (
      this.isOpen &&
      persistent &&
      !this.excess &&
      this.flushed &&
      this.parser.complete &&
      this.socket?.writable === true
    );
  }

  send(request: WireRequest, user: CarrierUser): number {
    const socket = this.socket;
    if (socket === undefined) throw new Error("a request needs an open connection");
    this.user = user;
    this.idleUntil = Number.POSITIVE_INFINITY;
    this.parser.reset(request.method, user);
    this.flushed = false;
    socket.write(request.bytes, this.onWritten);
    this.touched = socket.errored === null;
    // What the kernel took at once has left the stream's queue by now; the callback would tell of it only a tick later.
    if (socket.writableLength === 0 && this.touched) {
      this.flushed = true;
      user.sent(this.clock.now());
    }
    return request.bytes.length;
  }

  release(at: number): void {
    this.owner.release(this, at);
  }

  drain(at: number): void {
    this.owner.drain(this, at);
  }

  /** The user is done with it while its answer still comes: what comes is read and dropped. */
  detach(): void {
    this.user = undefined;
  }

  /** It goes to the pool: reckons how long it may lie there. */
  rest(at: number): void {
    this.user = undefined;
    this.served++;
    const seconds = this.parser.head.keepAliveTimeout;
    const ms = seconds * 1000;
    this.idleUntil = at + (seconds < 0 ? this.keepFor : Math.max(ms - IDLE_MARGIN, ms / 2));
  }

  tick(now: number): void {
    if (this.idleUntil <= now) this.destroy();
  }

  pause(): void {
    this.socket?.pause();
  }

  resume(): void {
    this.socket?.resume();
  }

  destroy(): void {
    if (this.over) return;
    this.over = true;
    this.user = undefined;
    this.dialling.abort();
    this.owner.closed(this);
  }

  private open(socket: Socket): void {
    if (this.over) return;
    this.socket = socket;
    socket.on("error", (error) => this.fail(reasonWhenOpen(error)));
    socket.on("end", () => this.end());
    socket.on("close", () => this.fail("closed"));
    const at = this.clock.now();
    if (this.user === undefined) this.owner.release(this, at);
    else this.user.opened(this, at);
  }

  private written(error: Error | null | undefined): void {
    if (error || this.flushed) return;
    this.flushed = true;
    this.user?.sent(this.clock.now());
  }

  private read(count: number, bytes: Buffer): void {
    const at = this.clock.now();
    if (this.over) return;
    const { user, parser } = this;
    if (user === undefined && parser.complete) {
      // Nothing was asked: the server's farewell, or bytes of no answer.
      this.destroy();
      return;
    }
    user?.read(count, at);
    const used = parser.execute(bytes, 0, count);
    if (used < count) this.excess = true;
    if (user !== undefined) user.parsed(at);
    else if (parser.fault !== "") this.destroy();
    else if (parser.complete) this.owner.drained(this);
  }

  private end(): void {
    if (this.over) return;
    const at = this.clock.now();
    this.user?.read(0, at);
    this.parser.endOfInput();
    this.lose("closed", at);
  }

  private fail(reason: string): void {
    if (!this.over) this.lose(reason, this.clock.now());
  }

  private lose(reason: string, at: number): void {
    const user = this.user;
    this.over = true;
    this.user = undefined;
    this.dialling.abort();
    this.owner.closed(this);
    user?.lost(reason, at);
  }
}

function reasonWhenOpen(error: NodeJS.ErrnoException): string {
  return socketReason(
    error,
    error.code?.startsWith("ERR_SSL") === true || error.code?.startsWith("ERR_TLS") === true ? "tls" : "open",
  );
}
