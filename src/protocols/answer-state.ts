import { takeCall, takeCalls } from "./call-list.ts";
import { FIRST_USAGE_SLOT, SLOT } from "./dialects/slots.ts";
import { applyUsage, USAGE_NAMES, usageIn } from "./dialects/usage.ts";
import { messageOfBody } from "./errors.ts";
import { noteGap } from "./exchange.ts";
import type { Found } from "./found.ts";
import { KIND } from "./skim/index.ts";
import { TextBuffer } from "./text-buffer.ts";
import { ToolCalls } from "./tool-calls.ts";
import type { Exchange } from "./types.ts";
import type { WholeAnswer } from "./whole-answer.ts";

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
  /** Each event's usage is its own, and the answer's is their sum. */
  addsUsage = false;
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
    this.exchange.reader?.take(this.at, end - start);
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

  /** Text as it comes, without framing: what one read brings is one event. */
  rawText(bytes: Buffer, start: number, end: number): void {
    if (end <= start) return;
    this.text.append(bytes, start, end);
    this.exchange.reader?.take(this.at, end - start);
    if (this.tokenRead !== this.read) this.stamp(true);
  }

  /** Whether the event, or the body, brings anything of tool calls; stamps nothing. */
  takeCalls(found: Found): boolean {
    const { calls } = this;
    const legacy = found.isFilled(SLOT.functionCall);
    if (legacy) takeCall({ index: 0, function: found.parsed(SLOT.functionCall) }, calls);
    const listed = found.isFilled(SLOT.toolCalls);
    if (listed && (found.isFilled(SLOT.moreCalls) || found.isFilled(SLOT.callArguments))) {
      takeCalls(found.parsed(SLOT.toolCalls), calls);
      return true;
    }
    if (found.isText(SLOT.callAnswered)) calls.answered(found.string(SLOT.callAnswered));
    const name = found.word(SLOT.callName);
    const piece = found.isText(SLOT.callArguments);
    const input = found.isSaid(SLOT.callInput);
    // An index or an id alone may be that of a part of another kind.
    if (name === undefined && !piece && !input) return legacy || listed;
    const isNew = calls.select({ key: found.word(SLOT.callIndex), id: found.word(SLOT.callId), name });
    if (piece) {
      const [start, end] = [found.start(SLOT.callArguments), found.end(SLOT.callArguments)];
      calls.append(found.bytes, start, end, found.isEscaped(SLOT.callArguments));
    }
    if (input) calls.setArguments(wordOf(found, SLOT.callInput));
    return isNew || piece || listed;
  }

  /** Takes what a dialect's own reader found; whether the answer has content by it. */
  takeAnswer(answer: WholeAnswer | undefined): boolean {
    if (answer === undefined) return false;
    const { exchange } = this;
    const { text = "", calls = [], finish, error, done } = answer;
    if (text !== "") {
      const inside = Buffer.from(JSON.stringify(text).slice(1, -1));
      this.text.append(inside, 0, inside.length);
      this.text.escaped = true;
    }
    const began = takeCalls(calls, this.calls);
    exchange.model ??= answer.model;
    exchange.responseId ??= answer.id;
    if (answer.usage !== undefined && usageIn(answer.usage, this.usage)) this.usageSeen = true;
    if (error !== undefined) this.error ??= error;
    if (finish !== undefined) exchange.finishReason = finish;
    if (finish !== undefined || done === true) this.finished = true;
    return text !== "" || began;
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
      if (found.kind(slot) !== KIND.number) continue;
      const before = this.usage[i] ?? Number.NaN;
      this.usage[i] = found.number(slot) + (this.addsUsage && !Number.isNaN(before) ? before : 0);
    }
  }

  private gap(ms: number): void {
    const { exchange } = this;
    noteGap(exchange, ms);
    exchange.gaps?.gap(ms, this.at);
    exchange.gapLog?.push(ms);
  }
}

/** The text of a string; any other value as it was written. */
function wordOf(found: Found, slot: number): string {
  return found.isText(slot) ? found.string(slot) : found.json(slot);
}
