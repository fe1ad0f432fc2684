import type { Clock } from "../../base/index.ts";
import type { Carrier, Requester, Transport } from "./carrier.ts";

/** ms that the rest of an answer may take after `[DONE]`, for its connection to be used again. */
const DRAIN_GRACE = 250;
/** ms between two looks at every connection. */
const TICK = 1000;

/** A connection that serves one request after the other. */
export interface PooledConnection extends Carrier {
  /** Whose it is; "": nobody's yet. */
  sessionId: string;
  /** Another request may go over it. */
  readonly reusable: boolean;
  /** Run clock's ms after which it must not be used again. */
  readonly idleUntil: number;
  /** It waits in the pool from here on. */
  rest(at: number): void;
  /** The user is done with it while its answer still comes: what comes is read and dropped. */
  detach(): void;
  /** About once a second. */
  tick(now: number): void;
}

/** Whom a connection tells what has become of it. */
export interface PoolOwner<Connection> {
  release(connection: Connection, at: number): void;
  drain(connection: Connection, at: number): void;
  /** What was left of an answer that nobody waits for has come: it may be used again. */
  drained(connection: Connection): void;
  /** Gone. Called once a connection, before its user hears of it. */
  closed(connection: Connection): void;
}

export interface PoolOptions {
  /** Sockets at once. */
  readonly max: number;
  /** Whose a connection is: anybody's, its session's, or its request's. */
  readonly per: "pool" | "session" | "request";
}

/** Opens a connection for a request. */
export type Dial<Connection> = (owner: PoolOwner<Connection>, requester: Requester) => Connection;

/**
 * The connections of one client. The last one used is the first used again, so that few stay warm; at the cap requests wait their
 * turn, first come, first served.
 */
export class Pool<Connection extends PooledConnection> implements Transport, PoolOwner<Connection> {
  readonly #dialOne: Dial<Connection>;
  readonly #clock: Clock;
  readonly #options: PoolOptions;
  readonly #idle: Connection[] = [];
  /** Connections at rest of sessions, the longest at rest first. */
  readonly #ofSession = new Map<string, Connection>();
  readonly #draining = new Map<Connection, number>();
  /** Connections whose session ended while they were draining. */
  readonly #orphans = new Set<Connection>();
  readonly #all = new Set<Connection>();
  #queue: Requester[] = [];
  #first = 0;
  #nextTick = 0;

  constructor(dialOne: Dial<Connection>, clock: Clock, options: PoolOptions) {
    this.#dialOne = dialOne;
    this.#clock = clock;
    this.#options = options;
  }

  get open(): number {
    return this.#all.size;
  }

  get waiting(): number {
    let count = 0;
    for (let i = this.#first; i < this.#queue.length; i++) if (this.#queue[i]?.over === false) count++;
    return count;
  }

  /** Opens connections before anybody asks for one. */
  warm(count: number, dialOne: (owner: PoolOwner<Connection>) => Connection): void {
    for (let i = this.#all.size; i < Math.min(count, this.#options.max); i++) this.#all.add(dialOne(this));
  }

  acquire(requester: Requester): void {
    const now = this.#clock.now();
    for (let resting = this.#take(requester); resting !== undefined; resting = this.#take(requester)) {
      if (resting.reusable && resting.idleUntil > now) {
        resting.sessionId = requester.sessionId;
        requester.assigned(resting, false);
        return;
      }
      resting.destroy();
    }
    this.acquireFresh(requester);
  }

  acquireFresh(requester: Requester): void {
    if (this.#all.size < this.#options.max) {
      this.#dial(requester);
      return;
    }
    this.#queue.push(requester);
    // A session that thinks gives up its connection to one that asks.
    const [oldest] = this.#ofSession.values();
    oldest?.destroy();
  }

  endSession(sessionId: string): void {
    this.#ofSession.get(sessionId)?.destroy();
    if (this.#options.per !== "session") return;
    for (const connection of this.#draining.keys())
      if (connection.sessionId === sessionId) this.#orphans.add(connection);
  }

  /** The answer is whole: the connection serves the next, or rests, or goes. */
  release(connection: Connection, at: number): void {
    this.#draining.delete(connection);
    const { per } = this.#options;
    if (per === "request" || !connection.reusable || this.#orphans.has(connection)) {
      connection.destroy();
      return;
    }
    connection.rest(at);
    if (per === "session") {
      this.#keep(connection);
      return;
    }
    const next = this.#next();
    if (next === undefined) this.#idle.push(connection);
    else next.assigned(connection, false);
  }

  drain(connection: Connection, at: number): void {
    connection.detach();
    this.#draining.set(connection, at + DRAIN_GRACE);
  }

  drained(connection: Connection): void {
    this.release(connection, this.#clock.now());
  }

  closed(connection: Connection): void {
    this.#all.delete(connection);
    this.#draining.delete(connection);
    this.#orphans.delete(connection);
    const resting = this.#idle.indexOf(connection);
    if (resting >= 0) this.#idle.splice(resting, 1);
    if (this.#ofSession.get(connection.sessionId) === connection) this.#ofSession.delete(connection.sessionId);
    if (this.#all.size >= this.#options.max) return;
    const next = this.#next();
    if (next !== undefined) this.#dial(next);
  }

  sweep(now: number): void {
    for (const [connection, until] of this.#draining) if (until <= now) connection.destroy();
    // The longest at rest lie at the bottom.
    for (let oldest = this.#idle[0]; oldest !== undefined && oldest.idleUntil <= now; oldest = this.#idle[0])
      oldest.destroy();
    if (now < this.#nextTick) return;
    this.#nextTick = now + TICK;
    for (const connection of this.#all) connection.tick(now);
  }

  close(): void {
    this.#queue = [];
    this.#first = 0;
    for (const connection of [...this.#all]) connection.destroy();
  }

  /** A connection at rest that the requester may have. */
  #take({ sessionId }: Requester): Connection | undefined {
    if (this.#options.per !== "session") return this.#idle.pop();
    const own = this.#ofSession.get(sessionId);
    this.#ofSession.delete(sessionId);
    return own ?? this.#idle.pop();
  }

  /** Rests for its session; one that was opened before any session asked serves the first that does. */
  #keep(connection: Connection): void {
    const { sessionId } = connection;
    if (sessionId === "") this.#idle.push(connection);
    else if (this.#ofSession.has(sessionId) || this.#first < this.#queue.length) connection.destroy();
    else this.#ofSession.set(sessionId, connection);
  }

  #dial(requester: Requester): void {
    const connection = this.#dialOne(this, requester);
    this.#all.add(connection);
    requester.assigned(connection, true);
  }

  #next(): Requester | undefined {
    while (this.#first < this.#queue.length) {
      const requester = this.#queue[this.#first++];
      if (this.#first > 1024 && this.#first * 2 > this.#queue.length) {
        this.#queue = this.#queue.slice(this.#first);
        this.#first = 0;
      }
      if (requester !== undefined && !requester.over) return requester;
    }
    this.#queue = [];
    this.#first = 0;
    return undefined;
  }
}
