import type { Client, Exchange, GapSink, Handle, TurnRequest } from "../../protocols/index.ts";
import type { EngineGapSink } from "../engine/types.ts";
import { callNumbers } from "../stack/index.ts";
import type { Kernel, Part } from "../stack/types.ts";
import { SimulatedAttempt, type SimulatedOwner } from "./attempt.ts";
import type { AnsweredCall, CallFacts } from "./plan-calls.ts";
import type { AnswerShape } from "./shape.ts";

export interface SimulatedClientParts {
  readonly kernel: Kernel;
  /** Where requests enter the stack. */
  readonly entry: Part;
  readonly shape: AnswerShape;
  readonly call: (turn: TurnRequest, facts: CallFacts) => AnsweredCall;
  /** Number of a request's call; left out: in the order of sending, as the live twin numbers what comes. */
  readonly numberOf?: (turn: TurnRequest) => number;
  /** Requests at once; those beyond wait, first come first served. */
  readonly maxConnections: number;
}

/**
 * A target that is a stack in virtual time. It is driven like the client of a live run; deadlines pass at their own time (a live client looks
 * for them every 20 ms), and no connection is dialled.
 */
export class SimulatedClient implements Client, SimulatedOwner {
  readonly kernel: Kernel;
  readonly entry: Part;
  readonly shape: AnswerShape;
  readonly #call: SimulatedClientParts["call"];
  readonly #maxConnections: number;
  /** Dense: an ended one's place goes to the last. */
  readonly #active: SimulatedAttempt[] = [];
  #queue: SimulatedAttempt[] = [];
  #sent = 0;
  readonly #numberOf: (turn: TurnRequest) => number;
  readonly #cells = new Map<GapSink, number>();
  readonly #sinks: GapSink[] = [];

  constructor(parts: SimulatedClientParts) {
    this.kernel = parts.kernel;
    this.entry = parts.entry;
    this.shape = parts.shape;
    this.#call = parts.call;
    this.#maxConnections = parts.maxConnections;
    this.#numberOf = parts.numberOf ?? callNumbers();
  }

  /** Where the engines' gaps belong to: the cell of each call is that of its exchange's sink. */
  readonly gaps: EngineGapSink = {
    gaps: (cell, ms, count, at) => {
      this.#sinks[cell]?.gap(ms, at, count);
    },
  };

  get inFlight(): number {
    return this.#active.length;
  }
  get openSockets(): number {
    return this.#sent;
  }
  get waiting(): number {
    return this.#active.length - this.#sent;
  }

  send(turn: TurnRequest, exchange: Exchange, done: (exchange: Exchange) => void): Handle {
    const { streamed } = this.shape;
    const call = this.#call(turn, {
      id: this.#numberOf(turn),
      cell: streamed ? this.#cellOf(exchange.gaps) : -1,
      everyToken: streamed && followed(exchange),
    });
    const attempt = new SimulatedAttempt(this, call, exchange, done);
    attempt.index = this.#active.length;
    this.#active.push(attempt);
    attempt.begin();
    if (this.#sent < this.#maxConnections) this.#send(attempt);
    else this.#queue.push(attempt);
    attempt.returned();
    return attempt;
  }

  /** Nothing is kept for a session. */
  endSession(_sessionId: string): void {}

  /** Deadlines have timers of their own. */
  sweep(_now: number): void {}

  close(): void {
    for (const attempt of [...this.#active]) attempt.cancel("cancelled");
  }

  ended(attempt: SimulatedAttempt): void {
    const last = this.#active.pop();
    if (last !== undefined && last !== attempt) {
      this.#active[attempt.index] = last;
      last.index = attempt.index;
    }
    if (Number.isNaN(attempt.exchange.sentAt)) return;
    this.#sent--;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (!next.waits) continue;
      this.#send(next);
      break;
    }
  }

  #send(attempt: SimulatedAttempt): void {
    this.#sent++;
    attempt.send();
  }

  #cellOf(sink: GapSink | undefined): number {
    if (sink === undefined) return -1;
    const known = this.#cells.get(sink);
    if (known !== undefined) return known;
    const cell = this.#sinks.push(sink) - 1;
    this.#cells.set(sink, cell);
    return cell;
  }
}

/** Whether each token's time matters: it is kept, read along with, or counted by a user who stops. */
function followed({ gapLog, reader, stopEvents }: Exchange): boolean {
  return gapLog !== undefined || reader !== undefined || stopEvents < Number.POSITIVE_INFINITY;
}
