import type { AnswerProgress, EngineListener, RequestFigures } from "../../../engine/types.ts";
import type { AnswerAsk, Call, Failure, Reply, Timer } from "../../types.ts";
import { failureOf } from "../kit/failures.ts";
import { Run } from "../kit/run.ts";

/** What a call in a pool needs of it. */
export interface Keeper {
  readonly name: string;
  readonly now: number;
  /** The call is over, however it ended, and no replica holds it any more. */
  left(call: InFlight): void;
}

/** The replica that has a call. */
export interface Holder {
  /** `pool/index` */
  readonly identity: string;
  /** The first token of a request left, ms after it came. */
  firstToken(ms: number): void;
  /** The engine finished this request, and holds it no more. */
  finished(request: number, figures: RequestFigures, maxTokens: number | undefined): void;
  /** Forgets a request; safe for one that the engine never held. */
  drop(request: number): void;
  progress(request: number): AnswerProgress | undefined;
}

/** One call in a pool: held until a replica is ready, then a request of that replica's engine. */
export class InFlight extends Run implements EngineListener {
  readonly call: Call;
  readonly ask: AnswerAsk;
  readonly tokens?: (at: number, count: number) => void;
  readonly #reply: Reply;
  readonly #keeper: Keeper;
  readonly #cameAt: number;
  #timer: Timer | undefined;
  #replica: Holder | undefined;
  #request = -1;
  #firstTokenAt = Number.NaN;

  constructor(call: Call, ask: AnswerAsk, reply: Reply, keeper: Keeper) {
    super();
    this.call = call;
    this.ask = ask;
    this.#reply = reply;
    this.#keeper = keeper;
    this.#cameAt = keeper.now;
    // Present only where it is wanted: an engine passes no steps in one jump over a request that hears every token.
    if (call.everyToken) this.tokens = (at, count) => reply.tokens(at, count);
  }

  /** When it breaks off by itself. */
  limit(timer: Timer): void {
    this.#timer = timer;
  }

  /** The replica's engine took it, as the request of this id. */
  assigned(replica: Holder, request: number): void {
    this.#replica = replica;
    this.#request = request;
  }

  fail(failure: Failure): void {
    this.#noteBreak(failure.code);
    this.end(() => this.#reply.failed(this.#keeper.now, failure));
  }

  /** Its replica died. */
  lost(message: string): void {
    this.#request = -1;
    const status = Number.isNaN(this.#firstTokenAt) ? 502 : 0;
    this.fail(failureOf(this.#keeper.name, status, message, { code: "replica_lost" }));
  }

  firstToken(at: number, cachedTokens: number): void {
    this.#firstTokenAt = at;
    this.#replica?.firstToken(at - this.#cameAt);
    this.#reply.served(at, {
      part: this.#keeper.name,
      replica: this.#replica?.identity,
      ask: this.ask,
      cachedTokens,
      fromCache: false,
    });
    if (!this.over) this.#reply.firstToken(at);
  }

  finished(at: number, figures: RequestFigures): void {
    this.#replica?.finished(this.#request, figures, this.ask.maxTokens);
    this.#request = -1;
    this.#noteStages(figures);
    this.end(() =>
      this.#reply.done(at, {
        inputTokens: figures.inputTokens,
        outputTokens: figures.outputTokens,
        cachedTokens: figures.cachedTokens,
        preemptions: figures.preemptions,
        queueMs: figures.firstScheduledAt - this.#cameAt,
        prefillMs: figures.firstTokenAt - figures.firstScheduledAt,
        decodeMs: figures.lastTokenAt - figures.firstTokenAt,
        longestGap: figures.longestGap,
        longGaps: figures.longGaps,
        capped: figures.capped,
      }),
    );
  }

  override progress(): AnswerProgress | undefined {
    return this.#request < 0 ? undefined : this.#replica?.progress(this.#request);
  }

  protected override release(): void {
    this.#timer?.cancel();
    if (this.#request >= 0) this.#replica?.drop(this.#request);
    this.#request = -1;
    this.#keeper.left(this);
  }

  protected override left(): void {
    this.#noteBreak("cancelled");
  }

  #noteStages({
    firstScheduledAt,
    firstTokenAt,
    lastTokenAt,
    inputTokens,
    outputTokens,
    cachedTokens,
  }: RequestFigures): void {
    const part = this.#part();
    const model = this.ask.model;
    this.call.span({ stage: "llm.queue", part, from: this.#cameAt, to: firstScheduledAt });
    const prefill = { model, inputTokens, cachedTokens };
    this.call.span({ stage: "llm.prefill", part, from: firstScheduledAt, to: firstTokenAt, attributes: prefill });
    const decode = { model, outputTokens };
    this.call.span({ stage: "llm.decode", part, from: firstTokenAt, to: lastTokenAt, attributes: decode });
  }

  /** What is known of the stages of a call that broke: an engine tells when it first ran a request only with its end. */
  #noteBreak(error: string): void {
    const begun = !Number.isNaN(this.#firstTokenAt);
    this.call.span({
      stage: begun ? "llm.decode" : "llm.queue",
      part: this.#part(),
      from: begun ? this.#firstTokenAt : this.#cameAt,
      to: this.#keeper.now,
      error,
    });
  }

  #part(): string {
    return this.#replica?.identity ?? this.#keeper.name;
  }
}
