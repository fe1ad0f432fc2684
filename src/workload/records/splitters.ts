const LF = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const DASH = 0x2d;
const SPACE = 0x20;
const TAB = 0x09;
const CR = 0x0d;

/** Finds where records end in bytes that come in pieces. */
export interface Splitter {
  /** Index of the line feed that ends the record, looked for in `bytes` from `from` to `to`; -1: the record goes on. */
  end(bytes: Buffer, from: number, to: number): number;
  /** Line feeds inside the record that ended last. */
  readonly inner: number;
  /** The file ended: the line on which a quote opened that never closed, counted from the record's first as 0. */
  open(): number | undefined;
}

/** Every line is a record. */
export function lineSplitter(): Splitter {
  return {
    end: (bytes, from, to) => {
      const at = bytes.indexOf(LF, from);
      return at < to ? at : -1;
    },
    inner: 0,
    open: () => undefined,
  };
}

const CELL_START = 0;
const PLAIN = 1;
const QUOTED = 2;
/** After a quote inside a quoted cell: the second half of a doubled one follows, or the quotes are over. */
const MAYBE_CLOSED = 3;

/** Rows of comma-separated values as RFC 4180 gives them: a quoted cell may hold line feeds. A quote inside an unquoted cell is a character. */
export class CsvSplitter implements Splitter {
  inner = 0;
  #state = CELL_START;
  #lines = 0;
  #openedAt = 0;

  end(bytes: Buffer, from: number, to: number): number {
    let state = this.#state;
    for (let i = from; i < to; i++) {
      const byte = bytes[i];
      if (state === QUOTED) {
        if (byte === QUOTE) state = MAYBE_CLOSED;
        else if (byte === LF) this.#lines++;
        continue;
      }
      if (byte === LF) {
        this.inner = this.#lines;
        this.#lines = 0;
        this.#state = CELL_START;
        return i;
      }
      if (byte === COMMA) state = CELL_START;
      else if (byte !== QUOTE) state = PLAIN;
      else if (state === CELL_START) {
        state = QUOTED;
        this.#openedAt = this.#lines;
      } else if (state === MAYBE_CLOSED) state = QUOTED;
    }
    this.#state = state;
    return -1;
  }

  open(): number | undefined {
    return this.#state === QUOTED ? this.#openedAt : undefined;
  }
}

/** Blocks of lines between lines of `---`; the line that ends a block is part of it. */
export class BlockSplitter implements Splitter {
  inner = 0;
  #lines = 0;
  /** Bytes of the line so far, as long as it may still be a rule: dashes, then spaces. */
  #dashes = 0;
  #spaces = false;
  #other = false;

  end(bytes: Buffer, from: number, to: number): number {
    for (let i = from; i < to; i++) {
      const byte = bytes[i];
      if (byte === LF) {
        const rule = this.#dashes === 3 && !this.#other;
        this.#dashes = 0;
        this.#spaces = false;
        this.#other = false;
        if (rule) {
          this.inner = this.#lines;
          this.#lines = 0;
          return i;
        }
        this.#lines++;
      } else if (byte === DASH && !this.#spaces) this.#dashes++;
      else if (byte === SPACE || byte === TAB || byte === CR) this.#spaces = true;
      else this.#other = true;
    }
    return -1;
  }

  open(): undefined {
    return undefined;
  }
}
