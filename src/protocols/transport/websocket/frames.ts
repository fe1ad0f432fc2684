import { isUtf8 } from "node:buffer";
import { TextBuffer } from "../../text-buffer.ts";
import { CLOSE } from "./codes.ts";

/** What a frame parser finds. Spans are valid during the call only. */
export interface FrameSink {
  /** Bytes of a message have come; called before anything is made of them. */
  data(): void;
  /** A whole message, its fragments put together. */
  message(bytes: Buffer, start: number, end: number): void;
  ping(payload: Buffer): void;
  pong(): void;
  /** The other side closes; 1005: without a code. */
  closed(code: number, reason: string): void;
}

const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const KNOWN: ReadonlySet<number> = new Set(Object.values(OPCODE));
const FIN = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
const MAX_CONTROL = 125;
const MAX_HEADER = 10;

/** Frames that a server sends (RFC 6455, 5.2), incremental and bounded. A fault is a word in {@link fault}: no exception leaves it. */
export class FrameParser {
  fault = "";
  /** Close code that tells the server of the fault. */
  faultCode: number = CLOSE.protocolError;
  private readonly sink: FrameSink;
  private readonly maxBytes: number;
  private readonly header = Buffer.alloc(MAX_HEADER);
  private headerLength = 0;
  /** Bytes of the payload that have not come; -1: the header is not whole. */
  private left = -1;
  private opcode = 0;
  private final = false;
  /** Opcode of the message whose fragments are coming; 0: none. */
  private fragmented = 0;
  private message = new TextBuffer();
  private readonly control = new TextBuffer();
  private over = false;

  constructor(sink: FrameSink, maxBytes: number) {
    this.sink = sink;
    this.maxBytes = maxBytes;
  }

  execute(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end && !this.over) {
      if (this.left < 0) {
        at = this.readHeader(bytes, at, end);
        if (this.left !== 0) continue;
      }
      const stop = Math.min(end, at + this.left);
      this.left -= stop - at;
      this.payload(bytes, at, stop);
      at = stop;
    }
  }

  private readHeader(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end) {
      this.header[this.headerLength++] = bytes[at++] ?? 0;
      if (this.headerLength < 2) continue;
      const short = (this.header[1] ?? 0) & 0x7f;
      const size = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (this.headerLength < size) continue;
      this.headerLength = 0;
      this.begin(short);
      break;
    }
    return at;
  }

  private begin(short: number): void {
    const { header } = this;
    const first = header[0] ?? 0;
    const length = short === 126 ? header.readUInt16BE(2) : short === 127 ? Number(header.readBigUInt64BE(2)) : short;
    this.opcode = first & 0x0f;
    this.final = (first & FIN) !== 0;
    const control = this.opcode >= OPCODE.close;
    if ((first & RESERVED) !== 0) this.fail("ws:reserved-bits");
    else if (((header[1] ?? 0) & MASKED) !== 0) this.fail("ws:masked");
    else if (!KNOWN.has(this.opcode)) this.fail("ws:opcode");
    else if (control && (!this.final || length > MAX_CONTROL)) this.fail("ws:control-frame");
    else if (this.opcode === OPCODE.continuation && this.fragmented === 0) this.fail("ws:continuation");
    else if (!control && this.opcode !== OPCODE.continuation && this.fragmented !== 0) this.fail("ws:interleaved");
    else if (!control && this.message.length + length > this.maxBytes) this.fail("answer-too-large", CLOSE.tooBig);
    else {
      this.left = length;
      if (!control) this.sink.data();
    }
  }

  private payload(bytes: Buffer, start: number, end: number): void {
    const whole = this.left === 0;
    if (this.opcode >= OPCODE.close) {
      this.control.append(bytes, start, end);
      if (!whole) return;
      this.left = -1;
      const payload = Buffer.from(this.control.bytes.subarray(0, this.control.length));
      this.control.clear();
      this.takeControl(payload);
      return;
    }
    const { message } = this;
    if (whole && this.final && message.length === 0) {
      this.left = -1;
      this.take(this.opcode === OPCODE.continuation ? this.fragmented : this.opcode, bytes, start, end);
      return;
    }
    if (end > start) this.sink.data();
    message.append(bytes, start, end);
    if (!whole) return;
    this.left = -1;
    if (this.opcode !== OPCODE.continuation) this.fragmented = this.opcode;
    if (!this.final) return;
    this.take(this.fragmented, message.bytes, 0, message.length);
    // Thousands of connections must not each keep the room of their longest message.
    this.message = new TextBuffer();
  }

  private take(opcode: number, bytes: Buffer, start: number, end: number): void {
    this.fragmented = 0;
    if (opcode === OPCODE.text && !isUtf8(bytes.subarray(start, end))) {
      this.fail("ws:utf-8", CLOSE.badData);
      return;
    }
    this.sink.data();
    this.sink.message(bytes, start, end);
  }

  private takeControl(payload: Buffer): void {
    if (this.opcode === OPCODE.ping) this.sink.ping(payload);
    else if (this.opcode === OPCODE.pong) this.sink.pong();
    else if (payload.length === 1) this.fail("ws:close-frame");
    else {
      this.over = true;
      this.sink.closed(payload.length === 0 ? CLOSE.noCode : payload.readUInt16BE(0), payload.toString("utf8", 2));
    }
  }

  private fail(fault: string, code: number = CLOSE.protocolError): void {
    this.fault = fault;
    this.faultCode = code;
    this.over = true;
  }
}

/** A frame that a client sends: final, masked (RFC 6455, 5.3). */
export function clientFrame(
  opcode: "text" | "close" | "ping" | "pong",
  payload: Buffer,
  mask: readonly [number, number, number, number],
): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.allocUnsafe(2 + extended + 4 + length);
  frame[0] = FIN | OPCODE[opcode];
  frame[1] = MASKED | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) frame.writeUInt16BE(length, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  const at = 2 + extended;
  for (let i = 0; i < 4; i++) frame[at + i] = mask[i] ?? 0;
  for (let i = 0; i < length; i++) frame[at + 4 + i] = (payload[i] ?? 0) ^ (mask[i & 3] ?? 0);
  return frame;
}
