import type { Socket } from "node:net";
import type { Clock } from "../../../base/index.ts";
import { socketReason } from "../../errors.ts";
import type { WireRequest } from "../../types.ts";
import type { CarrierUser, MessageState, Requester } from "../carrier.ts";
import { type DialContext, type Dialling, dial } from "../dial.ts";
import type { PooledConnection, PoolOwner } from "../pool.ts";
import { ResponseHead } from "../response-head.ts";
import { ResponseParser, type ResponseSink } from "../response-parser.ts";
import { CLOSE, closeReason, verdictOf } from "./codes.ts";
import { clientFrame, FrameParser, type FrameSink } from "./frames.ts";
import { handshakeFault } from "./handshake.ts";
import { randomKey, randomMask } from "./random-bytes.ts";

export interface SocketOptions {
  readonly subprotocols: readonly string[];
  /** ms between pings; 0: none. */
  readonly ping: number;
  /** Of one message. */
  readonly maxBytes: number;
}

/** What an answer over an open connection begins with: there is no head but the handshake's. */
const SWITCHED = new ResponseHead();
SWITCHED.status = 101;

const MAX_UNSENT = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/** One websocket: its handshake, then one request and answer after the other. Messages that nobody awaits are read and dropped. */
export class WebSocketConnection implements PooledConnection, FrameSink, ResponseSink {
  readonly parser: { -readonly [K in keyof MessageState]: MessageState[K] } = {
    begun: false,
    inBody: false,
    complete: false,
    fault: "",
  };
  readonly dialledAt: number;
  sessionId: string;
  readonly idleUntil = Number.POSITIVE_INFINITY;
  touched = false;
  private readonly clock: Clock;
  private readonly owner: PoolOwner<WebSocketConnection>;
  private readonly options: SocketOptions;
  private readonly dialling: Dialling;
  private readonly frames: FrameParser;
  private handshake: ResponseParser | undefined;
  private readonly key = randomKey();
  private user: CarrierUser | undefined;
  private socket: Socket | undefined;
  private upgraded = false;
  private over = false;
  /** The read that is being parsed. */
  private readAt = Number.NaN;
  private readCount = 0;
  private told = true;
  private nextPing = Number.POSITIVE_INFINITY;
  private awaitsPong = false;
  private farewell: number = CLOSE.normal;

  constructor(
    context: DialContext,
    clock: Clock,
    owner: PoolOwner<WebSocketConnection>,
    requester: Requester,
    options: SocketOptions,
  ) {
    this.clock = clock;
    this.owner = owner;
    this.options = options;
    this.user = requester;
    this.sessionId = requester.sessionId;
    this.dialledAt = clock.now();
    this.frames = new FrameParser(this, options.maxBytes);
    this.dialling = dial(context, {
      opened: (socket) => this.connected(socket, requester.wire),
      failed: (reason) => this.lose(reason),
      read: (count, bytes) => this.read(count, bytes),
    });
  }

  get isOpenedOnce(): boolean {
    return this.socket !== undefined;
  }

  get reusable(): boolean {
    return this.upgraded && !this.over && this.socket?.writable === true;
  }

  send(request: WireRequest, user: CarrierUser): number {
    const { socket, parser } = this;
    if (socket === undefined) throw new Error("a request needs an open connection");
    this.user = user;
    parser.begun = false;
    parser.inBody = false;
    const frame = clientFrame("text", request.bytes.subarray(request.headLength), randomMask());
    let told = false;
    const tell = (): void => {
      if (told || this.user !== user) return;
      told = true;
      user.sent(this.clock.now());
    };
    socket.write(frame, (error) => {
      if (!error) tell();
    });
    this.touched = socket.errored === null;
    if (socket.writableLength === 0 && this.touched) tell();
    return frame.length;
  }

  pause(): void {
    this.socket?.pause();
  }

  resume(): void {
    this.socket?.resume();
  }

  release(at: number): void {
    if (this.upgraded) this.drain(at);
    else this.destroy();
  }

  /** A message has no end but its own: whatever else the server sends belongs to nobody. */
  drain(at: number): void {
    this.user = undefined;
    this.owner.release(this, at);
  }

  detach(): void {
    this.user = undefined;
  }

  rest(): void {
    this.user = undefined;
  }

  tick(now: number): void {
    if (!this.upgraded || this.over || now < this.nextPing) return;
    if (this.awaitsPong) {
      this.lose("ws:no-pong");
      return;
    }
    this.awaitsPong = true;
    this.nextPing = now + this.options.ping;
    this.socket?.write(clientFrame("ping", NOTHING, randomMask()));
  }

  destroy(): void {
    if (this.over) return;
    this.over = true;
    this.user = undefined;
    this.part(this.farewell);
    this.owner.closed(this);
  }

  head(head: ResponseHead): void {
    if (head.status !== 101) {
      this.tell();
      this.parser.begun = true;
      this.parser.inBody = true;
      this.user?.head(head);
      return;
    }
    this.handshake = undefined;
    const fault = handshakeFault(head, this.key, this.options.subprotocols);
    if (fault !== undefined) {
      this.parser.fault = fault;
      return;
    }
    this.upgraded = true;
    if (this.options.ping > 0) this.nextPing = this.readAt + this.options.ping;
    this.user?.opened(this, this.readAt);
  }

  body(bytes: Buffer, start: number, end: number): void {
    this.user?.body(bytes, start, end);
  }

  messageEnd(): void {
    if (this.upgraded) return;
    this.parser.complete = true;
    this.user?.messageEnd();
  }

  data(): void {
    this.tell();
    this.parser.begun = true;
  }

  message(bytes: Buffer, start: number, end: number): void {
    const { user, parser } = this;
    if (user === undefined) return;
    if (!parser.inBody) {
      parser.inBody = true;
      user.head(SWITCHED);
    }
    user.body(bytes, start, end);
  }

  ping(payload: Buffer): void {
    // A server that pings and does not read gets no more of them.
    if (this.socket !== undefined && this.socket.writableLength < MAX_UNSENT)
      this.socket.write(clientFrame("pong", payload, randomMask()));
  }

  pong(): void {
    this.awaitsPong = false;
  }

  closed(code: number, text: string): void {
    // What came before it in this read is taken first.
    if (this.told) this.user?.parsed(this.readAt);
    const reason = closeReason(code, text);
    this.lose(reason, code);
  }

  private connected(socket: Socket, wire: WireRequest): void {
    if (this.over) return;
    this.socket = socket;
    socket.on("error", (error) => this.lose(socketReason(error, "open")));
    socket.on("end", () => this.ended());
    socket.on("close", () => this.lose("closed"));
    this.handshake = new ResponseParser();
    this.handshake.reset("GET", this, true);
    const head = wire.bytes.toString("latin1", 0, wire.headLength - 2);
    socket.write(`${head}sec-websocket-key: ${this.key}\r\n\r\n`, "latin1");
  }

  private read(count: number, bytes: Buffer): void {
    if (this.over) return;
    const { parser, frames } = this;
    this.readAt = this.clock.now();
    this.readCount = count;
    this.told = false;
    let from = 0;
    if (this.handshake !== undefined) {
      const { handshake } = this;
      // A refusal's body goes on over several reads.
      if (parser.begun) this.tell();
      from = handshake.execute(bytes, 0, count);
      if (parser.fault === "") parser.fault = handshake.fault;
    }
    if (this.upgraded && from < count) frames.execute(bytes, from, count);
    if (this.over) return;
    if (frames.fault !== "") parser.fault = frames.fault;
    if (parser.fault !== "") this.broken();
    else if (this.told) this.user?.parsed(this.readAt);
  }

  private ended(): void {
    this.readAt = this.clock.now();
    this.readCount = 0;
    // The body of a refusal may end with its connection.
    if (!this.over) this.handshake?.endOfInput();
    this.lose("closed");
  }

  /** Tells the user of the read that brings something of an answer; reads of control frames are no progress of it. */
  private tell(): void {
    if (this.told) return;
    this.told = true;
    this.user?.read(this.readCount, this.readAt);
  }

  private broken(): void {
    const { user, frames } = this;
    if (user === undefined) {
      this.over = true;
      this.part(frames.faultCode);
      this.owner.closed(this);
      return;
    }
    this.tell();
    if (frames.fault !== "") {
      this.farewell = frames.faultCode;
      // It is the answer's fault, not the handshake's, though none of it was kept.
      if (this.farewell === CLOSE.tooBig && !this.parser.inBody) {
        this.parser.inBody = true;
        user.head(SWITCHED);
      }
    }
    user.parsed(this.readAt);
  }

  private lose(reason: string, code = 0): void {
    if (this.over) return;
    const { user, parser } = this;
    this.over = true;
    this.user = undefined;
    if (code === 0) this.dialling.abort();
    else this.part(code);
    this.owner.closed(this);
    user?.lost(reason, this.clock.now(), verdictOf(code, parser.begun, reason));
  }

  /** Says why, and closes once that is written. */
  private part(code: number): void {
    if (this.upgraded && this.socket?.writable === true) {
      this.socket.write(closeFrame(code));
      this.socket.destroySoon();
    } else this.dialling.abort();
  }
}

function closeFrame(code: number): Buffer {
  const payload = Buffer.alloc(code === CLOSE.noCode ? 0 : 2);
  if (payload.length > 0) payload.writeUInt16BE(code, 0);
  return clientFrame("close", payload, randomMask());
}
