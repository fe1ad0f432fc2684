import { TextBuffer } from "../text-buffer.ts";
import { HEADERS, ResponseHead } from "./response-head.ts";

export const MAX_HEAD_BYTES = 64 * 1024;
export const MAX_FIELDS = 256;

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const PREFIX = Buffer.from("HTTP/1.");

const STATUS_LINE = 0;
const FIELDS = 1;
const COMPLETE = 2;

/** Lengths of the known names: most lines are told apart from them by length alone. */
const KNOWN_LENGTHS = new Set(Object.keys(HEADERS).map((name) => name.length));

/** A status line and header fields, or the fields of a trailer, line by line. Bare LF is taken for a line's end. */
export class HeadParser {
  readonly head = new ResponseHead();
  fault = "";
  /** A byte of the status line has come. */
  begun = false;
  private state = STATUS_LINE;
  private readonly carry = new TextBuffer();
  private bytesRead = 0;
  private fields = 0;
  private trailers = false;
  /** A known field waits for a possible continuation line (obs-fold) before it is taken. */
  private pendingName = "";
  private pendingValue = "";

  get complete(): boolean {
    return this.state === COMPLETE;
  }

  reset(): void {
    this.head.reset();
    this.fault = "";
    this.begun = false;
    this.state = STATUS_LINE;
    this.carry.clear();
    this.bytesRead = 0;
    this.fields = 0;
    this.trailers = false;
    this.pendingName = "";
    this.pendingValue = "";
  }

  /** Trailer fields follow: they are counted and left unread, since framing and routing must not come from them. */
  beginTrailers(): void {
    this.state = FIELDS;
    this.trailers = true;
    this.bytesRead = 0;
  }

  read(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && this.state !== COMPLETE) {
      const stop = endOfLine(bytes, at, end);
      this.bytesRead += stop - at;
      if (this.bytesRead > MAX_HEAD_BYTES) return this.fail("head-too-large", end);
      this.begun = true;
      if (stop === end && bytes[end - 1] !== LF) {
        this.carry.append(bytes, at, end);
        if (this.state === STATUS_LINE && !isPrefix(this.carry.bytes, 0, this.carry.length))
          return this.fail("not-http", end);
        return end;
      }
      if (this.carry.length === 0) {
        this.line(bytes, at, stop - 1);
      } else {
        this.carry.append(bytes, at, stop);
        this.line(this.carry.bytes, 0, this.carry.length - 1);
        this.carry.clear();
      }
      if (this.fault !== "") return end;
      at = stop;
    }
    return at;
  }

  /** `end` is the index of the LF. */
  private line(bytes: Buffer, start: number, end: number): void {
    const stop = end > start && bytes[end - 1] === CR ? end - 1 : end;
    if (this.state === STATUS_LINE) this.statusLine(bytes, start, stop);
    else if (stop === start) this.endOfFields();
    else this.field(bytes, start, stop);
  }

  private statusLine(bytes: Buffer, start: number, end: number): void {
    // 12 bytes: HTTP/1.1 200
    if (end - start < 12 || !isPrefix(bytes, start, end)) {
      this.fault = "not-http";
      return;
    }
    const minor = (bytes[start + 7] ?? 0) - 0x30;
    const status = bytes.toString("latin1", start + 9, start + 12);
    const after = start + 12;
    if (
      minor < 0 ||
      minor > 9 ||
      bytes[start + 8] !== SPACE ||
      !/^[1-9]\d\d$/.test(status) ||
      (after < end && bytes[after] !== SPACE)
    ) {
      this.fault = "bad-status-line";
      return;
    }
    this.head.minor = minor;
    this.head.status = Number(status);
    this.state = FIELDS;
  }

  private field(bytes: Buffer, start: number, end: number): void {
    if (++this.fields > MAX_FIELDS) {
      this.fault = "too-many-headers";
      return;
    }
    const first = bytes[start];
    if (first === SPACE || first === TAB) {
      if (this.pendingName !== "") this.pendingValue += ` ${bytes.toString("latin1", start, end).trim()}`;
      return;
    }
    this.takePending();
    let colon = start;
    while (colon < end && bytes[colon] !== COLON) colon++;
    if (colon === end || colon === start || bytes[colon - 1] === SPACE || bytes[colon - 1] === TAB) {
      this.fault ||= "bad-header";
      return;
    }
    if (this.trailers || !KNOWN_LENGTHS.has(colon - start)) return;
    const name = bytes.toString("latin1", start, colon).toLowerCase();
    if (!Object.hasOwn(HEADERS, name)) return;
    this.pendingName = name;
    this.pendingValue = bytes.toString("latin1", colon + 1, end).trim();
  }

  private takePending(): void {
    if (this.pendingName === "") return;
    const fault = HEADERS[this.pendingName]?.(this.head, this.pendingValue);
    this.pendingName = "";
    this.pendingValue = "";
    if (fault !== undefined) this.fault = fault;
  }

  private endOfFields(): void {
    this.takePending();
    this.state = COMPLETE;
  }

  private fail(fault: string, at: number): number {
    this.fault = fault;
    return at;
  }
}

/** Index after the LF, or `end`. */
function endOfLine(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === LF) return at + 1;
  return end;
}

/** Whether the bytes so far can begin a status line. */
function isPrefix(bytes: Buffer, start: number, end: number): boolean {
  const length = Math.min(PREFIX.length, end - start);
  for (let i = 0; i < length; i++) if (bytes[start + i] !== PREFIX[i]) return false;
  return true;
}
