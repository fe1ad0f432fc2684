import type { PromptMessage } from "../../answers/types.ts";
import type { Failure } from "../../stack/types.ts";

/** What a request for an answer asks, whichever endpoint it came through. */
export interface Asked {
  /** Undefined: the stack's first model. */
  readonly model: string | undefined;
  readonly messages: readonly PromptMessage[];
  readonly maxTokens: number | undefined;
  readonly minTokens: number | undefined;
  readonly ignoreEos: boolean;
  /** A JSON Schema, `true` for any JSON object, undefined for text. */
  readonly json: unknown;
  readonly stop: readonly string[];
  readonly stream: boolean;
  /** Who asks, as far as the body says so: replicas are chosen by it where no header names a session. */
  readonly user: string | undefined;
  readonly priority: number;
}

/** Labels of one answer. */
export interface AnswerHead {
  /** Unique, without any API's prefix. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  /** Of the part, model and seed that answer: another one where another model or setting answers. */
  readonly fingerprint: string;
  readonly inputTokens: number;
  readonly cachedTokens: number;
}

/** How an answer ended, and what it was. */
export interface AnswerEnd {
  readonly text: string;
  readonly finish: "stop" | "length";
  /** The stop sequence that ended it. */
  readonly stopSequence: string | undefined;
  readonly outputTokens: number;
  readonly inputTokens: number;
  readonly cachedTokens: number;
}

/** Writes the events of one stream. Every text is whole events, as they stand on the wire. */
export interface StreamWriter {
  /** What comes before the first text, in the same write. */
  open(): string;
  /** One event with what left together: the `index`-th of the stream, after `outputTokens` in all. Pure: it may be asked for ahead, and in vain. */
  text(text: string, outputTokens: number, index: number): string;
  /** What comes after the last of `events` texts. */
  close(end: AnswerEnd, events: number): string;
  /** The stream breaks off after `events` texts, and says so. */
  broken(failure: Failure, events: number): string;
}

/** One endpoint's way of writing an answer. */
export interface Wire {
  stream(head: AnswerHead): StreamWriter;
  whole(head: AnswerHead, end: AnswerEnd): unknown;
}

/** A readable request and how to answer it. */
export interface Reading {
  readonly asked: Asked;
  readonly wire: Wire;
}

/** One thing wrong with a body. */
export interface BodyFault {
  /** `missing_required_parameter`, `invalid_type`, `invalid_value`, ... */
  readonly code: string;
  /** `messages[0].role`; empty for the body itself. */
  readonly param: string;
  readonly message: string;
}

/** Every fault of a body, or what was read from it. */
export type Read<T> =
  | { readonly value: T; readonly faults?: undefined }
  | { readonly faults: readonly [BodyFault, ...BodyFault[]] };
