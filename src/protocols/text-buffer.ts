import { isUtf8 } from "node:buffer";
import { fnv1a64 } from "./fnv.ts";
import { decodeString } from "./skim/index.ts";

const FIRST_SIZE = 512;
/** Most of the buffers of an attempt are never written to. */
const NOTHING = Buffer.alloc(0);
/** A buffer that one giant answer has grown is not kept for the next. */
const KEPT_SIZE = 1024 * 1024;
/** Below this a loop beats the call into the runtime's copy. */
const SHORT = 48;

/** Bytes that grow; the pieces of an answer are appended raw and decoded once. */
export class TextBuffer {
  bytes: Buffer = NOTHING;
  length = 0;
  /** Whether any piece holds JSON escapes. */
  escaped = false;

  append(from: Buffer, start: number, end: number): void {
    const size = end - start;
    const need = this.length + size;
    if (need > this.bytes.length) this.grow(need);
    if (size <= SHORT) {
      const to = this.bytes;
      let at = this.length;
      for (let i = start; i < end; i++) to[at++] = from[i] ?? 0;
    } else {
      from.copy(this.bytes, this.length, start, end);
    }
    this.length = need;
  }

  appendByte(byte: number): void {
    if (this.length === this.bytes.length) this.grow(this.length + 1);
    this.bytes[this.length++] = byte;
  }

  clear(): void {
    this.length = 0;
    this.escaped = false;
    if (this.bytes.length > KEPT_SIZE) this.bytes = NOTHING;
  }

  text(): string {
    return this.length === 0 ? "" : decodeString(this.bytes, 0, this.length, this.escaped);
  }

  /** FNV-1a 64 of the UTF-8 bytes of `text`, which is what {@link text} returned. */
  hash(text: string): bigint {
    if (this.escaped || !isUtf8(this.bytes.subarray(0, this.length))) {
      const bytes = Buffer.from(text);
      return fnv1a64(bytes, bytes.length);
    }
    return fnv1a64(this.bytes, this.length);
  }

  private grow(need: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(need, this.bytes.length * 2, FIRST_SIZE));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
