import type { Clock, Outcome, Redactor } from "../base/index.ts";
import type { Answer } from "./answer.ts";
import { clipReason } from "./errors.ts";
import { noteSilence } from "./exchange.ts";
import { CLOSED_BEFORE_ANSWER, CLOSED_IN_BODY, judge, LEFT, type MessageEnd } from "./outcome.ts";
import { isServed } from "./status.ts";
import type { Carrier, Requester } from "./transport/carrier.ts";
import type { Waiting } from "./transport/deadlines.ts";
import { BodyDecoder, type DecodedSink, knowsCoding } from "./transport/decode.ts";
import type { ResponseHead } from "./transport/response-head.ts";
import type { Exchange, Handle, WireRequest } from "./types.ts";
import type { Verdict } from "./verdict.ts";

/** What an attempt needs of its client. */
export interface AttemptOwner {
  readonly clock: Clock;
  readonly redact: Redactor;
  /** A request that a server may have seen may be sent again. */
  readonly repeatable: boolean;
  resend(attempt: Attempt): void;
  ended(attempt: Attempt): void;
}

/** One attempt from the pool to its outcome. Everything the connection tells arrives here. */
export class Attempt implements Requester, DecodedSink, Handle, Waiting {
  readonly wire: WireRequest;
  readonly exchange: Exchange;
  readonly answer: Answer;
  over = false;
  /** Place in the client's list of the open ones. */
  index = -1;
  lastReadAt = Number.NaN;
  /** Id that the response's head gave the session; "": none. */
  session = "";
  readonly sessionId: string;
  private readonly owner: AttemptOwner;
  private readonly redact: Redactor;
  private readonly done: (exchange: Exchange) => void;
  private connection: Carrier | undefined;
  private decoder: BodyDecoder | undefined;
  private reads = 0;
  private streamed = false;
  private resent = false;
  private reused = false;
  private end: MessageEnd = WHOLE;

  constructor(
    owner: AttemptOwner,
    sessionId: string,
    wire: WireRequest,
    exchange: Exchange,
    answer: Answer,
    done: (exchange: Exchange) => void,
  ) {
    this.owner = owner;
    this.sessionId = sessionId;
    this.redact = owner.redact;
    this.wire = wire;
    this.exchange = exchange;
    this.answer = answer;
    this.done = done;
    this.streamed = answer.rules.form !== "json";
  }

  get startedAt(): number {
    return this.exchange.startedAt;
  }

  /** While a connection of its own is being opened. */
  get dialledAt(): number {
    const { dialledAt, connectedAt } = this.exchange;
    return Number.isNaN(connectedAt) ? dialledAt : Number.NaN;
  }

  get patience(): number {
    return this.exchange.patience;
  }

  get firstTokenAt(): number {
    return this.exchange.firstTokenAt;
  }

  get lastTokenAt(): number {
    return this.exchange.lastTokenAt;
  }

  get stallPatience(): number {
    return this.exchange.stallPatience;
  }

  get stopAfter(): number {
    return this.exchange.stopAfter;
  }

  get first(): boolean {
    const { exchange } = this;
    return this.streamed
      ? Number.isNaN(exchange.firstTokenAt) && !this.answer.state.finished
      : Number.isNaN(exchange.firstByteAt);
  }

  cancel(outcome: "cancelled" | "abandoned"): void {
    if (!this.over) this.abort(outcome, LEFT[outcome].reason, this.owner.clock.now());
  }

  /** Ends it before its answer does, and closes the connection so that the server can see it. */
  abort(outcome: Outcome, reason: string, at: number): void {
    if (outcome === "stalled" || reason === LEFT.stalled.reason) noteSilence(this.exchange, this.lastReadAt, at);
    this.finish(outcome, reason, at, "destroy");
  }

  /** Ends it if the answer is over and its usage has had its time. */
  endLingering(now: number): void {
    const { state } = this.answer;
    if (now >= state.endedAt + USAGE_GRACE) this.settle(WHOLE, "drain", now);
  }

  assigned(connection: Carrier, fresh: boolean): void {
    this.connection = connection;
    this.reused = !fresh;
    if (!fresh) this.write(connection);
    // One that was handed on had begun to dial before.
    else if (Number.isNaN(this.exchange.dialledAt)) this.exchange.dialledAt = connection.dialledAt;
  }

  opened(connection: Carrier, at: number): void {
    this.exchange.connectedAt = at;
    this.write(connection);
  }

  sent(at: number): void {
    this.exchange.sentAt = at;
  }

  read(count: number, at: number): void {
    const { exchange, connection } = this;
    exchange.bytesIn += count;
    this.lastReadAt = at;
    // The final response counts: an interim one before it leaves the parser as if nothing had begun.
    if (count > 0 && connection?.parser.begun === false) exchange.firstByteAt = at;
    this.answer.beginRead(at, ++this.reads);
  }

  more(count: number): void {
    this.exchange.bytesIn += count;
  }

  head(head: ResponseHead): void {
    const { exchange, answer } = this;
    exchange.status = head.status;
    exchange.headersAt = this.lastReadAt;
    this.session = head.session;
    if (head.replica !== "") exchange.replica = clipReason(head.replica);
    if (head.retryAfter !== "") exchange.retryAfter = retryAfterSeconds(head.retryAfter, Date.now());
    exchange.remainingRequests = head.remainingRequests;
    exchange.remainingTokens = head.remainingTokens;
    answer.open(head.status, head.contentType, head.location);
    this.streamed = isServed(head.status) && answer.rules.form !== "json";
    const coding = head.contentEncoding;
    if (coding === "" || coding === "identity") return;
    if (knowsCoding(coding)) this.decoder = new BodyDecoder(coding, this);
    else answer.refuse(`content-encoding:${clipReason(coding)}`);
  }

  body(bytes: Buffer, start: number, end: number): void {
    if (this.over) return;
    if (this.decoder === undefined) {
      this.answer.body(bytes, start, end);
      return;
    }
    this.decoder.push(bytes, start, end, this.lastReadAt, this.reads);
    this.connection?.pause();
  }

  messageEnd(): void {
    if (this.over) return;
    if (this.decoder === undefined) this.answer.close(true);
    else this.decoder.finish();
  }

  parsed(at: number): void {
    const { connection } = this;
    if (connection === undefined || this.over) return;
    const { parser } = connection;
    if (parser.fault !== "") this.broken(parser.fault, at, parser.inBody);
    else if (this.decoder !== undefined) this.releaseEarly(connection, at);
    else if (this.answer.state.ended) this.settle(WHOLE, parser.complete ? "release" : "drain", at);
    else this.stopIfRead(at);
  }

  lost(reason: string, at: number, verdict?: Verdict): void {
    const { connection, exchange } = this;
    if (connection === undefined || this.over) return;
    const { parser } = connection;
    this.connection = undefined;
    if (verdict !== undefined && !this.answer.state.finished) {
      this.finish(verdict.outcome, verdict.reason, at, "none");
      return;
    }
    if (!connection.isOpenedOnce) {
      this.finish("refused", reason, at, "none");
    } else if (parser.complete || parser.inBody) {
      this.lostInBody(parser.complete, reason, at);
    } else if (!Number.isNaN(exchange.firstByteAt)) {
      this.finish("severed", reason === "closed" ? "closed-in-head" : reason, at, "none");
    } else {
      this.lostBeforeAnswer(connection, reason, at);
    }
  }

  decoded(bytes: Buffer, at: number, read: number): boolean {
    if (this.over) return false;
    this.answer.beginRead(at, read);
    this.answer.body(bytes, 0, bytes.length);
    if (!this.answer.state.ended) {
      this.stopIfRead(at);
      return !this.over;
    }
    this.settle(WHOLE, this.connection?.parser.complete === false ? "drain" : "release", at);
    return false;
  }

  caughtUp(): void {
    this.connection?.resume();
  }

  decodingEnded(fault: string): void {
    if (this.over) return;
    // A body that its connection cut short cannot be decoded to its end: that is no fault of its coding.
    if (fault !== "" && this.end.whole) this.answer.refuse(fault);
    this.answer.beginRead(this.lastReadAt, this.reads);
    this.answer.close(fault === "" && this.end.whole);
    this.settle(this.end, "destroy", this.lastReadAt);
  }

  private lostInBody(complete: boolean, reason: string, at: number): void {
    if (!complete) this.end = { whole: false, reason: reason === "closed" ? CLOSED_IN_BODY.reason : reason };
    if (this.decoder !== undefined) {
      this.decoder.finish();
      return;
    }
    this.answer.beginRead(at, ++this.reads);
    this.answer.close(complete);
    this.settle(this.end, "none", at);
  }

  private lostBeforeAnswer(connection: Carrier, reason: string, at: number): void {
    const { sentAt } = this.exchange;
    const stale = this.reused && !(at - sentAt > STALE_WITHIN);
    const safe = !connection.touched || this.owner.repeatable;
    if (stale && safe && !this.resent) {
      this.resent = true;
      this.exchange.reconnects++;
      this.lastReadAt = Number.NaN;
      this.owner.resend(this);
      return;
    }
    const word = reason === "closed" ? CLOSED_BEFORE_ANSWER.reason : reason;
    this.finish("refused", stale ? "stale-connection" : word, at, "none");
  }

  /** The parser gave up. */
  private broken(fault: string, at: number, inBody: boolean): void {
    if (!inBody) {
      this.finish("failed", fault, at, "destroy");
      return;
    }
    this.answer.refuse(fault);
    this.answer.close(false);
    this.settle({ whole: false, reason: fault }, "destroy", at);
  }

  /** The socket's part is over while the decoder still works. */
  private releaseEarly(connection: Carrier, at: number): void {
    if (!connection.parser.complete) return;
    this.connection = undefined;
    connection.resume();
    connection.release(at);
  }

  /** The user has read as much as it wants. */
  private stopIfRead(at: number): void {
    const { events, stopEvents } = this.exchange;
    if (events >= stopEvents && !this.answer.state.lingering) this.abort(LEFT.stopped.outcome, LEFT.stopped.reason, at);
  }

  private write(connection: Carrier): void {
    this.exchange.bytesOut += connection.send(this.wire, this);
  }

  private settle(end: MessageEnd, then: Parting, at: number): void {
    const { answer, exchange } = this;
    const verdict = judge(exchange, answer, answer.rules, end);
    const endedAt = Number.isNaN(answer.state.endedAt) ? at : answer.state.endedAt;
    const unfit = answer.state.fault !== "" && then === "drain";
    this.finish(verdict.outcome, verdict.reason, endedAt, unfit ? "destroy" : then);
  }

  private finish(outcome: Outcome, reason: string | undefined, at: number, then: Parting): void {
    const { connection, exchange } = this;
    this.over = true;
    this.connection = undefined;
    if (this.decoder !== undefined) {
      this.decoder.destroy();
      connection?.resume();
    }
    exchange.outcome = outcome;
    exchange.reason = reason === undefined ? undefined : clipReason(this.redact(reason));
    exchange.endAt = at;
    this.answer.state.settle();
    this.owner.ended(this);
    if (connection !== undefined) {
      if (then === "release") connection.release(at);
      else if (then === "drain") connection.drain(at);
      else connection.destroy();
    }
    this.done(exchange);
  }
}

/**
 * ms after the request within which the loss of a pooled connection means that the server had closed it already. Later, the server has
 * had the request, and its failure is not to be hidden by asking again.
 */
const STALE_WITHIN = 1000;

/** ms that a stream has, after the event that ends the answer, to bring the usage. */
const USAGE_GRACE = 500;

/** What becomes of the connection. */
type Parting = "release" | "drain" | "destroy" | "none";

const WHOLE: MessageEnd = { whole: true };

/** Seconds, or a date (RFC 9110, 10.2.3); NaN where it is neither. */
function retryAfterSeconds(value: string, wallNow: number): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  return Math.max(0, (Date.parse(value) - wallNow) / 1000);
}
