/**
 * Live figures in shared memory: each worker writes its own slots, the conductor reads all of them whenever it likes, and nobody
 * waits. Counters only grow; gauges are overwritten. A torn or stale read costs one frame of the terminal, never a record: what is
 * reported afterwards comes from the rows.
 */
const FIELDS = [
  /** Sessions of open stages whose intended time has come. */
  "sessionsDue",
  /** Of these (open stages only) begun. */
  "openSessionsStarted",
  "sessionsStarted",
  "sessionsEnded",
  "attemptsStarted",
  "attemptsEnded",
  /** Gauges. */
  "inFlight",
  "sessionsOpen",
  /** Sessions that wait for a free user (a cap of the plan). */
  "sessionsQueued",
  "requestsWaiting",
  "socketsOpen",
  /** Counters of content events, and of those beyond the first in their socket read. */
  "contentEvents",
  "sharedEvents",
  "bytesIn",
  "bytesOut",
  "reconnects",
  /** The worker's own health over the last second: event-loop use 0 to 1, lateness of its ticks in ms. */
  "loopUse",
  "loopDelayP50",
  "loopDelayP99",
  "loopDelayMax",
  "heapBytes",
  /** The plan's hooks: calls, ms that they took, ms of the slowest. */
  "hookCalls",
  "hookTime",
  "hookSlowest",
  /** Rows that the recorder has not acknowledged. */
  "recordBacklog",
  /** What the target's rate limit leaves, plus one; 0: no answer has said. */
  "limitRequests",
  "limitTokens",
] as const;

export type BoardField = (typeof FIELDS)[number];

const INDEX: Readonly<Record<BoardField, number>> = Object.fromEntries(FIELDS.map((name, i) => [name, i])) as Record<
  BoardField,
  number
>;

/** Shared by all workers: requests started (so that a budget of requests is exact) and flags. */
const SHARED_INTS = 4;
const REQUESTS = 0;
const BUDGET_HIT = 1;

export class Board {
  readonly buffer: SharedArrayBuffer;
  readonly workers: number;
  readonly #values: Float64Array;
  readonly #shared: Int32Array;

  constructor(workers: number, buffer?: SharedArrayBuffer) {
    this.workers = workers;
    const shared = SHARED_INTS * Int32Array.BYTES_PER_ELEMENT;
    this.buffer = buffer ?? new SharedArrayBuffer(shared + workers * FIELDS.length * Float64Array.BYTES_PER_ELEMENT);
    this.#shared = new Int32Array(this.buffer, 0, SHARED_INTS);
    this.#values = new Float64Array(this.buffer, shared);
  }

  add(worker: number, field: BoardField, amount: number): void {
    const slot = worker * FIELDS.length + INDEX[field];
    this.#values[slot] = (this.#values[slot] ?? 0) + amount;
  }

  set(worker: number, field: BoardField, value: number): void {
    this.#values[worker * FIELDS.length + INDEX[field]] = value;
  }

  get(worker: number, field: BoardField): number {
    return this.#values[worker * FIELDS.length + INDEX[field]] ?? 0;
  }

  total(field: BoardField): number {
    let sum = 0;
    for (let worker = 0; worker < this.workers; worker++) sum += this.get(worker, field);
    return sum;
  }

  worst(field: BoardField): number {
    let worst = 0;
    for (let worker = 0; worker < this.workers; worker++) worst = Math.max(worst, this.get(worker, field));
    return worst;
  }

  /** Of what workers have been told of the target's rate limit, the least; undefined where no answer has said. */
  least(field: "limitRequests" | "limitTokens"): number | undefined {
    let least = Number.POSITIVE_INFINITY;
    for (let worker = 0; worker < this.workers; worker++) {
      const value = this.get(worker, field);
      if (value > 0) least = Math.min(least, value - 1);
    }
    return Number.isFinite(least) ? least : undefined;
  }

  /** Claims one of `limit` requests over all workers; false when they are spent. */
  claimRequest(limit: number): boolean {
    if (Atomics.add(this.#shared, REQUESTS, 1) < limit) return true;
    Atomics.sub(this.#shared, REQUESTS, 1);
    Atomics.store(this.#shared, BUDGET_HIT, 1);
    return false;
  }

  get budgetHit(): boolean {
    return Atomics.load(this.#shared, BUDGET_HIT) === 1;
  }
}
