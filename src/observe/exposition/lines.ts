import { Refusal } from "./refusal.ts";

const NEWLINE = 10;

/**
 * Bytes, in pieces cut anywhere, as lines without their ends. Throws {@link Refusal} where a line is longer than `mostBytes`, so that an
 * answer without line ends takes no more memory than that. Bytes that are no UTF-8 become U+FFFD.
 */
export class Lines {
  readonly #mostBytes: number;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #rest: Uint8Array[] = [];
  #restBytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  push(bytes: Uint8Array, line: (text: string) => void): void {
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      this.#keep(bytes.subarray(from, end));
      line(this.#take());
      from = end + 1;
    }
    if (from < bytes.length) this.#keep(bytes.slice(from));
  }

  /** What came after the last line's end; undefined for nothing. */
  end(): string | undefined {
    return this.#restBytes === 0 ? undefined : this.#take();
  }

  #keep(bytes: Uint8Array): void {
    this.#restBytes += bytes.length;
    if (this.#restBytes > this.#mostBytes) {
      throw new Refusal("line-too-long", `a line is longer than ${this.#mostBytes} bytes`);
    }
    this.#rest.push(bytes);
  }

  #take(): string {
    const [only] = this.#rest;
    const whole = this.#rest.length === 1 && only !== undefined ? only : Buffer.concat(this.#rest);
    this.#rest = [];
    this.#restBytes = 0;
    const text = this.#decoder.decode(whole);
    return text.endsWith("\r") ? text.slice(0, -1) : text;
  }
}
