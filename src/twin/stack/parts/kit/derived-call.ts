import { keyOf } from "../../../answers/index.ts";
import type { Prompt } from "../../../answers/types.ts";
import type { AnswerAsk, Call, SpanNote } from "../../types.ts";

export interface CallChanges {
  readonly id?: number;
  readonly kind?: Call["kind"];
  readonly model?: string;
  readonly prompt?: Prompt;
  readonly maxTokens?: number | undefined;
  readonly region?: string;
  readonly cell?: number;
  readonly everyToken?: boolean;
}

/** A changed copy of a call; what it does not change is the first call's own. */
export function derive(call: Call, changes: CallChanges): Call {
  return new DerivedCall(call, changes);
}

/**
 * Identity of the `n`-th call (from 0) that one call makes of a part: the first keeps the call's own, so that what a part draws for it does not
 * depend on whether there are more.
 */
export function nthId(id: number, n: number): number {
  return n === 0 ? id : keyOf(id, n);
}

class DerivedCall implements Call {
  readonly id: number;
  readonly kind: Call["kind"];
  readonly session: string;
  readonly model: string;
  readonly prompt: Prompt;
  readonly maxTokens: number | undefined;
  readonly answerBlockHash?: (ask: AnswerAsk, blockSize: number) => (index: number) => number;
  readonly priority: number;
  readonly region: string | undefined;
  readonly key: string | undefined;
  readonly cell: number;
  readonly everyToken: boolean;
  readonly #from: Call;

  constructor(from: Call, changes: CallChanges) {
    this.#from = from;
    this.id = changes.id ?? from.id;
    this.kind = changes.kind ?? from.kind;
    this.session = from.session;
    this.model = changes.model ?? from.model;
    this.prompt = changes.prompt ?? from.prompt;
    this.maxTokens = "maxTokens" in changes ? changes.maxTokens : from.maxTokens;
    this.priority = from.priority;
    this.region = changes.region ?? from.region;
    this.key = from.key;
    this.cell = changes.cell ?? from.cell;
    this.everyToken = changes.everyToken ?? from.everyToken;
    if (from.answerBlockHash !== undefined) {
      this.answerBlockHash = (ask, blockSize) => from.answerBlockHash?.(ask, blockSize) ?? (() => 0);
    }
  }

  answerTokens(ask: AnswerAsk): number {
    return this.#from.answerTokens(ask);
  }

  span(note: SpanNote): void {
    this.#from.span(note);
  }
}
