import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { chunked, toWire } from "./wire-text.ts";

/** Bytes that may wait for a reader beyond what the kernel's buffers hold; one that is further behind when more is due is cut. */
export const SLOWEST_READER = 256 * 1024;

/**
 * The bytes of one streamed answer. The head waits for the first text of its moment, and later texts go straight to the socket: `response.write` costs
 * several times as much. That is allowed because the head is out and nothing else writes to the connection until the response ends.
 */
export class StreamOut {
  readonly #response: ServerResponse;
  readonly #onSlow: () => void;
  #headOut = false;

  constructor(response: ServerResponse, onSlow: () => void) {
    this.#response = response;
    this.#onSlow = onSlow;
  }

  head(headers: OutgoingHttpHeaders): void {
    this.#response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      ...headers,
    });
    queueMicrotask(() => {
      if (this.#headOut || this.#response.destroyed) return;
      this.#headOut = true;
      this.#response.flushHeaders();
    });
  }

  /** A text as {@link writeReady} takes it. */
  ready(text: string): string {
    return this.#response.chunkedEncoding ? chunked(toWire(text)) : toWire(text);
  }

  writeReady(bytes: string): void {
    const { socket } = this.#response;
    if (socket === null) return;
    if (socket.writableLength > SLOWEST_READER) this.#onSlow();
    else socket.write(bytes, "latin1");
  }

  /** Whether {@link writeReady} may be used: the head is out, and the connection is this answer's. */
  get direct(): boolean {
    return this.#headOut && this.#response.socket !== null;
  }

  write(text: string): void {
    if (this.direct) {
      this.writeReady(this.ready(text));
      return;
    }
    const response = this.#response;
    this.#headOut = true;
    // Without a socket the answer waits behind another one of its connection.
    if (response.writableLength > SLOWEST_READER) this.#onSlow();
    else response.write(toWire(text), "latin1");
  }

  end(text: string): void {
    this.#headOut = true;
    this.#response.end(toWire(text), "latin1");
  }

  sever(): void {
    this.#response.destroy();
  }
}
