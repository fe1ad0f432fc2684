import type { AnswerProgress, Call, EngineHooks, Kernel, Reply, Timer } from "../../types.ts";

type GapSink = NonNullable<EngineHooks["gaps"]>;

/** A gap of a second or longer counts as long, as in the figures of engines. */
const LONG = 1000;

/**
 * An answer whose token times are known before it begins. Tokens of one time leave together. Gaps go to the sink as they end, or all at once where
 * only the first and the last token are asked for; what was not reached when the stream stops is never told.
 */
export class TokenStream {
  readonly #kernel: Kernel;
  readonly #call: Call;
  readonly #reply: Reply;
  readonly #times: ArrayLike<number>;
  readonly #sink: GapSink | undefined;
  #timer: Timer | undefined;
  #told = 0;
  #stopped = false;

  /** `times`: of each token, ascending, at least one. */
  constructor(kernel: Kernel, call: Call, reply: Reply, times: ArrayLike<number>, sink: GapSink | undefined) {
    this.#kernel = kernel;
    this.#call = call;
    this.#reply = reply;
    this.#times = times;
    this.#sink = sink;
  }

  /** `beforeFirst` runs in the event of the first token, `done` in that of the last. */
  start(beforeFirst: (at: number) => void, done: (at: number, stream: AnswerProgress) => void): void {
    this.#timer = this.#kernel.at(this.#time(0), () => {
      beforeFirst(this.#time(0));
      // Whoever hears of it may leave at that very moment.
      if (!this.#stopped) this.#reply.firstToken(this.#time(0));
      this.#leave(0, done);
    });
  }

  /** Nothing leaves from now on. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#tellGaps(this.#reached(this.#kernel.now));
  }

  progress(): AnswerProgress | undefined {
    const tokens = this.#reached(this.#kernel.now);
    return tokens === 0 ? undefined : this.#figures(tokens);
  }

  #leave(from: number, done: (at: number, stream: AnswerProgress) => void): void {
    if (this.#stopped) return;
    const all = this.#times.length;
    const at = this.#time(from);
    let to = from + 1;
    while (to < all && this.#time(to) <= at) to++;
    if (this.#call.everyToken) {
      this.#tellGaps(to);
      this.#reply.tokens(at, to - from);
      if (this.#stopped) return;
    }
    if (to === all) {
      this.#tellGaps(all);
      this.#timer = undefined;
      done(at, this.#figures(all));
      return;
    }
    const next = this.#call.everyToken ? to : all - 1;
    this.#timer = this.#kernel.at(this.#time(next), () => this.#leave(next, done));
  }

  #time(index: number): number {
    return this.#times[index] ?? Number.NaN;
  }

  #reached(now: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#time(middle) <= now) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #tellGaps(tokens: number): void {
    const from = this.#told;
    if (tokens <= from) return;
    this.#told = tokens;
    if (this.#sink === undefined) return;
    for (let i = Math.max(1, from); i < tokens; i++) {
      const gap = this.#time(i) - this.#time(i - 1);
      if (gap > 0) this.#sink.gaps(this.#call.cell, gap, 1, this.#time(i));
    }
  }

  #figures(tokens: number): AnswerProgress {
    let longestGap = 0;
    let longGaps = 0;
    for (let i = 1; i < tokens; i++) {
      const gap = this.#time(i) - this.#time(i - 1);
      if (gap > longestGap) longestGap = gap;
      if (gap >= LONG) longGaps++;
    }
    return { tokens, lastTokenAt: this.#time(tokens - 1), longestGap, longGaps };
  }
}
