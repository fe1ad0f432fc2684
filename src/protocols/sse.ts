import { TextBuffer } from "./text-buffer.ts";

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const BOM = [0xef, 0xbb, 0xbf] as const;

/** An event of more bytes than this is not read further. */
export const MAX_EVENT_BYTES = 1024 * 1024;

export interface EventSink {
  /**
   * One event: its data lies in `bytes` from `start` to `end`, valid during the call only. `name` is "" where the stream gave
   * none. False stops the parser: the rest of what was pushed is not read.
   */
  event(bytes: Buffer, start: number, end: number, name: string): boolean;
}

/** Cuts a body into events, from bytes cut anywhere. */
export interface EventParser {
  /** An event exceeded {@link MAX_EVENT_BYTES}; nothing more is read. */
  readonly overflow: boolean;
  /** Nothing of an event has been read: the next byte begins one. */
  readonly atEventStart: boolean;
  /** Where the event that a sink is told of begins and ends in what is being pushed, its framing included; -1 where it began before that. */
  readonly eventStart: number;
  readonly eventEnd: number;
  /** Span of a number that the framing itself gives the event (the SSE field `id`), in place; -1: none. */
  readonly idStart: number;
  readonly idEnd: number;
  reset(): void;
  push(bytes: Buffer, start: number, end: number): void;
  /** End of the body: an event that lacks its end is dispatched too. */
  finish(): void;
}

/**
 * Server-sent events (WHATWG HTML, section 9.2) from bytes cut anywhere. Data of a single line that lies whole in one pushed span is handed
 * on in place; what the end of a span cuts is copied. `id` and `retry` mean nothing to a load test.
 */
export class SseParser implements EventParser {
  overflow = false;
  eventStart = -1;
  eventEnd = -1;
  idStart = -1;
  idEnd = -1;
  private readonly sink: EventSink;
  private readonly line = new TextBuffer();
  private readonly data = new TextBuffer();
  private name = "";
  private dataLines = 0;
  /** The data is the span `inStart` to `inEnd` of the bytes now being pushed, not in `data`. */
  private inPlace = false;
  private inStart = 0;
  private inEnd = 0;
  private skipLf = false;
  /** Bytes of a byte order mark matched so far; 3 once the question is settled. */
  private bom = 0;

  constructor(sink: EventSink) {
    this.sink = sink;
  }

  reset(): void {
    this.overflow = false;
    this.line.clear();
    this.data.clear();
    this.name = "";
    this.dataLines = 0;
    this.inPlace = false;
    this.skipLf = false;
    this.bom = 0;
  }

  get atEventStart(): boolean {
    return (
      this.dataLines === 0 && !this.skipLf && this.line.length === 0 && this.name === "" && this.bom === BOM.length
    );
  }

  push(bytes: Buffer, start: number, end: number): void {
    if (this.overflow) return;
    let at = this.bom < BOM.length ? this.skipBom(bytes, start, end) : start;
    if (this.skipLf && at < end) {
      if (bytes[at] === LF) at++;
      this.skipLf = false;
    }
    this.eventStart = this.atEventStart ? at : -1;
    this.idStart = -1;
    while (at < end) {
      const lineEnd = endOfLine(bytes, at, end);
      if (lineEnd === end) {
        this.line.append(bytes, at, end);
        break;
      }
      let next = lineEnd + 1;
      if (bytes[lineEnd] === CR) {
        if (next === end) this.skipLf = true;
        else if (bytes[next] === LF) next++;
      }
      const blank = lineEnd === at && this.line.length === 0;
      // Whether a last CR has its LF, the next span tells.
      if (blank) this.eventEnd = this.skipLf ? -1 : next;
      if (!this.takeLine(bytes, at, lineEnd)) return;
      at = next;
      if (blank) {
        this.eventStart = at;
        this.idStart = -1;
      }
    }
    if (this.inPlace) {
      this.data.append(bytes, this.inStart, this.inEnd);
      this.inPlace = false;
    }
    if (this.line.length + this.data.length > MAX_EVENT_BYTES) this.overflow = true;
  }

  finish(): void {
    if (this.overflow) return;
    this.eventStart = -1;
    if (this.line.length > 0 && !this.takeLine(this.line.bytes, 0, 0)) return;
    this.dispatch(this.data.bytes);
  }

  /** False where the sink wants no more. */
  private takeLine(bytes: Buffer, start: number, end: number): boolean {
    if (this.line.length === 0) {
      if (start === end) return this.dispatch(bytes);
      this.field(bytes, start, end, true);
      return true;
    }
    this.line.append(bytes, start, end);
    this.field(this.line.bytes, 0, this.line.length, false);
    this.line.clear();
    return true;
  }

  private field(bytes: Buffer, start: number, end: number, inPlace: boolean): void {
    if (isWord(bytes, start, end, DATA)) {
      const from = valueStart(bytes, start + DATA.length, end);
      if (this.dataLines === 0 && inPlace) {
        this.inPlace = true;
        this.inStart = from;
        this.inEnd = end;
      } else {
        this.joinData(bytes, from, end, inPlace);
      }
      this.dataLines++;
    } else if (isWord(bytes, start, end, EVENT)) {
      this.name = bytes.toString("utf8", valueStart(bytes, start + EVENT.length, end), end);
    } else if (inPlace && isWord(bytes, start, end, ID)) {
      this.idStart = valueStart(bytes, start + ID.length, end);
      this.idEnd = end;
    }
  }

  /** `bytes` holds the earlier line too where that one is still in place: a carried line cannot follow one that is. */
  private joinData(bytes: Buffer, start: number, end: number, inPlace: boolean): void {
    if (this.inPlace && inPlace) {
      this.data.append(bytes, this.inStart, this.inEnd);
      this.inPlace = false;
    }
    if (this.dataLines > 0) this.data.appendByte(LF);
    this.data.append(bytes, start, end);
  }

  private dispatch(bytes: Buffer): boolean {
    const name = this.name;
    const lines = this.dataLines;
    const inPlace = this.inPlace;
    this.name = "";
    this.dataLines = 0;
    this.inPlace = false;
    if (lines === 0) return true;
    if (inPlace) return this.sink.event(bytes, this.inStart, this.inEnd, name);
    const wanted = this.sink.event(this.data.bytes, 0, this.data.length, name);
    this.data.clear();
    return wanted;
  }

  private skipBom(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && this.bom < BOM.length) {
      if (bytes[at] !== BOM[this.bom]) {
        for (let i = 0; i < this.bom; i++) this.line.appendByte(BOM[i] ?? 0);
        this.bom = BOM.length;
        return at;
      }
      this.bom++;
      at++;
    }
    return at;
  }
}

const DATA = Buffer.from("data");
const EVENT = Buffer.from("event");
const ID = Buffer.from("id");

function endOfLine(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const c = bytes[at];
    if (c === LF || c === CR) return at;
  }
  return end;
}

/** Whether the line's field name is `word`: it is followed by a colon or by nothing. */
function isWord(bytes: Buffer, start: number, end: number, word: Buffer): boolean {
  const after = start + word.length;
  if (after > end || (after < end && bytes[after] !== COLON)) return false;
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
  return true;
}

/** Past the colon and one space, if they are there. */
function valueStart(bytes: Buffer, afterName: number, end: number): number {
  if (afterName >= end) return end;
  return afterName + 1 < end && bytes[afterName + 1] === SPACE ? afterName + 2 : afterName + 1;
}
