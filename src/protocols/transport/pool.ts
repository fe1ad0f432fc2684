import type { Clock } from "../../base/index.ts";
import type { WireRequest } from "../types.ts";
import { Connection, type ConnectionOwner, type ConnectionUser } from "./connection.ts";
import type { DialContext } from "./dial.ts";

/** ms that the rest of an answer may take after `[DONE]`, for its connection to be used again. */
const DRAIN_GRACE = 250;

/** A request that wants a connection. */
export interface Requester extends ConnectionUser {
  readonly wire: WireRequest;
  /** It ended while it waited. */
  readonly over: boolean;
  /** It has this connection now; not open yet where `fresh`. */
  assigned(connection: Connection, fresh: boolean): void;
}

/**
 * The connections of one client. The last one used is the first used again, so that few stay warm; at the cap requests wait their
 * turn, first come, first served.
 */
export class Pool implements ConnectionOwner {
  readonly #context: DialContext;
  readonly #clock: Clock;
  readonly #max: number;
  readonly #keepAlive: boolean;
  readonly #idle: Connection[] = [];
  readonly #draining = new Map<Connection, number>();
  readonly #all = new Set<Connection>();
  #queue: Requester[] = [];
  #first = 0;

  constructor(context: DialContext, clock: Clock, options: { max: number; keepAlive: boolean }) {
    this.#context = context;
    this.#clock = clock;
    this.#max = options.max;
    this.#keepAlive = options.keepAlive;
  }

  get open(): number {
    return this.#all.size;
  }

  get waiting(): number {
    let count = 0;
    for (let i = this.#first; i < this.#queue.length; i++) if (this.#queue[i]?.over === false) count++;
    return count;
  }

  acquire(requester: Requester): void {
    const now = this.#clock.now();
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (connection.reusable && connection.idleUntil > now) {
        requester.assigned(connection, false);
        return;
      }
      connection.destroy();
    }
    this.acquireFresh(requester);
  }

  acquireFresh(requester: Requester): void {
    if (this.#all.size >= this.#max) this.#queue.push(requester);
    else this.#dial(requester);
  }

  /** The answer is whole: the connection serves the next, or rests, or goes. */
  release(connection: Connection, at: number): void {
    this.#draining.delete(connection);
    if (!this.#keepAlive || !connection.reusable) {
      connection.destroy();
      return;
    }
    connection.rest(at);
    const next = this.#next();
    if (next === undefined) this.#idle.push(connection);
    else next.assigned(connection, false);
  }

  /** The attempt has its answer, the message is not at its end yet. */
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
    const resting = this.#idle.indexOf(connection);
    if (resting >= 0) this.#idle.splice(resting, 1);
    if (this.#all.size >= this.#max) return;
    const next = this.#next();
    if (next !== undefined) this.#dial(next);
  }

  sweep(now: number): void {
    for (const [connection, until] of this.#draining) if (until <= now) connection.destroy();
    // The longest at rest lie at the bottom.
    for (let oldest = this.#idle[0]; oldest !== undefined && oldest.idleUntil <= now; oldest = this.#idle[0])
      oldest.destroy();
  }

  close(): void {
    this.#queue = [];
    this.#first = 0;
    for (const connection of [...this.#all]) connection.destroy();
  }

  #dial(requester: Requester): void {
    const connection = new Connection(this.#context, this.#clock, this, requester);
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
