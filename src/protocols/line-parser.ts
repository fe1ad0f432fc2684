import { type EventParser, type EventSink, MAX_EVENT_BYTES } from "./sse.ts";
import { TextBuffer } from "./text-buffer.ts";

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
/** Codes of coded lines are one or two characters. */
const MAX_CODE = 2;

/**
 * Lines, each an event: of JSON (NDJSON), or of a code, a colon and JSON (`0:"text"`), whose code is then the event's name. A line that lies
 * whole in one pushed span is handed on in place; blank lines are nothing.
 */
export class LineParser implements EventParser {
  overflow = false;
  eventStart = -1;
  eventEnd = -1;
  readonly idStart = -1;
  readonly idEnd = -1;
  private readonly sink: EventSink;
  private readonly coded: boolean;
  private readonly line = new TextBuffer();

  constructor(sink: EventSink, coded: boolean) {
    this.sink = sink;
    this.coded = coded;
  }

  get atEventStart(): boolean {
    return this.line.length === 0;
  }

  reset(): void {
    this.overflow = false;
    this.line.clear();
  }

  push(bytes: Buffer, start: number, end: number): void {
    if (this.overflow) return;
    let at = start;
    while (at < end) {
      const found = bytes.indexOf(LF, at);
      if (found < 0 || found >= end) {
        this.line.append(bytes, at, end);
        break;
      }
      const wanted = this.line.length === 0 ? this.inPlace(bytes, at, found) : this.carried(bytes, at, found);
      if (!wanted) return;
      at = found + 1;
    }
    if (this.line.length > MAX_EVENT_BYTES) this.overflow = true;
  }

  finish(): void {
    if (!this.overflow && this.line.length > 0) this.carried(this.line.bytes, 0, 0);
  }

  /** False where the sink wants no more. */
  private inPlace(bytes: Buffer, start: number, end: number): boolean {
    this.eventStart = start;
    this.eventEnd = end + 1;
    return this.event(bytes, start, end);
  }

  private carried(bytes: Buffer, start: number, end: number): boolean {
    const { line } = this;
    line.append(bytes, start, end);
    this.eventStart = -1;
    const wanted = this.event(line.bytes, 0, line.length);
    line.clear();
    return wanted;
  }

  private event(bytes: Buffer, start: number, end: number): boolean {
    const stop = end > start && bytes[end - 1] === CR ? end - 1 : end;
    if (stop === start) return true;
    if (this.coded) {
      for (let at = start + 1; at <= start + MAX_CODE && at < stop; at++) {
        if (bytes[at] === COLON) return this.sink.event(bytes, at + 1, stop, bytes.toString("latin1", start, at));
      }
    }
    return this.sink.event(bytes, start, stop, "");
  }
}
