import type { ServerResponse } from "node:http";
import type { RealKernel } from "../stack/index.ts";
import type { Call, Failure, Flight, Part, Reply, Served } from "../stack/types.ts";

export interface FlightCounts {
  answered: number;
  failed: number;
  /** Callers that left before the end. */
  left: number;
}

/** How a call ended, whichever way it did. */
export interface FlightEnd {
  readonly at: number;
  /** Undefined: it ended before anything served it. */
  readonly served: Served | undefined;
  readonly outputTokens: number;
  readonly error: Pick<Failure, "code" | "message"> | undefined;
}

/** Whom a call is for, and when it came (ms). */
export interface Arrived {
  readonly response: ServerResponse;
  readonly arrivedAt: number;
}

/** What a caller hears of its flight. */
export interface FlightHears {
  /** Before it starts: what takes the call back at once. Only while the kernel handles an event, as everything that parts do. */
  readonly leave?: (leave: () => void) => void;
  /** After the reply did. */
  readonly ended: (end: FlightEnd) => void;
}

const LEFT = { code: "cancelled", message: "the caller left" };

/** Sends calls into the stack, takes back those whose callers leave, and counts how they end. */
export class Flights {
  readonly counts: FlightCounts = { answered: 0, failed: 0, left: 0 };
  readonly #kernel: RealKernel;
  /** What takes back each call under way. */
  readonly #open = new Set<() => void>();

  constructor(kernel: RealKernel) {
    this.#kernel = kernel;
  }

  /** Calls under way. */
  get open(): number {
    return this.#open.size;
  }

  /** Takes back every call under way; how many they were. Only while the kernel handles an event. */
  cut(): number {
    const open = [...this.#open];
    for (const leave of open) leave();
    return open.length;
  }

  /** Sends a call on its way. A response that closes takes it back. Tokens may leave before this returns. */
  fly(part: Part, { response, arrivedAt }: Arrived, call: Call, reply: Reply, hears: FlightHears): void {
    const kernel = this.#kernel;
    let flight: Flight | undefined;
    let over = false;
    const watched = this.#watched(reply, (end) => {
      over = true;
      this.#open.delete(leave);
      return () => hears.ended(end);
    });
    const leave = (): void => {
      if (over) return;
      flight?.cancel();
      this.counts.left++;
      watched.left(kernel.now);
    };
    hears.leave?.(leave);
    response.once("close", () => {
      if (!over) kernel.post(leave);
    });
    this.#open.add(leave);
    kernel.post(() => {
      if (over) return;
      flight = part.take(call, watched);
      if (over) flight.cancel();
    }, arrivedAt);
  }

  /** The reply, with its end noticed: `end` marks the call as over before the reply hears of it, and what it returns tells of it afterwards. */
  #watched(reply: Reply, end: (end: FlightEnd) => () => void): Reply & { left(at: number): void } {
    const { counts } = this;
    let by: Served | undefined;
    return {
      left: (at) => end({ at, served: by, outputTokens: 0, error: LEFT })(),
      served(at, served) {
        by = served;
        reply.served(at, served);
      },
      firstToken: (at) => reply.firstToken(at),
      tokens: (at, count) => reply.tokens(at, count),
      done(at, figures) {
        counts.answered++;
        const tell = end({ at, served: by, outputTokens: figures.outputTokens, error: undefined });
        reply.done(at, figures);
        tell();
      },
      failed(at, failure) {
        counts.failed++;
        const tell = end({ at, served: by, outputTokens: 0, error: failure });
        reply.failed(at, failure);
        tell();
      },
    };
  }
}
