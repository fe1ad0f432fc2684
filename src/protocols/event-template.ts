import { scanString } from "./skim/index.ts";

/** A template longer than this is not worth its memory in each stream. */
const MAX_SIZE = 2048;
/** Places in which the events differ, beside the token. */
const MAX_HOLES = 6;
/** Events in a row that did not fit before learning is given up: their other fields change every time. */
const MAX_MISSES = 8;

const LF = 0x0a;
const CR = 0x0d;
const ZERO = 0x30;
const NINE = 0x39;

/** Of a call: a piece of the arguments of the tool call that is open. */
export type TokenKind = "answer" | "reasoning" | "call";

/** What may stand in a place where the events differ. The inside of a JSON string; the token is one too; an integer; the rest of a line. */
export const HOLE = { token: 0, string: 1, integer: 2, line: 3 } as const;

/** One such place in the event that is learned. */
export interface Hole {
  readonly start: number;
  readonly end: number;
  readonly kind: number;
}

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
 * The events of one stream differ in one string as a rule: the token; and with some servers in numbers and times that mean nothing here. A
 * template holds the bytes between these holes, from the event's first byte to its last. An event that equals them, with a valid string or
 * integer in each hole, has by JSON's grammar the structure of the event that was learned, so neither the event parser nor
 * the skimmer need look at it.
 */
export class EventTemplate {
  /** Span of the token in the event that {@link match} found, and whether it holds escapes. */
  tokenStart = 0;
  tokenEnd = 0;
  escaped = false;
  /** What the token is. */
  kind: TokenKind = "answer";
  ready = false;
  private readonly views: ViewCache;
  private memory: Buffer | undefined;
  private view: DataView = new DataView(new ArrayBuffer(0));
  /** Bytes before each hole; those after the last hole are `tail`. */
  private readonly before = new Int32Array(MAX_HOLES + 1);
  private readonly kinds = new Uint8Array(MAX_HOLES + 1);
  private holes = 0;
  private tail = 0;
  private fixed = 0;
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
    if (start + this.fixed > end) return -1;
    const view = this.views.of(bytes);
    const { before, kinds, holes, tail } = this;
    let at = start;
    let from = 0;
    for (let i = 0; i < holes; i++) {
      const length = before[i] ?? 0;
      if (at + length > end) return -1;
      if (!equal(this.view, from, view, at, length)) return this.miss();
      at += length;
      from += length;
      const kind = kinds[i] ?? 0;
      if (kind <= HOLE.string) {
        const scanned = scanString(bytes, at, end);
        if (scanned < 0) return -1;
        if (kind === HOLE.token) {
          this.tokenStart = at;
          this.tokenEnd = scanned >> 1;
          this.escaped = (scanned & 1) === 1;
        }
        at = scanned >> 1;
      } else {
        const after = kind === HOLE.integer ? integerEnd(bytes, at, end) : lineEnd(bytes, at, end);
        if (after < 0) return -1;
        at = after;
      }
    }
    if (at + tail > end) return -1;
    if (!equal(this.view, from, view, at, tail)) return this.miss();
    this.misses = 0;
    return at + tail;
  }

  /** Takes an event, which lies in `bytes` from `start` to `end`, for the pattern of the next ones; `holes` in any order, one of them the token. */
  learn(bytes: Buffer, start: number, end: number, kind: TokenKind, holes: readonly Hole[]): void {
    if (this.misses > MAX_MISSES || start < 0 || holes.length > MAX_HOLES) return;
    const sorted = holes.length === 1 ? holes : holes.toSorted((a, b) => a.start - b.start);
    let fixed = 0;
    let at = start;
    for (const hole of sorted) {
      if (hole.start < at) return;
      fixed += hole.start - at;
      at = hole.end;
    }
    if (at > end || fixed + end - at > MAX_SIZE) return;
    this.memory ??= this.allocate();
    let to = 0;
    at = start;
    sorted.forEach((hole, i) => {
      bytes.copy(this.memory ?? bytes, to, at, hole.start);
      this.before[i] = hole.start - at;
      this.kinds[i] = hole.kind;
      to += hole.start - at;
      at = hole.end;
    });
    bytes.copy(this.memory, to, at, end);
    this.holes = sorted.length;
    this.tail = end - at;
    this.fixed = to + this.tail;
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

/** Index after a JSON integer without sign; -1 where there is none, or where more of it may follow. */
function integerEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const c = bytes[at] ?? 0;
    if (c < ZERO || c > NINE) break;
    at++;
  }
  const leading = bytes[start] === ZERO && at > start + 1;
  return at === start || at === end || leading ? -1 : at;
}

/** Index of the line's end; -1 where it has not come. */
function lineEnd(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === LF || bytes[at] === CR) return at;
  return -1;
}
