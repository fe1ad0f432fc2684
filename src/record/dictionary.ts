/** What stands for every text beyond the limit. */
export const OVERFLOW_TEXT = "(more texts than can be kept)";

const LIMIT = 65_536;

/**
 * Texts as codes 0, 1, 2, ... A run that meets more distinct texts than the limit (a target that sends a new reason every time)
 * shares one last code among the rest, so that memory stays bounded.
 */
export class Dictionary {
  readonly #codes = new Map<string, number>();
  readonly #limit: number;
  #fresh: string[] = [];
  #size = 0;
  #overflowed = 0;

  constructor(limit = LIMIT) {
    this.#limit = limit;
  }

  /** Code of a text; -1 for undefined. */
  code(text: string | undefined): number {
    if (text === undefined) return -1;
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    if (this.#size < this.#limit) return this.#add(text);
    this.#overflowed++;
    return this.#codes.get(OVERFLOW_TEXT) ?? this.#add(OVERFLOW_TEXT);
  }

  /** How often a text found no code of its own. */
  get overflowed(): number {
    return this.#overflowed;
  }
  knows(text: string): boolean {
    return this.#codes.has(text);
  }
  get size(): number {
    return this.#size;
  }

  /** Texts added since the last call; `first` is the code of the first, the others follow. */
  takeNew(): { readonly first: number; readonly texts: readonly string[] } {
    const texts = this.#fresh;
    this.#fresh = [];
    return { first: this.#size - texts.length, texts };
  }

  #add(text: string): number {
    const code = this.#size++;
    this.#codes.set(text, code);
    this.#fresh.push(text);
    return code;
  }
}
