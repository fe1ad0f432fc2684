import type { Kernel, Timer } from "../../types.ts";
import { Fifo, type FifoNode } from "../kit/fifo.ts";

/** What waits for a batch. */
export interface Batched {
  readonly tokens: number;
  readonly at: number;
  /** Its batch begins. */
  begin(at: number, size: number): void;
  /** Its batch has ended. */
  finish(at: number): void;
}

export interface BatchRules {
  readonly servers: number;
  /** Most calls and most tokens of a batch; one call alone may have more tokens. */
  readonly most: number;
  readonly mostTokens: number;
  /** How long the oldest may wait for a fuller batch, ms; 0: a free server takes what is there. */
  readonly wait: number;
  /** When a batch of so many tokens that begins at `at` is finished. */
  finish(at: number, tokens: number): number;
}

/**
 * Dynamic batching, as embedding and inference servers do it: a free server takes the oldest calls once they fill a batch or the oldest has waited
 * long enough. Who leaves while waiting is taken out; who leaves while the batch runs is computed all the same.
 */
export class Batcher<J extends Batched> {
  readonly #rules: BatchRules;
  readonly #kernel: Kernel;
  readonly #queue = new Fifo<J>();
  readonly #places = new Map<J, FifoNode<J>>();
  #tokens = 0;
  #busy = 0;
  #running = 0;
  #alarm: Timer | undefined;

  constructor(rules: BatchRules, kernel: Kernel) {
    this.#rules = rules;
    this.#kernel = kernel;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Calls in batches that run. */
  get running(): number {
    return this.#running;
  }

  get busy(): number {
    return this.#busy;
  }

  add(job: J): void {
    this.#places.set(job, this.#queue.push(job));
    this.#tokens += job.tokens;
    this.#pump();
  }

  /** Only of who waits; true where it did. */
  remove(job: J): boolean {
    if (!this.#take(job)) return false;
    this.#tokens -= job.tokens;
    this.#pump();
    return true;
  }

  #pump(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
    const { servers, most, mostTokens, wait } = this.#rules;
    while (this.#busy < servers) {
      const oldest = this.#queue.first?.item;
      if (oldest === undefined) return;
      const due = oldest.at + wait;
      if (this.#queue.size < most && this.#tokens < mostTokens && this.#kernel.now < due) {
        this.#alarm = this.#kernel.at(due, () => this.#pump());
        return;
      }
      this.#start();
    }
  }

  #start(): void {
    const { most, mostTokens, finish } = this.#rules;
    const batch: J[] = [];
    let tokens = 0;
    for (let next = this.#queue.first; next !== undefined; next = this.#queue.first) {
      const job = next.item;
      if (batch.length === most || (batch.length > 0 && tokens + job.tokens > mostTokens)) break;
      this.#take(job);
      batch.push(job);
      tokens += job.tokens;
    }
    this.#tokens -= tokens;
    this.#busy++;
    this.#running += batch.length;
    const { now } = this.#kernel;
    for (const job of batch) job.begin(now, batch.length);
    const end = finish(now, tokens);
    this.#kernel.at(end, () => {
      this.#busy--;
      this.#running -= batch.length;
      this.#pump();
      for (const job of batch) job.finish(end);
    });
  }

  #take(job: J): boolean {
    const node = this.#places.get(job);
    if (node === undefined) return false;
    this.#places.delete(job);
    this.#queue.remove(node);
    return true;
  }
}
