import type { AnswerProgress, Call, CallFigures, Failure, Flight, Part, Reply, Served } from "../../types.ts";

/**
 * One call that a part makes of another: passes the reply on until it ended or was left. A part may answer before its `take` has returned, and
 * may be left while it does; nothing is heard after either. Who serves is told with the first token, not earlier: until then another may yet do it.
 */
export class Leg implements Reply, Flight {
  #to: Reply | undefined;
  #flight: Flight | undefined;
  #served: Served | undefined;
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

  /** Hears nothing more, but lets the work go on: what a server does that does not notice that its caller left. */
  abandon(): void {
    this.#to = undefined;
    this.#flight = undefined;
  }

  progress(): AnswerProgress | undefined {
    return this.#flight?.progress?.();
  }

  served(_at: number, served: Served): void {
    this.#served = served;
  }

  firstToken(at: number): void {
    this.#begun = true;
    this.#tellServed(at);
    this.#to?.firstToken(at);
  }

  tokens(at: number, count: number): void {
    this.#to?.tokens(at, count);
  }

  done(at: number, figures: CallFigures): void {
    this.#tellServed(at);
    this.#end()?.done(at, figures);
  }

  failed(at: number, failure: Failure): void {
    this.#end()?.failed(at, failure);
  }

  #tellServed(at: number): void {
    const served = this.#served;
    this.#served = undefined;
    if (served !== undefined) this.#to?.served(at, served);
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
