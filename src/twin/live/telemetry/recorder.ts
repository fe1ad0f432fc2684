import { randomBytes } from "node:crypto";
import type { Call, SpanNote } from "../../stack/types.ts";
import type { FlightEnd } from "../flights.ts";
import type { Caller } from "../http/caller.ts";
import type { SpanExporter } from "./exporter.ts";
import { type ServedRequest, traceOf } from "./trace.ts";

/** What the trace of a request is named by. */
export interface Recorded {
  readonly requestId: string;
  readonly route: string;
  readonly caller: Caller;
  readonly operation: ServedRequest["operation"];
}

export interface RecorderParts {
  readonly exporter: SpanExporter;
  readonly now: () => number;
  /** Unix time of the kernel's zero, ms. */
  readonly zero: number;
  /** The stack's entry is itself an engine. */
  readonly bare: boolean;
}

/** Turns the notes of each call into spans when it has ended. */
export class SpanRecorder {
  readonly #parts: RecorderParts;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  /** A caller that says its trace is not sampled has nowhere to show it. */
  wants({ trace }: Caller): boolean {
    return trace?.sampled !== false;
  }

  /** Begins a request now; what it returns ends it. */
  begin(
    recorded: Recorded,
    call: Call,
    notes: readonly SpanNote[],
  ): (end: FlightEnd, finish: string | undefined) => void {
    const { exporter, now, zero, bare } = this.#parts;
    const from = now();
    return ({ at, served, outputTokens, error }, finish) => {
      const request: ServedRequest = {
        id: recorded.requestId,
        route: recorded.route,
        operation: recorded.operation,
        parent: recorded.caller.trace,
        from: Math.min(from, ...notes.map((note) => note.from)),
        to: at,
        model: served?.ask.model ?? call.model,
        session: call.session,
        inputTokens: served?.ask.prompt.tokens ?? call.prompt.tokens,
        outputTokens,
        cachedTokens: served?.cachedTokens ?? 0,
        maxTokens: call.maxTokens,
        finish,
        error,
        notes,
      };
      exporter.add(traceOf(request, { zero, bare, randomHex: (count) => randomBytes(count).toString("hex") }));
    };
  }
}
