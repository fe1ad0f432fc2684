import { LONG_GAP_MS, type ServedSequence } from "../served-sequence.ts";
import type { EngineRequest } from "../types.ts";

export const WAITING = 0;
export const RUNNING = 1;
export const DONE = 2;

/** One request inside the engine. A mutable record: who may write which field is said beside it. */
export class Sequence implements ServedSequence {
  readonly request: EngineRequest;
  /** Order of arrival. */
  readonly serial: number;
  readonly arrivedAt: number;
  readonly input: number;
  /** Tokens that its answer will have, after the cap. */
  readonly output: number;
  readonly capped: boolean;
  /** Leaves a trace of each token, or may yield several a step, so that it never joins the steady decodes. */
  readonly watched: boolean;

  state: typeof WAITING | typeof RUNNING | typeof DONE = WAITING;
  /** Links of the one list it is in: SequenceList. */
  previous: Sequence | undefined = undefined;
  next: Sequence | undefined = undefined;
  /** Order of admission, which is the order of the running. */
  rank = 0;

  /** Has emitted a token since it was last admitted. */
  decoding = false;
  /** Tokens whose KV is there, or will be when the step under way has ended; while `steady`, implied by `base` (Steady). */
  computed = 0;
  /** Answer tokens that have left; while `streaming`, implied (Stream). */
  generated = 0;
  /** The same and those that the step under way will yield; while `steady`, implied. Drafts count as accepted until they are judged. */
  promised = 0;
  /** Most tokens that were ever computed or found: computing below it is computing again. */
  highWater = 0;

  /** Blocks held; while `steady` and uncounted by name, implied. */
  held = 0;
  /** Their names in order, the first `held` places, where the pool names blocks; lent by the pool while it holds any. */
  table: Int32Array = NO_BLOCKS;
  /** Full blocks of it that count as cached. */
  registered = 0;

  /** Tokens given in the step under way, and the pass of the scheduler that gave them. */
  given = 0;
  pass = -1;
  /** Its last token comes out of the step under way: nothing more is planned for it. */
  ending = false;
  /** Of the step under way: tokens promised, prompt tokens computed. */
  yields = 0;
  prefills = 0;
  /** Tokens that leave with the step that just ended. */
  leaves = 0;

  /** Fields of Steady, its calendar and its heap. */
  steady = false;
  base = 0;
  phase = 0;
  bucketIndex = -1;
  heapIndex = -1;
  finishAt = 0;
  /** Fields of Stream. */
  streaming = false;
  joinedAt = 0;
  longAtJoin = 0;

  firstScheduledAt = Number.NaN;
  lastScheduledAt = Number.NaN;
  firstTokenAt = Number.NaN;
  lastTokenAt = Number.NaN;
  cached = -1;
  recomputed = 0;
  preemptions = 0;
  longestGap = 0;
  longGaps = 0;

  constructor(
    request: EngineRequest,
    serial: number,
    arrivedAt: number,
    output: number,
    capped: boolean,
    watched: boolean,
  ) {
    this.request = request;
    this.serial = serial;
    this.arrivedAt = arrivedAt;
    this.input = request.inputTokens;
    this.output = output;
    this.capped = capped;
    this.watched = watched;
  }

  /** Tokens to compute before the next one can be sampled. */
  get target(): number {
    return this.input + this.promised;
  }

  noteGap(gap: number): void {
    if (gap > this.longestGap) this.longestGap = gap;
    if (gap >= LONG_GAP_MS) this.longGaps++;
  }
}

export const NO_BLOCKS = new Int32Array(0);

/** Into a list that is in the order of admission. */
export function insertByRank(list: Sequence[], s: Sequence): void {
  let place = list.length;
  while (place > 0 && (list[place - 1]?.rank ?? 0) > s.rank) place--;
  if (place === list.length) list.push(s);
  else list.splice(place, 0, s);
}

/** Setting an array's length is slow, and gives its memory away. */
export function empty(list: Sequence[]): void {
  for (let left = list.length; left > 0; left--) list.pop();
}
