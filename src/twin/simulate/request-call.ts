import type { Prompt } from "../answers/index.ts";
import { FIRST_CALL } from "../stack/index.ts";
import type { AnswerAsk, Call, CallFigures, Failure, Reply, Served, SpanNote } from "../stack/types.ts";
import { PlainPrompt, type PromptBlocks } from "./plain-prompt.ts";

/** One request of a table. Times in ms of the table's own clock, from 0. */
export interface SimulatedRequest {
  readonly at: number;
  /** At least 1 each. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Conversation, for affinity; left out: one of its own. */
  readonly session?: string;
  readonly model?: string;
  /** Lower is more urgent. */
  readonly priority?: number;
  /** What its prompt shares with others; left out: nothing. */
  readonly blocks?: PromptBlocks;
  /** Cell of the gap sink; default 0. */
  readonly cell?: number;
}

/** Hears how requests fare; `index` is their place in the table. Each is told once, at its end. */
export interface RequestSinks {
  done?(index: number, end: RequestTimes, figures: CallFigures): void;
  failed?(index: number, end: RequestTimes, failure: Failure): void;
}

/** ms. */
export interface RequestTimes {
  readonly arrivedAt: number;
  /** NaN: there was none. */
  readonly firstTokenAt: number;
  readonly endAt: number;
  readonly replica: string | undefined;
}

/** A request on its way through the stack, and the reply to it. */
export class RequestCall implements Call, Reply, RequestTimes {
  readonly id: number;
  readonly kind = "generate";
  readonly region = undefined;
  readonly key = undefined;
  readonly everyToken = false;
  readonly maxTokens = undefined;
  readonly prompt: Prompt;
  readonly #request: SimulatedRequest;
  readonly #sinks: RequestSinks;
  readonly #ended: (failed: boolean) => void;
  firstTokenAt = Number.NaN;
  endAt = Number.NaN;
  replica: string | undefined;

  constructor(index: number, request: SimulatedRequest, sinks: RequestSinks, ended: (failed: boolean) => void) {
    this.id = index + FIRST_CALL;
    this.prompt = new PlainPrompt(request.inputTokens, index, request.blocks);
    this.#request = request;
    this.#sinks = sinks;
    this.#ended = ended;
  }

  get arrivedAt(): number {
    return this.#request.at;
  }
  get session(): string {
    return this.#request.session ?? `request ${this.id}`;
  }
  get model(): string {
    return this.#request.model ?? "";
  }
  get priority(): number {
    return this.#request.priority ?? 0;
  }
  get cell(): number {
    return this.#request.cell ?? 0;
  }
  /** A table's lengths are what was asked and written, whatever a model would write; a stack's own caps hold all the same. */
  answerTokens({ maxTokens }: AnswerAsk): number {
    const { outputTokens } = this.#request;
    return maxTokens === undefined ? outputTokens : Math.min(outputTokens, maxTokens);
  }
  span(_note: SpanNote): void {}

  served(_at: number, served: Served): void {
    this.replica = served.replica;
  }
  firstToken(at: number): void {
    this.firstTokenAt = at;
  }
  tokens(): void {}
  done(at: number, figures: CallFigures): void {
    this.endAt = at;
    this.#sinks.done?.(this.id - FIRST_CALL, this, figures);
    this.#ended(false);
  }
  failed(at: number, failure: Failure): void {
    this.endAt = at;
    this.#sinks.failed?.(this.id - FIRST_CALL, this, failure);
    this.#ended(true);
  }
}
