import { compilePaths, emptyNode, type PathNode, type WantedPath } from "./compile.ts";
import { scanString } from "./string.ts";
import { decodeString } from "./unescape.ts";

/** What a slot holds after a scan. Strings with and without escapes differ, since the latter need no decoding. */
export const KIND = {
  absent: 0,
  string: 1,
  escaped: 2,
  number: 3,
  true: 4,
  false: 5,
  null: 6,
  object: 7,
  array: 8,
} as const;

/** Nesting beyond this is reported as malformed: the scan recurses, and what a target sends is hostile. */
export const MAX_DEPTH = 200;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

const TRUE = Buffer.from("true");
const FALSE = Buffer.from("false");
const NULL = Buffer.from("null");

/**
 * Finds the values at a set of paths in one pass over the bytes of a JSON text, without building anything. Accepts exactly what
 * JSON.parse accepts (nesting up to {@link MAX_DEPTH}; invalid UTF-8 inside strings passes), and of duplicate keys reports the
 * last, as JSON.parse keeps it.
 */
export class Skimmer {
  /** By slot; a string's span leaves out its quotes. Valid where `kinds` is not absent. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly kinds: Uint8Array;
  private readonly root: PathNode;
  private readonly none: PathNode = emptyNode();
  private bytes: Buffer = TRUE;
  private end = 0;
  private scan = 0;
  private escaped = false;

  constructor(paths: readonly WantedPath[], slots: number) {
    this.starts = new Int32Array(slots);
    this.ends = new Int32Array(slots);
    this.kinds = new Uint8Array(slots);
    this.root = compilePaths(paths);
  }

  /** False where the bytes from `start` to `end` are not one JSON value; what was found before the fault is then void. */
  skim(bytes: Buffer, start: number, end: number): boolean {
    this.kinds.fill(KIND.absent);
    this.bytes = bytes;
    this.end = end;
    this.scan = (this.scan + 1) | 0;
    const after = this.value(this.space(start), this.root, 0);
    return after >= 0 && this.space(after) === end;
  }

  private space(from: number): number {
    const bytes = this.bytes;
    const end = this.end;
    let at = from;
    while (at < end) {
      const c = bytes[at] ?? 0;
      if (c > 0x20 || (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09)) break;
      at++;
    }
    return at;
  }

  /** Each of the scanning methods returns the index after what it read, or -1. */
  private value(at: number, node: PathNode, depth: number): number {
    if (at >= this.end) return -1;
    const c = this.bytes[at] ?? 0;
    if (c === QUOTE) {
      const close = this.string(at + 1);
      if (close >= 0 && node.slots.length > 0) {
        this.mark(node, at + 1, close, this.escaped ? KIND.escaped : KIND.string);
      }
      return close < 0 ? -1 : close + 1;
    }
    if (c === OPEN_OBJECT || c === OPEN_ARRAY) {
      if (depth >= MAX_DEPTH) return -1;
      const object = c === OPEN_OBJECT;
      const after = object ? this.object(at + 1, node, depth + 1) : this.array(at + 1, node, depth + 1);
      if (after >= 0 && node.slots.length > 0) this.mark(node, at, after, object ? KIND.object : KIND.array);
      return after;
    }
    let kind: number = KIND.number;
    let after = 0;
    if (c === MINUS || (c >= ZERO && c <= NINE)) {
      after = this.number(at);
    } else if (c === 0x6e) {
      kind = KIND.null;
      after = this.literal(at, NULL);
    } else if (c === 0x74) {
      kind = KIND.true;
      after = this.literal(at, TRUE);
    } else if (c === 0x66) {
      kind = KIND.false;
      after = this.literal(at, FALSE);
    } else {
      return -1;
    }
    if (after >= 0 && node.slots.length > 0) this.mark(node, at, after, kind);
    return after;
  }

  private object(from: number, node: PathNode, depth: number): number {
    const bytes = this.bytes;
    let at = this.space(from);
    if (bytes[at] === CLOSE_OBJECT && at < this.end) return at + 1;
    for (;;) {
      if (at >= this.end || bytes[at] !== QUOTE) return -1;
      const close = this.string(at + 1);
      if (close < 0) return -1;
      const child = node.names.length === 0 ? this.none : this.member(node, at + 1, close);
      at = close + 1;
      if (bytes[at] !== COLON) at = this.space(at);
      if (at >= this.end || bytes[at] !== COLON) return -1;
      at++;
      if ((bytes[at] ?? 0) <= 0x20) at = this.space(at);
      at = this.value(at, child, depth);
      if (at < 0) return -1;
      if (at < this.end && (bytes[at] ?? 0) <= 0x20) at = this.space(at);
      if (at >= this.end) return -1;
      const c = bytes[at];
      at++;
      if (c === CLOSE_OBJECT) return at;
      if (c !== COMMA) return -1;
      if ((bytes[at] ?? 0) <= 0x20) at = this.space(at);
    }
  }

  private array(from: number, node: PathNode, depth: number): number {
    const bytes = this.bytes;
    let at = this.space(from);
    if (bytes[at] === CLOSE_ARRAY && at < this.end) return at + 1;
    for (let index = 0; ; index++) {
      const child = node.indexes.length === 0 ? this.none : this.element(node, index);
      at = this.value(at, child, depth);
      if (at < 0) return -1;
      at = this.space(at);
      if (at >= this.end) return -1;
      const c = bytes[at];
      if (c === CLOSE_ARRAY) return at + 1;
      if (c !== COMMA) return -1;
      at = this.space(at + 1);
    }
  }

  /** Index of the closing quote; tells in `escaped` whether a backslash came by. */
  private string(from: number): number {
    const scanned = scanString(this.bytes, from, this.end);
    this.escaped = (scanned & 1) === 1;
    return scanned >> 1;
  }

  private number(from: number): number {
    const bytes = this.bytes;
    const end = this.end;
    let at = from;
    if (bytes[at] === MINUS) at++;
    const digits = this.digits(at);
    if (digits === at || (bytes[at] === ZERO && digits > at + 1)) return -1;
    at = digits;
    if (at < end && bytes[at] === 0x2e) {
      const fraction = this.digits(at + 1);
      if (fraction === at + 1) return -1;
      at = fraction;
    }
    if (at < end && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
      at++;
      if (at < end && (bytes[at] === 0x2b || bytes[at] === MINUS)) at++;
      const exponent = this.digits(at);
      if (exponent === at) return -1;
      at = exponent;
    }
    return at;
  }

  private digits(from: number): number {
    let at = from;
    while (at < this.end) {
      const c = this.bytes[at] ?? 0;
      if (c < ZERO || c > NINE) break;
      at++;
    }
    return at;
  }

  private literal(at: number, word: Buffer): number {
    if (at + word.length > this.end) return -1;
    for (let i = 1; i < word.length; i++) if (this.bytes[at + i] !== word[i]) return -1;
    return at + word.length;
  }

  private member(node: PathNode, start: number, end: number): PathNode {
    if (this.escaped) return this.escapedMember(node, start, end);
    const names = node.names;
    const length = end - start;
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      if (name !== undefined && name.length === length && this.same(name, start)) return this.enter(node.members[i]);
    }
    return this.none;
  }

  private same(name: Buffer, start: number): boolean {
    const bytes = this.bytes;
    for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name[i]) return false;
    return true;
  }

  private escapedMember(node: PathNode, start: number, end: number): PathNode {
    const key = Buffer.from(decodeString(this.bytes, start, end, true));
    return this.enter(node.members[node.names.findIndex((name) => name.equals(key))]);
  }

  private element(node: PathNode, index: number): PathNode {
    const indexes = node.indexes;
    for (let i = 0; i < indexes.length; i++) if (indexes[i] === index) return this.enter(node.elements[i]);
    return this.none;
  }

  /** A second visit voids what the first one found. */
  private enter(node: PathNode | undefined): PathNode {
    if (node === undefined) return this.none;
    if (node.seen === this.scan) this.clear(node);
    node.seen = this.scan;
    return node;
  }

  private clear(node: PathNode): void {
    for (const slot of node.slots) this.kinds[slot] = KIND.absent;
    for (const member of node.members) this.clear(member);
    for (const element of node.elements) this.clear(element);
  }

  private mark(node: PathNode, start: number, end: number, kind: number): void {
    const slots = node.slots;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] ?? 0;
      this.starts[slot] = start;
      this.ends[slot] = end;
      this.kinds[slot] = kind;
    }
  }
}
