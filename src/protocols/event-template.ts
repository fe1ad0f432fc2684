import { scanString } from "./skim/index.ts";

/** A template longer than this is not worth its memory in each stream. */
const MAX_SIZE = 2048;
/** Events in a row that did not fit before learning is given up: their other fields change every time. */
const MAX_MISSES = 8;

const FIELD = Buffer.from("data: ");
const LF = 0x0a;
const CR = 0x0d;

/** Of a call: a piece of the arguments of the tool call that is open. */
export type TokenKind = "answer" | "reasoning" | "call";

/** Words are compared four bytes at a time through a view; the view of the buffer that all sockets read into is made once. */
export class ViewCache {
  private bytes: Buffer | undefined;
  private view: DataView = new DataView(new ArrayBuffer(0));

  of(bytes: Buffer): DataView {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    return this.view;
  }
}

/**
 * The events of one stream differ in one string as a rule: the token. A template holds the bytes before and after it, from `data: ` to the
 * blank line. An event that equals them around a valid JSON string has, by JSON's grammar, the structure of the event that was
 * learned, so neither the event parser nor the skimmer need look at it.
 */
export class EventTemplate {
  /** Span of the token in the event that {@link match} found, and whether it holds escapes. */
  tokenStart = 0;
  tokenEnd = 0;
  escaped = false;
  /** What the string that differs is. */
  kind: TokenKind = "answer";
  ready = false;
  private readonly views: ViewCache;
  private memory: Buffer | undefined;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private prefix = 0;
  private suffix = 0;
  private misses = 0;

  constructor(views: ViewCache) {
    this.views = views;
  }

  reset(): void {
    this.ready = false;
    this.misses = 0;
  }

  /** Index after the event that begins at `start`; -1 where it does not fit. */
  match(bytes: Buffer, start: number, end: number): number {
    const { prefix, suffix } = this;
    if (start + prefix + suffix > end) return -1;
    const view = this.views.of(bytes);
    if (!equal(this.view, 0, view, start, prefix)) return this.miss();
    const tokenStart = start + prefix;
    const scanned = scanString(bytes, tokenStart, end);
    const tokenEnd = scanned >> 1;
    if (scanned < 0 || tokenEnd + suffix > end) return -1;
    if (!equal(this.view, prefix, view, tokenEnd, suffix)) return this.miss();
    this.misses = 0;
    this.tokenStart = tokenStart;
    this.tokenEnd = tokenEnd;
    this.escaped = (scanned & 1) === 1;
    return tokenEnd + suffix;
  }

  /**
   * Takes an event for the pattern of the next ones: its data from `start` to `end`, in place in what was pushed up to `limit`, and in it
   * the token's span.
   */
  learn(
    bytes: Buffer,
    start: number,
    end: number,
    tokenStart: number,
    tokenEnd: number,
    kind: TokenKind,
    limit: number,
  ): void {
    if (this.misses > MAX_MISSES) return;
    const from = start - FIELD.length;
    if (from < 0 || !startsWith(bytes, from, FIELD)) return;
    const after = blankLineEnd(bytes, end, limit);
    const prefix = tokenStart - from;
    const suffix = after - tokenEnd;
    if (after < 0 || prefix + suffix > MAX_SIZE) return;
    this.memory ??= this.allocate();
    bytes.copy(this.memory, 0, from, tokenStart);
    bytes.copy(this.memory, prefix, tokenEnd, after);
    this.prefix = prefix;
    this.suffix = suffix;
    this.kind = kind;
    this.ready = true;
  }

  private allocate(): Buffer {
    const memory = Buffer.allocUnsafeSlow(MAX_SIZE);
    this.view = new DataView(memory.buffer, memory.byteOffset, memory.length);
    return memory;
  }

  private miss(): number {
    if (++this.misses > MAX_MISSES) this.ready = false;
    return -1;
  }
}

function equal(a: DataView, aStart: number, b: DataView, bStart: number, length: number): boolean {
  let i = 0;
  for (; i + 4 <= length; i += 4) if (a.getInt32(aStart + i) !== b.getInt32(bStart + i)) return false;
  for (; i < length; i++) if (a.getUint8(aStart + i) !== b.getUint8(bStart + i)) return false;
  return true;
}

function startsWith(bytes: Buffer, start: number, word: Buffer): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
  return true;
}

/** Index after two line ends (both LF, or both CR LF) at `at`; -1 where they are not there. */
function blankLineEnd(bytes: Buffer, at: number, limit: number): number {
  if (at + 2 <= limit && bytes[at] === LF && bytes[at + 1] === LF) return at + 2;
  if (at + 4 > limit) return -1;
  return bytes[at] === CR && bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF ? at + 4 : -1;
}
