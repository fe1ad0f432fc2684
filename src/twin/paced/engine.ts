import { DeadlineQueue } from "../../base/index.ts";
import type { Ending, Schedule } from "./schedule.ts";

/** Receives what one answer does, each call at the time at which it is due or as soon after as the clock was looked at. */
export interface AnswerSink {
  /** `ending` comes with the last token. */
  token(index: number, ending: Ending | undefined): void;
}

/** One request while it waits or is answered. */
export interface Ticket {
  /** Takes it out of the line, or frees its slot, at once. */
  cancel(now: number): void;
}

interface Job {
  readonly schedule: Schedule;
  readonly sink: AnswerSink;
  state: "waiting" | "running" | "over";
  /** When its first token is due. */
  origin: number;
  sent: number;
}

/**
 * The paced server's core: a line in front of a number of slots, and absolute deadlines for every token of the running answers.
 * It holds no clock and no timer: who drives it calls `advance` with the time, and again not later than `nextDue`.
 */
export class PacedEngine {
  readonly #slots: number;
  readonly #queue: number;
  readonly #waiting = new Set<Job>();
  readonly #agenda = new DeadlineQueue<Job>();
  #running = 0;

  constructor(slots: number, queue: number) {
    this.#slots = slots;
    this.#queue = queue;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** When `advance` must be called next; Infinity when nothing will happen by itself. */
  get nextDue(): number {
    return this.#agenda.next;
  }

  /** No slot is free and the line is as long as it may be. */
  get full(): boolean {
    return this.#running >= this.#slots && this.#waiting.size >= this.#queue;
  }

  /** Takes a request with at least one token to send; ask `full` first. */
  submit(now: number, schedule: Schedule, sink: AnswerSink): Ticket {
    const job: Job = { schedule, sink, state: "waiting", origin: 0, sent: 0 };
    this.#waiting.add(job);
    this.#admit(now);
    return { cancel: (at) => this.#cancel(at, job) };
  }

  /** Sends every token that is due at `now`. */
  advance(now: number): void {
    for (let job = this.#agenda.popDue(now); job !== undefined; job = this.#agenda.popDue(now)) {
      if (job.state !== "running") continue;
      const { tokens, gap, ending } = job.schedule;
      const index = job.sent++;
      if (job.sent < tokens) {
        this.#agenda.push(job.origin + job.sent * gap, job);
        job.sink.token(index, undefined);
      } else {
        job.state = "over";
        this.#running--;
        job.sink.token(index, ending);
        this.#admit(now);
      }
    }
  }

  #admit(now: number): void {
    for (const job of this.#waiting) {
      if (this.#running >= this.#slots) return;
      this.#waiting.delete(job);
      this.#running++;
      job.state = "running";
      job.origin = now + job.schedule.first;
      this.#agenda.push(job.origin, job);
    }
  }

  #cancel(now: number, job: Job): void {
    const { state } = job;
    job.state = "over";
    if (state === "waiting") this.#waiting.delete(job);
    if (state !== "running") return;
    this.#running--;
    this.#admit(now);
  }
}
