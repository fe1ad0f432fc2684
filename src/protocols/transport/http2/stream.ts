import { type ClientHttp2Stream, constants } from "node:http2";
import { socketReason } from "../../errors.ts";
import type { WireRequest } from "../../types.ts";
import type { Carrier, CarrierUser, MessageState, Requester } from "../carrier.ts";
import { ResponseHead } from "../response-head.ts";
import { takeHeaders } from "./headers.ts";

/** What a stream needs of its connection. */
export interface StreamHost {
  /** The stamp of the turn of the loop in which the connection is being read. */
  readonly readAt: number;
  readonly isOpen: boolean;
  now(): number;
  request(wire: WireRequest): ClientHttp2Stream;
  /** The attempt needs it no more; the stream may still be there. */
  parted(stream: Http2Carrier): void;
  /** The stream is gone. */
  ended(stream: Http2Carrier): void;
}

/** Codes by number: `CANCEL`, `REFUSED_STREAM`, ... */
const CODES = new Map<number, string>(
  [
    "NO_ERROR",
    "PROTOCOL_ERROR",
    "INTERNAL_ERROR",
    "FLOW_CONTROL_ERROR",
    "SETTINGS_TIMEOUT",
    "STREAM_CLOSED",
    "FRAME_SIZE_ERROR",
    "REFUSED_STREAM",
    "CANCEL",
    "COMPRESSION_ERROR",
    "CONNECT_ERROR",
    "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY",
    "HTTP_1_1_REQUIRED",
  ].map((name, code) => [code, name]),
);

/** One request and its answer, as a stream among others of a connection. */
export class Http2Carrier implements Carrier {
  readonly parser: { -readonly [K in keyof MessageState]: MessageState[K] } = {
    begun: false,
    inBody: false,
    complete: false,
    fault: "",
  };
  readonly dialledAt: number;
  readonly requester: Requester;
  touched = false;
  /** Nobody waits for what still comes. */
  drainedAt = Number.NaN;
  private readonly host: StreamHost;
  private user: CarrierUser | undefined;
  private stream: ClientHttp2Stream | undefined;
  private readAt = Number.NaN;
  private error: Error | undefined;
  private over = false;

  constructor(host: StreamHost, requester: Requester) {
    this.host = host;
    this.requester = requester;
    this.user = requester;
    this.dialledAt = host.now();
  }

  get isOpenedOnce(): boolean {
    return this.host.isOpen;
  }

  send(request: WireRequest, user: CarrierUser): number {
    this.user = user;
    try {
      const stream = this.host.request(request);
      this.stream = stream;
      this.touched = true;
      this.listen(stream);
      const sent = (): void => this.user?.sent(this.host.now());
      // Without a body the head has ended the stream.
      if (request.bytes.length === request.headLength) stream.once("ready", sent);
      else stream.end(request.bytes.subarray(request.headLength), sent);
    } catch (error) {
      // The connection has just ended: nothing has left.
      const failure = error instanceof Error ? error : new Error(String(error));
      process.nextTick(() => this.lose(socketReason(failure, "open")));
    }
    return request.bytes.length;
  }

  pause(): void {
    this.stream?.pause();
  }

  resume(): void {
    this.stream?.resume();
  }

  release(): void {
    this.user = undefined;
    this.host.parted(this);
  }

  drain(at: number): void {
    this.user = undefined;
    this.drainedAt = at;
    this.host.parted(this);
  }

  destroy(): void {
    this.user = undefined;
    this.host.parted(this);
    this.reset();
  }

  /** Ends the stream; the server is told. */
  reset(): void {
    if (this.stream === undefined) this.end();
    else if (!this.stream.closed) this.stream.close(constants.NGHTTP2_CANCEL);
  }

  /** The connection is open. */
  opened(at: number): void {
    this.user?.opened(this, at);
  }

  lose(reason: string): void {
    const { user } = this;
    this.end();
    this.user = undefined;
    user?.lost(reason, this.host.now());
  }

  private listen(stream: ClientHttp2Stream): void {
    stream.on("response", (fields) => {
      const head = new ResponseHead();
      const bytes = takeHeaders(fields, head);
      this.tell(bytes);
      this.parser.begun = true;
      this.parser.inBody = true;
      this.user?.head(head);
      this.user?.parsed(this.readAt);
    });
    stream.on("data", (bytes: Buffer) => {
      this.tell(bytes.length);
      this.user?.body(bytes, 0, bytes.length);
      this.user?.parsed(this.readAt);
    });
    stream.on("end", () => {
      // A stream that is reset ends too.
      if (!this.parser.inBody || stream.rstCode !== constants.NGHTTP2_NO_ERROR || stream.aborted) return;
      this.parser.complete = true;
      this.user?.messageEnd();
      this.user?.parsed(this.readAt);
    });
    stream.on("error", (error: Error) => {
      this.error = error;
    });
    stream.on("close", () => this.closed(stream.rstCode));
  }

  /** Frames that came in one turn of the loop have one stamp, and count as one read. */
  private tell(count: number): void {
    const { user, host } = this;
    const at = host.readAt;
    if (at === this.readAt) user?.more(count);
    else user?.read(count, at);
    this.readAt = at;
  }

  private closed(code: number | undefined): void {
    if (code === constants.NGHTTP2_REFUSED_STREAM) this.touched = false;
    this.lose(this.reasonOf(code));
  }

  private reasonOf(code = 0): string {
    const { error } = this;
    const own = error === undefined || ("code" in error && String(error.code).startsWith("ERR_HTTP2"));
    if (!own) return socketReason(error, "open");
    return code === 0 ? "closed" : `h2:${CODES.get(code) ?? code}`;
  }

  private end(): void {
    if (this.over) return;
    this.over = true;
    this.host.ended(this);
  }
}
