import {
  CLOSED_BEFORE_ANSWER,
  CLOSED_IN_BODY,
  clipReason,
  type Exchange,
  errorInStream,
  finishedWith,
  fnv1a64,
  type Handle,
  LEFT,
  nextDeadline,
  noteSilence,
  passedDeadline,
  refusedWith,
  type Verdict,
  type Waiting,
} from "../../protocols/index.ts";
import type {
  AnswerProgress,
  CallFigures,
  Failure,
  Flight,
  Kernel,
  Part,
  Reply,
  Served,
  Timer,
} from "../stack/types.ts";
import type { AnsweredCall } from "./plan-calls.ts";
import type { AnswerShape } from "./shape.ts";

/** As the live twin answers where a stack leads to no model. */
const NO_MODEL: Failure = {
  status: 501,
  code: "no_answer",
  message: "This stack gives no answers: its entry leads to no pool, external provider or cache.",
  part: "",
};

/** What an attempt needs of its client. */
export interface SimulatedOwner {
  readonly kernel: Kernel;
  readonly entry: Part;
  readonly shape: AnswerShape;
  ended(attempt: SimulatedAttempt): void;
}

/** One attempt against a stack in virtual time: takes the reply to its call, and fills the exchange from it. */
export class SimulatedAttempt implements Reply, Handle, Waiting {
  readonly exchange: Exchange;
  /** Place in the client's list of the open ones. */
  index = -1;
  /** No connection of its own is dialled: the stack's model of the network is all there is. */
  readonly dialledAt = Number.NaN;
  lastReadAt = Number.NaN;
  readonly #owner: SimulatedOwner;
  readonly #call: AnsweredCall;
  readonly #done: (exchange: Exchange) => void;
  #flight: Flight | undefined;
  #deadline: Timer | undefined;
  #served: Served | undefined;
  /** Tokens so far, and where somebody reads along, when they came. */
  #tokens = 0;
  readonly #heard: (readonly [at: number, count: number])[] = [];
  #over = false;
  /** Inside `send`, which must return before `done` is called. */
  #sending = true;

  constructor(owner: SimulatedOwner, call: AnsweredCall, exchange: Exchange, done: (exchange: Exchange) => void) {
    this.#owner = owner;
    this.#call = call;
    this.exchange = exchange;
    this.#done = done;
  }

  get startedAt(): number {
    return this.exchange.startedAt;
  }
  get patience(): number {
    return this.exchange.patience;
  }
  get firstTokenAt(): number {
    return this.exchange.firstTokenAt;
  }
  /** As of the last look. */
  get lastTokenAt(): number {
    return Number.isNaN(this.exchange.firstTokenAt) ? Number.NaN : this.lastReadAt;
  }
  get stallPatience(): number {
    return this.exchange.stallPatience;
  }
  get stopAfter(): number {
    return this.exchange.stopAfter;
  }
  get first(): boolean {
    return Number.isNaN(this.#owner.shape.streamed ? this.exchange.firstTokenAt : this.exchange.firstByteAt);
  }

  /** The user waits from now on, for a free connection first where the plan bounds them. */
  begin(): void {
    const { now } = this.#owner.kernel;
    this.exchange.startedAt = now;
    this.#watch(now);
  }

  get waits(): boolean {
    return !this.#over && Number.isNaN(this.exchange.sentAt);
  }

  send(): void {
    const { kernel, entry } = this.#owner;
    this.exchange.sentAt = kernel.now;
    const flight = entry.take(this.#call, this);
    if (this.#over) flight.cancel();
    else this.#flight = flight;
  }

  /** `send` of the client has returned: what has ended meanwhile may be told. */
  returned(): void {
    this.#sending = false;
  }

  cancel(outcome: "cancelled" | "abandoned"): void {
    this.#leave(LEFT[outcome], this.#owner.kernel.now);
  }

  served(at: number, served: Served): void {
    if (this.#over) return;
    const { exchange } = this;
    this.#served = served;
    exchange.model = served.ask.model;
    exchange.replica = served.replica;
    exchange.inputTokens = served.ask.prompt.tokens;
    exchange.cachedTokens = served.cachedTokens;
    if (this.#owner.shape.streamed) this.#head(200, at);
  }

  firstToken(at: number): void {
    if (this.#over) return;
    const { exchange } = this;
    if (!this.#owner.shape.streamed) return;
    exchange.firstTokenAt = at;
    exchange.firstAnswerAt = at;
    exchange.lastTokenAt = at;
    if (exchange.stopAfter === Number.POSITIVE_INFINITY) return;
    this.#deadline?.cancel();
    this.lastReadAt = at;
    this.#watch(at);
  }

  /** What leaves together is one event, as the live twin writes it. */
  tokens(at: number, count: number): void {
    const { exchange } = this;
    if (this.#over) return;
    if (at > exchange.lastTokenAt) exchange.gapLog?.push(at - exchange.lastTokenAt);
    exchange.lastTokenAt = at;
    this.#hear(at, count);
  }

  /** Tokens for a user who reads along, or who stops after so many. */
  #hear(at: number, count: number): void {
    const { reader, stopEvents } = this.exchange;
    if (reader !== undefined) this.#heard.push([at, count]);
    if (stopEvents === Number.POSITIVE_INFINITY) return;
    const before = this.#tokens;
    this.#tokens += count;
    // The stack is in the middle of telling: it is left once it has told.
    if (before < stopEvents && this.#tokens >= stopEvents)
      this.#owner.kernel.at(at, () => this.#leave(LEFT.stopped, at));
  }

  done(at: number, figures: CallFigures): void {
    if (this.#over) return;
    const { exchange } = this;
    const { shape } = this.#owner;
    if (this.#served === undefined) {
      this.failed(at, NO_MODEL);
      return;
    }
    exchange.outputTokens = figures.outputTokens;
    exchange.cachedTokens = figures.cachedTokens;
    if (shape.streamed) {
      // Tokens that leave together are one event, and make no gap: an answer from a cache, say.
      const atOnce = at === exchange.firstTokenAt;
      exchange.lastTokenAt = at;
      exchange.events = atOnce ? 1 : figures.outputTokens;
      if (!atOnce) this.#gaps(figures);
    } else {
      this.#head(200, at);
      exchange.events = 1;
    }
    const cut = this.#read(figures.outputTokens);
    if (shape.saysFinish) exchange.finishReason = cut ? "length" : "stop";
    this.#finish(finishedWith(exchange.finishReason), at);
  }

  failed(at: number, failure: Failure): void {
    if (this.#over) return;
    const { exchange } = this;
    const { status, message, retryAfter } = failure;
    if (this.#served !== undefined && this.#owner.shape.streamed) {
      this.#cut();
      this.#finish(status === 0 ? CLOSED_IN_BODY : errorInStream(message), at);
      return;
    }
    if (status === 0) {
      this.#finish(CLOSED_BEFORE_ANSWER, at);
      return;
    }
    this.#head(status, at);
    // The header holds whole seconds.
    if (retryAfter !== undefined) exchange.retryAfter = Math.ceil(retryAfter);
    this.#finish(refusedWith(status, message), at);
  }

  #head(status: number, at: number): void {
    const { exchange } = this;
    exchange.status = status;
    exchange.firstByteAt = at;
    exchange.headersAt = at;
  }

  #gaps({ longestGap, longGaps }: Pick<AnswerProgress, "longestGap" | "longGaps">): void {
    const { exchange } = this;
    exchange.stall = longestGap;
    exchange.stallCount = longGaps;
  }

  /** Reads the first so many tokens; whether the answer was cut there, or by a cap of its own. */
  #read(tokens: number): boolean {
    if (this.#served === undefined) return false;
    const { exchange } = this;
    const answer = this.#call.answer(this.#served.ask);
    const whole = tokens >= answer.tokens.length;
    exchange.text = (whole ? answer.tokens : answer.tokens.slice(0, tokens)).join("");
    if (exchange.text !== "") {
      const bytes = Buffer.from(exchange.text);
      exchange.textHash = fnv1a64(bytes, bytes.length);
      this.#readAlong(bytes.length);
    }
    return !whole || answer.finish === "length";
  }

  /** Each token counts as an equal part of the text. */
  #readAlong(bytes: number): void {
    const { reader } = this.exchange;
    if (reader === undefined) return;
    const tokens = this.#heard.reduce((sum, [, count]) => sum + count, 0);
    for (const [at, count] of this.#heard) reader.take(at, (bytes * count) / tokens);
  }

  /** The answer ends in its middle: what of it has come by now. */
  #cut(): void {
    const { exchange } = this;
    const progress = this.#flight?.progress?.();
    if (progress === undefined || Number.isNaN(exchange.firstTokenAt)) return;
    const atOnce = progress.lastTokenAt === exchange.firstTokenAt;
    exchange.events = atOnce ? 1 : progress.tokens;
    exchange.lastTokenAt = progress.lastTokenAt;
    if (!atOnce) this.#gaps(progress);
    this.#read(progress.tokens);
  }

  /** The timer stands at the earliest time at which any deadline could pass, so that most answers end before it and need no second one. */
  #watch(from: number): void {
    const { kernel, shape } = this.#owner;
    const timeouts = this.exchange.timeouts ?? shape.timeouts;
    // A silence that begins after this look is no shorter than what the next one is away.
    const silence = from + Math.min(timeouts.idle, this.exchange.stallPatience);
    const next = Math.min(nextDeadline(this, timeouts), silence);
    if (next < Number.POSITIVE_INFINITY) this.#deadline = kernel.at(next, this.#look);
  }

  readonly #look = (): void => {
    const { kernel, shape } = this.#owner;
    const { now } = kernel;
    this.lastReadAt = this.#readAt();
    const passed = passedDeadline(this, this.exchange.timeouts ?? shape.timeouts, now);
    if (passed === undefined) this.#watch(now);
    else this.#leave(passed, now);
  };

  /** Last read of the answer so far; NaN where there was none, or where the stack cannot tell. */
  #readAt(): number {
    const { firstTokenAt, lastTokenAt, headersAt } = this.exchange;
    if (Number.isNaN(firstTokenAt)) return headersAt;
    return this.#call.everyToken ? lastTokenAt : (this.#flight?.progress?.()?.lastTokenAt ?? Number.NaN);
  }

  /** The user, or the plan's patience with the stack, is at its end. */
  #leave(verdict: Verdict, now: number): void {
    if (this.#over) return;
    this.#cut();
    if (verdict.outcome === "stalled" || verdict === LEFT.stalled) noteSilence(this.exchange, this.lastReadAt, now);
    this.#flight?.cancel();
    this.#finish(verdict, now);
  }

  #finish({ outcome, reason }: Verdict, at: number): void {
    const { exchange } = this;
    this.#over = true;
    this.#deadline?.cancel();
    exchange.outcome = outcome;
    exchange.reason = reason === undefined ? undefined : clipReason(reason);
    exchange.endAt = at;
    if (this.#sending) this.#owner.kernel.at(at, this.#tell);
    else this.#tell();
  }

  readonly #tell = (): void => {
    this.#owner.ended(this);
    this.#done(this.exchange);
  };
}
