const LF = 0x0a;
const CR = 0x0d;

/** Bytes of one chunk's size line, extensions included. */
const MAX_SIZE_LINE = 4096;
/** Hexadecimal digits of a chunk's size, so that it stays exact in a double. */
const MAX_DIGITS = 12;

const SIZE = 0;
const EXTENSION = 1;
const DATA = 2;
const AFTER_DATA = 3;
const AFTER_DATA_LF = 4;
const TRAILER = 5;

/**
 * The chunked transfer coding (RFC 9112, section 7.1), incremental. The caller takes the data spans that {@link next} finds; trailers
 * are the caller's, since they are header lines.
 */
export class ChunkedReader {
  /** A span of data found by the last {@link next}; empty where start equals end. */
  dataStart = 0;
  dataEnd = 0;
  fault = "";
  private state: number = SIZE;
  private left = 0;
  private digits = 0;
  private lineBytes = 0;

  reset(): void {
    this.fault = "";
    this.state = SIZE;
    this.left = 0;
    this.digits = 0;
    this.lineBytes = 0;
  }

  /** The last chunk's size line was read: trailer lines follow. */
  get atTrailers(): boolean {
    return this.state === TRAILER;
  }

  /** Reads up to and including one data span; returns the index after what it read. */
  next(bytes: Buffer, start: number, end: number): number {
    let at = start;
    this.dataStart = 0;
    this.dataEnd = 0;
    while (at < end) {
      switch (this.state) {
        case DATA: {
          const stop = Math.min(end, at + this.left);
          this.dataStart = at;
          this.dataEnd = stop;
          this.left -= stop - at;
          if (this.left === 0) this.state = AFTER_DATA;
          return stop;
        }
        case SIZE:
        case EXTENSION:
          at = this.sizeLine(bytes, at, end);
          if (this.fault !== "" || this.atTrailers) return at;
          break;
        case AFTER_DATA: {
          const c = bytes[at++];
          if (c === CR) this.state = AFTER_DATA_LF;
          else if (c === LF) this.state = SIZE;
          else return this.fail(at);
          break;
        }
        case AFTER_DATA_LF:
          if (bytes[at++] !== LF) return this.fail(at);
          this.state = SIZE;
          break;
        default:
          return at;
      }
    }
    return at;
  }

  private sizeLine(bytes: Buffer, start: number, end: number): number {
    for (let at = start; at < end; at++) {
      const c = bytes[at] ?? 0;
      if (++this.lineBytes > MAX_SIZE_LINE) return this.fail(at);
      if (c === LF) {
        if (this.digits === 0) return this.fail(at);
        this.state = this.left === 0 ? TRAILER : DATA;
        this.digits = 0;
        this.lineBytes = 0;
        return at + 1;
      }
      if (this.state === EXTENSION) continue;
      const digit = hexDigit(c);
      if (digit >= 0) {
        if (++this.digits > MAX_DIGITS) return this.fail(at);
        this.left = this.left * 16 + digit;
      } else if ((c === 0x3b || c === CR || c === 0x20 || c === 0x09) && this.digits > 0) {
        this.state = EXTENSION;
      } else {
        return this.fail(at);
      }
    }
    return end;
  }

  private fail(at: number): number {
    this.fault = "bad-chunk";
    return at;
  }
}

function hexDigit(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
