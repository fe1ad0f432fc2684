/** A longer line is no line of a trace; it is told as a fault, and not kept in memory. */
export const LONGEST_LINE = 16 * 1024 * 1024;

const NEWLINE = 0x0a;

/** Told of each line without its end; `undefined` stands for one that is too long. False ends the reading. */
export type EachLine = (text: string | undefined, number: number) => boolean;

/** Cuts bytes into lines of UTF-8, whatever the pieces they come in; keeps at most one line in memory. */
export class LineSplitter {
  readonly #each: EachLine;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #tooLong = false;
  #number = 0;

  constructor(each: EachLine) {
    this.#each = each;
  }

  /** False once nobody wants any more. */
  push(chunk: Buffer): boolean {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, from);
      if (end < 0) break;
      if (!this.#tell(chunk.subarray(from, end))) return false;
      from = end + 1;
    }
    this.#keep(chunk.subarray(from));
    return true;
  }

  /** The last line, which may lack its end. */
  end(): void {
    if (this.#keptBytes > 0 || this.#tooLong) this.#tell(Buffer.alloc(0));
  }

  #tell(last: Buffer): boolean {
    const tooLong = this.#tooLong || this.#keptBytes + last.length > LONGEST_LINE;
    const bytes = this.#kept.length === 0 ? last : Buffer.concat([...this.#kept, last]);
    this.#kept = [];
    this.#keptBytes = 0;
    this.#tooLong = false;
    this.#number++;
    if (tooLong) return this.#each(undefined, this.#number);
    const text = bytes.toString("utf8");
    return this.#each(this.#number === 1 ? text.replace(/^\uFEFF/, "") : text, this.#number);
  }

  #keep(rest: Buffer): void {
    if (rest.length === 0 || this.#tooLong) return;
    if (this.#keptBytes + rest.length > LONGEST_LINE) {
      this.#tooLong = true;
      this.#kept = [];
      this.#keptBytes = 0;
      return;
    }
    // The chunk's memory is used again for the next one.
    this.#kept.push(Buffer.from(rest));
    this.#keptBytes += rest.length;
  }
}
