import { answerTokens, composeAnswer } from "../../answers/index.ts";
import type { Answer, AnswerOptions } from "../../answers/types.ts";
import type { AnswerAsk } from "../../stack/types.ts";
import type { Asked } from "../wire/types.ts";

/** An answer's pieces, one a token. What a stop sequence cuts off is generated all the same, and is an empty piece. */
export interface Written {
  readonly pieces: readonly string[];
  readonly finish: Answer["finish"];
  /** The stop sequence that ended it. */
  readonly stopSequence: string | undefined;
}

/** Writes the answer to one request, for whichever model and caps the stack decides on; asked twice for the same, it writes once. */
export class Writing {
  readonly #asked: Asked;
  readonly #seed: number;
  /** Text of another request, for answers that get crossed. */
  readonly #other: () => string | undefined;
  #ask: AnswerAsk | undefined;
  #options: AnswerOptions | undefined;
  #written: Written | undefined;

  constructor(asked: Asked, seed: number, other: () => string | undefined) {
    this.#asked = asked;
    this.#seed = seed;
    this.#other = other;
  }

  /** Tokens of the answer, at least 1. */
  tokens(ask: AnswerAsk): number {
    if (this.#asked.stop.length > 0) return this.written(ask).pieces.length;
    return answerTokens(ask.prompt, this.options(ask));
  }

  written(ask: AnswerAsk): Written {
    const options = this.options(ask);
    this.#written ??= stopAt(composeAnswer(ask.prompt, options), this.#asked.stop, this.#asked.minTokens ?? 0);
    return this.#written;
  }

  options(ask: AnswerAsk): AnswerOptions {
    if (this.#options !== undefined && this.#ask !== undefined && same(this.#ask, ask)) return this.#options;
    const { minTokens, ignoreEos, json } = this.#asked;
    const { model, style, maxTokens, degradations } = ask;
    const other = degradations.includes("crossed") ? this.#other() : undefined;
    this.#ask = ask;
    this.#written = undefined;
    this.#options = {
      seed: this.#seed,
      model,
      style,
      maxTokens,
      minTokens,
      ignoreEos,
      json,
      degradations,
      ...(other === undefined ? {} : { other }),
    };
    return this.#options;
  }
}

function same(a: AnswerAsk, b: AnswerAsk): boolean {
  if (a === b) return true;
  return (
    a.prompt === b.prompt &&
    a.model === b.model &&
    a.maxTokens === b.maxTokens &&
    a.style === b.style &&
    a.degradations.length === b.degradations.length &&
    a.degradations.every((degradation, index) => degradation === b.degradations[index])
  );
}

/**
 * Ends an answer with the token that completes the first stop sequence; neither the sequence nor what follows it is sent. vLLM looks for them only
 * after `least` tokens.
 */
export function stopAt(answer: Answer, stops: readonly string[], least: number): Written {
  const { tokens, finish } = answer;
  const whole: Written = { pieces: tokens, finish, stopSequence: undefined };
  if (stops.length === 0) return whole;
  const before = tokens.slice(0, least).join("").length;
  const text = tokens.join("");
  let cut = Number.POSITIVE_INFINITY;
  let stopSequence: string | undefined;
  for (const stop of stops) {
    const at = text.indexOf(stop, before);
    if (at < 0 || at >= cut) continue;
    cut = at;
    stopSequence = stop;
  }
  if (stopSequence === undefined) return whole;
  const end = cut + stopSequence.length;
  const pieces: string[] = [];
  for (let from = 0, index = 0; from < end; index++) {
    const token = tokens[index] ?? "";
    pieces.push(token.slice(0, Math.max(0, cut - from)));
    from += token.length;
  }
  return { pieces, finish: "stop", stopSequence };
}
