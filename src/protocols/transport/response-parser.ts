import { ChunkedReader } from "./chunked.ts";
import { HeadParser } from "./head-parser.ts";
import type { ResponseHead } from "./response-head.ts";

export interface ResponseSink {
  /** The final response's headers are whole. */
  head(head: ResponseHead): void;
  /** A span of the body, transfer coding removed; valid during the call only. */
  body(bytes: Buffer, start: number, end: number): void;
  /** The message is whole. */
  messageEnd(): void;
}

const HEAD = 0;
const LENGTH = 1;
const CHUNKS = 2;
const TRAILERS = 3;
const UNTIL_CLOSE = 4;
const DONE = 5;
const BROKEN = 6;

/**
 * HTTP/1.1 responses (RFC 9112), incremental and bounded. One parser serves one connection, message after message; {@link reset} begins
 * the next. A fault is a word in {@link fault}: no exception leaves it.
 */
export class ResponseParser {
  fault = "";
  /** The final headers have been read. */
  inBody = false;
  private readonly headers = new HeadParser();
  private readonly chunks = new ChunkedReader();
  private sink: ResponseSink | undefined;
  private state = DONE;
  private left = 0;
  private bodiless = false;
  private upgrade = false;

  get head(): ResponseHead {
    return this.headers.head;
  }

  get complete(): boolean {
    return this.state === DONE;
  }

  /** Bytes of the final response have come. */
  get begun(): boolean {
    return this.state !== HEAD || this.headers.begun;
  }

  /** Only the end of the connection ends the body. */
  get untilClose(): boolean {
    return this.state === UNTIL_CLOSE;
  }

  /** `upgrade`: another protocol was asked for; its bytes follow the head with status 101, which is then the message. */
  reset(method: string, sink: ResponseSink, upgrade = false): void {
    this.upgrade = upgrade;
    this.sink = sink;
    this.fault = "";
    this.headers.reset();
    this.chunks.reset();
    this.inBody = false;
    this.state = HEAD;
    this.left = 0;
    this.bodiless = method === "HEAD";
  }

  /** Returns the index after what belongs to the message; less than `end` once the message is whole and more has come. */
  execute(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end) {
      switch (this.state) {
        case HEAD:
          at = this.headers.read(bytes, at, end);
          if (this.headers.fault !== "") return this.fail(this.headers.fault, end);
          if (this.headers.complete) this.beginBody();
          break;
        case LENGTH: {
          const stop = Math.min(end, at + this.left);
          this.left -= stop - at;
          const from = at;
          at = stop;
          this.sink?.body(bytes, from, stop);
          if (this.left === 0) this.finish();
          break;
        }
        case CHUNKS:
          at = this.chunks.next(bytes, at, end);
          if (this.chunks.dataEnd > this.chunks.dataStart) {
            this.sink?.body(bytes, this.chunks.dataStart, this.chunks.dataEnd);
          } else if (this.chunks.fault !== "") {
            return this.fail(this.chunks.fault, end);
          } else if (this.chunks.atTrailers) {
            this.headers.beginTrailers();
            this.state = TRAILERS;
          }
          break;
        case TRAILERS:
          at = this.headers.read(bytes, at, end);
          if (this.headers.fault !== "") return this.fail(this.headers.fault, end);
          if (this.headers.complete) this.finish();
          break;
        case UNTIL_CLOSE: {
          const from = at;
          at = end;
          this.sink?.body(bytes, from, end);
          break;
        }
        default:
          return at;
      }
    }
    return at;
  }

  /** The connection's end: ends a body that has no other end, and else says whether the message had been whole. */
  endOfInput(): boolean {
    if (this.state === UNTIL_CLOSE) this.finish();
    return this.state === DONE;
  }

  private beginBody(): void {
    const head = this.headers.head;
    const status = head.status;
    if (status === 101 && this.upgrade) {
      this.sink?.head(head);
      this.finish();
      return;
    }
    if (status === 101) {
      this.fail("switching-protocols", 0);
      return;
    }
    if (status < 200) {
      this.headers.reset();
      return;
    }
    this.inBody = true;
    if (this.bodiless || status === 204 || status === 304) {
      this.state = LENGTH;
      this.left = 0;
    } else if (head.chunked) {
      // Both framings at once is how requests are smuggled; the coding wins and the connection is not used again (RFC 9112, 6.3).
      if (head.contentLength >= 0) head.close = true;
      this.state = CHUNKS;
    } else if (head.contentLength >= 0) {
      this.state = LENGTH;
      this.left = head.contentLength;
    } else {
      this.state = UNTIL_CLOSE;
    }
    this.sink?.head(head);
    if (this.state === LENGTH && this.left === 0) this.finish();
  }

  private finish(): void {
    this.state = DONE;
    this.sink?.messageEnd();
  }

  private fail(fault: string, at: number): number {
    this.fault = fault;
    this.state = BROKEN;
    return at;
  }
}
