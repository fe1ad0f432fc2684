import type { AnswerProgress, Call, CallFigures, Failure, Flight, Part, Reply, Served } from "../../types.ts";

/**
 * One call that a part makes of another: passes the reply on until it ended or was left. A part may answer before its `take` has returned, and
 * may be left while it does; nothing is heard after either.
 */
export class Leg implements Reply, Flight {
  #to: Reply | undefined;
  #flight: Flight | undefined;
  #begun = false;

  constructor(to: Reply) {
    this.#to = to;
  }

  /** Neither ended nor left. */
  get open(): boolean {
    return this.#to !== undefined;
  }

  /** Its first token has passed: from here on nothing else may answer. */
  get begun(): boolean {
    return this.#begun;
  }

  start(part: Part, call: Call): this {
    const flight = part.take(call, this);
    if (this.#to === undefined) flight.cancel();
    else this.#flight = flight;
    return this;
  }

  cancel(): void {
    this.#to = undefined;
    this.#flight?.cancel();
    this.#flight = undefined;
  }

  progress(): AnswerProgress | undefined {
    return this.#flight?.progress?.();
  }

  served(at: number, served: Served): void {
    this.#to?.served(at, served);
  }

  firstToken(at: number): void {
    this.#begun = true;
    this.#to?.firstToken(at);
  }

  tokens(at: number, count: number): void {
    this.#to?.tokens(at, count);
  }

  done(at: number, figures: CallFigures): void {
    this.#end()?.done(at, figures);
  }

  failed(at: number, failure: Failure): void {
    this.#end()?.failed(at, failure);
  }

  #end(): Reply | undefined {
    const to = this.#to;
    this.#to = undefined;
    this.#flight = undefined;
    return to;
  }
}

const NOTHING = (): void => undefined;

/** A reply of which only the end matters: that of a step on the way to an answer. */
export function endOnly(
  done: (at: number, figures: CallFigures) => void,
  failed: (at: number, failure: Failure) => void,
): Reply {
  return { served: NOTHING, firstToken: NOTHING, tokens: NOTHING, done, failed };
}
