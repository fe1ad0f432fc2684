import type { EngineRequest } from "../types.ts";

/** Serials below 2^31 times pages below 2^21 stay exact. */
const PAGES = 2 ** 21;

/**
 * Names the full pages of one sequence, prompt and answer together: equal names mean equal content up to the end of that page. Pages that the request
 * gives no hash for are the sequence's own: negative, so that they never meet a hash.
 */
export class PageKey {
  private readonly size: number;
  private readonly serial: number;
  private readonly promptPages: number;
  private readonly prompt: ArrayLike<number> | undefined;
  private readonly answer: ((index: number) => number) | undefined;

  constructor(request: EngineRequest, serial: number, size: number) {
    this.size = size;
    this.serial = serial;
    this.promptPages = Math.floor(request.inputTokens / size);
    this.prompt = request.blockHashes;
    this.answer = request.answerBlockHash;
  }

  at(index: number): number {
    const named = index < this.promptPages ? this.prompt?.[index] : this.answer?.(index);
    return named ?? -(this.serial * PAGES + index + 1);
  }

  /** Tokens a page. */
  get pageSize(): number {
    return this.size;
  }
}

/** Names of pages by their index. */
export interface Pages {
  at(index: number): number;
}

/** A prompt's hashes alone. */
export function pagesOf(hashes: ArrayLike<number>): Pages {
  return { at: (index) => hashes[index] ?? Number.NaN };
}

/**
 * How many pages from `from` to `to` two sequences have in common, given that they agree before `from`. Names are chained, so that they agree up to one
 * place and nowhere after: found by halving.
 */
export function commonPages(a: Pages, b: Pages, from: number, to: number): number {
  let agree = from;
  let end = to;
  while (agree < end) {
    const middle = (agree + end) >> 1;
    if (a.at(middle) === b.at(middle)) agree = middle + 1;
    else end = middle;
  }
  return agree - from;
}
