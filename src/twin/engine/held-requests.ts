import { figuresOf, type ServedSequence } from "./served-sequence.ts";
import type { EngineCounters, EngineRequest } from "./types.ts";

/** The requests that an engine holds, from their arrival to their end, and what their owners hear. */
export class HeldRequests<S extends ServedSequence> {
  private readonly sequences = new Map<number, S>();
  private readonly counters: EngineCounters;

  constructor(counters: EngineCounters) {
    this.counters = counters;
  }

  get(id: number): S | undefined {
    return this.sequences.get(id);
  }

  hold(s: S): void {
    this.sequences.set(s.request.id, s);
  }

  /** Its owner wants it no more; undefined where it is not held. */
  cancel(id: number): S | undefined {
    const s = this.sequences.get(id);
    if (s === undefined) return undefined;
    this.sequences.delete(id);
    this.counters.cancelled++;
    return s;
  }

  /** Tokens of it have left with the step that ended at `at`. A listener may cancel any request, also one that leaves with this very step. */
  tell(s: S, at: number): void {
    const { sequences } = this;
    const { id, listener } = s.request;
    if (sequences.get(id) === s && s.generated === s.leaves) listener.firstToken(at, s.cached);
    if (sequences.get(id) === s) listener.tokens?.(at, s.leaves);
    if (s.generated < s.output || sequences.get(id) !== s) return;
    sequences.delete(id);
    this.counters.finished++;
    listener.finished(at, figuresOf(s));
  }
}

/** Throws a RangeError at a request without a token in and a token out. */
export function mustHaveTokens({ inputTokens, outputTokens }: EngineRequest): void {
  if (!(inputTokens >= 1 && outputTokens >= 1))
    throw new RangeError(`a request needs at least one token in and out, not ${inputTokens} and ${outputTokens}`);
}
