/**
 * What a twin's model reads and writes. It has a tokenizer of its own (see `tokens.ts`): its counts are exact for what it does, and near those
 * of byte-pair encoders, not equal to them.
 */

export interface PromptMessage {
  readonly role: string;
  readonly content: string;
}

/** A tokenised prompt: what engines and caches need of it. */
export interface Prompt {
  readonly tokens: number;
  /** Identity of the whole prompt, an integer below 2^53. */
  readonly key: number;
  /** Chained hashes of the full blocks of `size` tokens, computed once for each size; none at all where the prompt shares nothing with any other. */
  blockHashes(size: number): Float64Array;
  /** The same prompt with its oldest part dropped so that at most `tokens` remain (the end is kept). */
  keepTail(tokens: number): Prompt;
  /**
   * The same prompt with `tokens` more before its last message, of content that `key` (an integer below 2^53) identifies: what a retrieval or a
   * tool adds.
   */
  extend(tokens: number, key: number): Prompt;
}

/** How a model of the stack writes. Lengths in tokens. */
export interface AnswerStyle {
  /** Lognormal length of an unconstrained answer. */
  readonly median: number;
  readonly sigma: number;
  readonly max: number;
}

/** The ways in which an answer can be worse than the one at rest. */
export const DEGRADATIONS = [
  "truncated",
  "head-dropped",
  "looping",
  "malformed-json",
  "foreign-script",
  "crossed",
  "swapped-model",
] as const;
export type Degradation = (typeof DEGRADATIONS)[number];

export interface AnswerOptions {
  /** Seed of the stack: one stack gives one answer to one prompt. */
  readonly seed: number;
  /** The model that answers; another model gives another answer. */
  readonly model: string;
  readonly style: AnswerStyle;
  /** Caps of the request: `max_tokens`, `min_tokens` (`ignore_eos`: as long as the cap allows). */
  readonly maxTokens: number | undefined;
  readonly minTokens: number | undefined;
  readonly ignoreEos: boolean;
  /** A JSON Schema that the answer must satisfy, or `true` for any JSON object. */
  readonly json: unknown;
  readonly degradations: readonly Degradation[];
  /** Text of another request, for `crossed`. */
  readonly other?: string;
}

export interface Answer {
  /** Joined they are the text. At least one. */
  readonly tokens: readonly string[];
  /** `length` where a cap cut it. */
  readonly finish: "stop" | "length";
}
