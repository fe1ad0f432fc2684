/** Bytes (UTF-8) that count as a word: five letters and a space, or two characters of Chinese. */
const BYTES_OF_A_WORD = 6;

/** ms that reading a byte takes at so many words a minute. */
export function readingTime(wordsPerMinute: number): number {
  return 60_000 / (wordsPerMinute * BYTES_OF_A_WORD);
}

/**
 * Somebody who reads along at a steady speed, from the first text on, and waits whenever all that came is read: a player with a buffer, whose
 * rebuffer ratio this is.
 */
export class Reader {
  readonly #msPerByte: number;
  #at = Number.NaN;
  /** ms of reading that have come and are not yet read. */
  #ahead = 0;
  #waited = 0;
  #read = 0;

  constructor(msPerByte: number) {
    this.#msPerByte = msPerByte;
  }

  /** Text of so many bytes came. */
  take(at: number, bytes: number): void {
    const passed = at - this.#at;
    if (passed > this.#ahead) this.#waited += passed - this.#ahead;
    this.#ahead = passed < this.#ahead ? this.#ahead - passed : 0;
    this.#at = at;
    const time = bytes * this.#msPerByte;
    this.#ahead += time;
    this.#read += time;
  }

  /** Share (0 to 1) of the time from the first text to the end of reading that was spent waiting; NaN: there was no text. */
  get rebuffer(): number {
    return this.#read > 0 ? this.#waited / (this.#waited + this.#read) : Number.NaN;
  }
}
