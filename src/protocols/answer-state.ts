import { takeCall, takeCalls } from "./call-list.ts";
import { FIRST_USAGE_SLOT, SLOT } from "./dialects/dialect.ts";
import { applyUsage, USAGE_NAMES } from "./dialects/usage.ts";
import { messageOfBody } from "./errors.ts";
import { noteGap } from "./exchange.ts";
import type { Found } from "./found.ts";
import { KIND } from "./skim/index.ts";
import { TextBuffer } from "./text-buffer.ts";
import { ToolCalls } from "./tool-calls.ts";
import type { Exchange } from "./types.ts";

const OBJECT_IS_ERROR = Buffer.from("error");

/** What is known of one answer so far, and the stamps of its tokens. */
export class AnswerState {
  /** Nothing more is read: `[DONE]`, an event that ends the answer, a bound, or the body's end. */
  ended = false;
  /** A finish (reason or flag) or `[DONE]` has come. */
  finished = false;
  /** The body broke a bound of the reader, or could not be read; a word. */
  fault = "";
  /** The server's error inside the answer. */
  error: string | undefined = undefined;
  /** Events, or bodies, that are not JSON. */
  malformed = 0;
  /** Stamp of the read that ended the answer. */
  endedAt = Number.NaN;
  /** The answer is over, its usage may still come: what else comes is no part of it. */
  lingering = false;
  exchange: Exchange;
  readonly text = new TextBuffer();
  readonly calls = new ToolCalls();
  private readonly usage = new Float64Array(USAGE_NAMES.length);
  usageSeen = false;
  /** Stamp and number of the read that brought the bytes now looked at, and of the one that brought the last token. */
  private at = Number.NaN;
  private read = 0;
  private tokenRead = -1;

  constructor(exchange: Exchange) {
    this.exchange = exchange;
  }

  reset(exchange: Exchange): void {
    this.exchange = exchange;
    this.ended = false;
    this.finished = false;
    this.fault = "";
    this.error = undefined;
    this.malformed = 0;
    this.endedAt = Number.NaN;
    this.lingering = false;
    this.text.clear();
    this.calls.reset();
    this.usage.fill(Number.NaN);
    this.usageSeen = false;
    this.read = 0;
    this.tokenRead = -1;
  }

  /** The bytes that are looked at from here on came with this read of the socket. */
  beginSpan(at: number, read: number): void {
    this.at = at;
    this.read = read;
  }

  end(): void {
    this.endAt(this.at);
  }

  endAt(at: number): void {
    this.ended = true;
    if (!this.lingering) this.endedAt = at;
  }

  /** Ends the answer here, and leaves the rest of its stream the chance to bring the usage. */
  linger(): void {
    this.lingering = true;
    this.endedAt = this.at;
  }

  fail(fault: string): void {
    this.fault = fault;
    this.end();
  }

  /** A content event: its text stays raw until the answer's end. */
  token(bytes: Buffer, start: number, end: number, escaped: boolean): void {
    this.text.append(bytes, start, end);
    if (escaped) this.text.escaped = true;
    this.stamp(true);
  }

  /** Stamps a content or reasoning event. Those beyond the first of a read make no gap. */
  stamp(isAnswer: boolean): void {
    const { exchange, at } = this;
    exchange.events++;
    if (this.tokenRead === this.read) {
      exchange.sharedEvents++;
    } else {
      if (this.tokenRead < 0) exchange.firstTokenAt = at;
      else this.gap(at - exchange.lastTokenAt);
      this.tokenRead = this.read;
      exchange.lastTokenAt = at;
    }
    if (isAnswer && Number.isNaN(exchange.firstAnswerAt)) exchange.firstAnswerAt = at;
  }

  /** A piece of the arguments of the tool call that is open. */
  callPiece(bytes: Buffer, start: number, end: number, escaped: boolean): void {
    this.calls.append(bytes, start, end, escaped);
    this.stamp(true);
  }

  /** Whether the event, or the body, holds anything of tool calls; stamps nothing. */
  takeCalls(found: Found): boolean {
    const { calls } = this;
    const legacy = found.isFilled(SLOT.functionCall);
    if (legacy) takeCall({ index: 0, function: found.parsed(SLOT.functionCall) }, calls);
    if (!found.isFilled(SLOT.toolCalls)) return legacy;
    if (
      found.isFilled(SLOT.moreCalls) ||
      found.isFilled(SLOT.callArguments) ||
      found.kind(SLOT.toolCalls) !== KIND.array
    ) {
      takeCalls(found.parsed(SLOT.toolCalls), calls);
      return true;
    }
    calls.select({ key: found.word(SLOT.callIndex), id: found.word(SLOT.callId), name: found.word(SLOT.callName) });
    if (found.isText(SLOT.callArguments)) {
      calls.append(
        found.bytes,
        found.start(SLOT.callArguments),
        found.end(SLOT.callArguments),
        found.isEscaped(SLOT.callArguments),
      );
    }
    return true;
  }

  /** True where what was found may be otherwise in the next event. */
  takeRare(found: Found, bytes: Buffer, start: number, end: number): boolean {
    const { exchange } = this;
    if (exchange.model === undefined && found.isText(SLOT.model)) exchange.model = found.string(SLOT.model);
    if (exchange.responseId === undefined && found.isText(SLOT.responseId))
      exchange.responseId = found.string(SLOT.responseId);
    if (exchange.fingerprint === undefined && found.isText(SLOT.fingerprint))
      exchange.fingerprint = found.string(SLOT.fingerprint);
    const usage = found.kind(SLOT.usage) === KIND.object;
    if (usage) this.takeUsage(found);
    // 0 is how some servers say that there was none.
    if (found.isSaid(SLOT.error) && found.number(SLOT.error) !== 0) this.error ??= found.message(SLOT.error) ?? "error";
    else if (found.is(SLOT.object, OBJECT_IS_ERROR)) this.error ??= messageOfBody(bytes.toString("utf8", start, end));
    else return usage;
    return true;
  }

  /** Whether it is finished by what was found. */
  takeFinish(found: Found): boolean {
    if (!found.isSaid(SLOT.finish)) return false;
    this.finished = true;
    if (found.isText(SLOT.finish)) this.exchange.finishReason = found.string(SLOT.finish);
    return true;
  }

  /** Writes text and token counts into the exchange; once. */
  settle(): void {
    const { exchange, text } = this;
    if (this.usageSeen) applyUsage(this.usage, exchange);
    exchange.toolCalls = this.calls.take();
    if (text.length === 0) return;
    exchange.text = text.text();
    exchange.textHash = text.hash(exchange.text);
  }

  private takeUsage(found: Found): void {
    this.usageSeen = true;
    for (let i = 0; i < USAGE_NAMES.length; i++) {
      const slot = FIRST_USAGE_SLOT + i;
      if (found.kind(slot) === KIND.number) this.usage[i] = found.number(slot);
    }
  }

  private gap(ms: number): void {
    const { exchange } = this;
    noteGap(exchange, ms);
    exchange.gaps?.gap(ms, this.at);
    exchange.gapLog?.push(ms);
  }
}
