/** Ids that are remembered at most: about half a gigabyte; the share is that of the requests before. */
const MOST_IDS = 8_000_000;

/** What a prefix cache without bounds would find. */
export interface ReuseStatistics {
  /** Share of the input tokens whose block, and all before it, an earlier request had. */
  readonly share: number;
  readonly blockTokens: number;
  /** Requests that were looked at: all, unless the ids became too many to remember. */
  readonly requests: number;
}

export class Reuse {
  readonly #blockTokens: number;
  readonly #seen = new Set<number>();
  #tokens = 0;
  #found = 0;
  #requests = 0;

  constructor(blockTokens: number) {
    this.#blockTokens = blockTokens;
  }

  add(input: number, blocks: readonly number[]): void {
    if (this.#seen.size >= MOST_IDS) return;
    let known = 0;
    while (known < blocks.length && this.#seen.has(blocks[known] ?? Number.NaN)) known++;
    for (let i = known; i < blocks.length; i++) this.#seen.add(blocks[i] ?? Number.NaN);
    this.#tokens += input;
    this.#found += Math.min(known * this.#blockTokens, input);
    this.#requests++;
  }

  result(): ReuseStatistics | undefined {
    if (this.#tokens === 0) return undefined;
    return { share: this.#found / this.#tokens, blockTokens: this.#blockTokens, requests: this.#requests };
  }
}
