import type { EventParser, EventSink } from "./sse.ts";

/** Messages that the transport tells apart: what is pushed at once is an event. */
export class MessageParser implements EventParser {
  readonly overflow = false;
  readonly atEventStart = true;
  eventStart = -1;
  eventEnd = -1;
  readonly idStart = -1;
  readonly idEnd = -1;
  private readonly sink: EventSink;

  constructor(sink: EventSink) {
    this.sink = sink;
  }

  reset(): void {
    this.eventStart = -1;
    this.eventEnd = -1;
  }

  push(bytes: Buffer, start: number, end: number): void {
    this.eventStart = start;
    this.eventEnd = end;
    if (end > start) this.sink.event(bytes, start, end, "");
  }

  finish(): void {
    // A message is whole when it is pushed.
  }
}
