import { type AnswerRules, FIRST_USAGE_SLOT, SLOT, SLOTS } from "./dialects/dialect.ts";
import { applyUsage, USAGE_NAMES } from "./dialects/usage.ts";
import { errorMessage, messageOfBody } from "./errors.ts";
import { EventTemplate, ViewCache } from "./event-template.ts";
import { decodeString, KIND, Skimmer } from "./skim/index.ts";
import { SseParser, type SseSink } from "./sse.ts";
import { TextBuffer } from "./text-buffer.ts";
import type { Exchange } from "./types.ts";

/** Of the body of an error, this much is kept. */
const MAX_ERROR_BODY = 2048;
/** Gaps of this many ms and more count as stalls. */
export const STALL = 1000;

const DONE = Buffer.from("[DONE]");
const OBJECT_IS_ERROR = Buffer.from("error");

/** How the bytes of a body are taken. */
const NOTHING = 0;
const STREAM = 1;
const WHOLE = 2;
const ERROR = 3;

/** What all answers of a client share: none of it holds anything between two spans. */
export interface AnswerTools {
  readonly rules: AnswerRules;
  readonly maxBytes: number;
  readonly skimmer: Skimmer;
  readonly views: ViewCache;
}

export function answerTools(rules: AnswerRules, maxBytes: number): AnswerTools {
  return { rules, maxBytes, skimmer: new Skimmer(rules.paths, SLOTS), views: new ViewCache() };
}

/**
 * Reads the body of one answer: finds what the dialect's rules name, stamps it, and keeps the text. Every span belongs to a read of the
 * socket, told beforehand by {@link beginRead}. Reused from attempt to attempt, because its buffers have grown.
 */
export class Answer implements SseSink {
  /** `[DONE]`, or an event that ends the answer: nothing more is read. */
  ended = false;
  /** A finish (reason or flag) or `[DONE]` has come. */
  finished = false;
  /** The body broke a bound of the reader; a word. */
  fault = "";
  /** The server's error inside the answer. */
  error: string | undefined = undefined;
  malformed = 0;
  /** Stamp of the read that ended the answer. */
  endedAt = Number.NaN;
  private readonly rules: AnswerRules;
  private readonly maxBytes: number;
  private readonly skimmer: Skimmer;
  private readonly sse: SseParser;
  private readonly template: EventTemplate;
  private readonly text = new TextBuffer();
  private readonly whole = new TextBuffer();
  private readonly usage = new Float64Array(USAGE_NAMES.length);
  private exchange: Exchange;
  private mode = NOTHING;
  private bodyBytes = 0;
  /** End of the span that the event parser now reads. */
  private limit = 0;
  private readAt = Number.NaN;
  private readCount = 0;
  /** Stamp and number of the read that brought the body's last bytes. */
  private at = Number.NaN;
  private read = 0;
  private tokenRead = -1;
  private usageSeen = false;

  constructor(tools: AnswerTools, exchange: Exchange) {
    this.rules = tools.rules;
    this.maxBytes = tools.maxBytes;
    this.skimmer = tools.skimmer;
    this.template = new EventTemplate(tools.views);
    this.sse = new SseParser(this);
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
    this.mode = NOTHING;
    this.bodyBytes = 0;
    this.readCount = 0;
    this.read = 0;
    this.tokenRead = -1;
    this.usageSeen = false;
    this.usage.fill(Number.NaN);
    this.sse.reset();
    this.template.reset();
    this.text.clear();
    this.whole.clear();
  }

  /** The response's head is there: says how to take its body. */
  open(status: number, contentType: string): void {
    if (status < 200 || status > 299) {
      this.mode = ERROR;
      return;
    }
    const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
    const wanted = this.rules.form === "sse" ? type === "text/event-stream" : type === "application/json" || type.endsWith("+json");
    if (wanted || type === "") {
      this.mode = this.rules.form === "sse" ? STREAM : WHOLE;
    } else {
      this.mode = ERROR;
      this.fault = `content-type:${type}`;
    }
  }

  /** The transport cannot make sense of the body; a word. */
  refuse(fault: string): void {
    if (this.fault === "") this.fault = fault;
    if (this.mode !== ERROR) this.mode = NOTHING;
  }

  beginRead(at: number): void {
    this.readAt = at;
    this.readCount++;
  }

  body(bytes: Buffer, start: number, end: number): void {
    this.bodyBytes += end - start;
    if (this.ended) return;
    this.at = this.readAt;
    this.read = this.readCount;
    if (this.bodyBytes > this.maxBytes && this.mode !== ERROR) {
      this.fault = "answer-too-large";
      this.end();
      return;
    }
    switch (this.mode) {
      case STREAM:
        this.events(bytes, start, end);
        break;
      case WHOLE:
        this.whole.append(bytes, start, end);
        break;
      case ERROR: {
        const room = MAX_ERROR_BODY - this.whole.length;
        if (room > 0) this.whole.append(bytes, start, Math.min(end, start + room));
        if (this.bodyBytes > this.maxBytes) this.end();
        break;
      }
      default:
    }
  }

  /** The body is whole (`proper`), or its connection broke. */
  close(proper: boolean): void {
    if (this.ended) return;
    this.ended = true;
    this.endedAt = this.readAt;
    if (this.mode === STREAM) {
      this.sse.finish();
      if (this.sse.overflow) this.overflow();
    } else if (this.mode === WHOLE && proper && this.whole.length > 0) {
      this.wholeAnswer();
    }
  }

  /** What an error's body says; "" where it says nothing. */
  get errorBody(): string {
    return this.mode === ERROR ? messageOfBody(this.whole.bytes.toString("utf8", 0, this.whole.length)) : "";
  }

  get hasContent(): boolean {
    return this.exchange.events > 0 || this.text.length > 0;
  }

  /** Writes text and token counts into the exchange; once, at the attempt's end. */
  settle(): void {
    const exchange = this.exchange;
    if (this.usageSeen) applyUsage(this.usage, exchange);
    if (this.text.length === 0) return;
    exchange.text = this.text.text();
    exchange.textHash = this.text.hash(exchange.text);
  }

  event(bytes: Buffer, start: number, end: number, name: string): boolean {
    if (end - start === DONE.length && same(bytes, start, DONE)) {
      this.finished = true;
      this.end();
      return false;
    }
    if (name === "error") {
      const data = bytes.toString("utf8", start, Math.min(end, start + MAX_ERROR_BODY));
      this.error ??= messageOfBody(data) || "event: error";
      return true;
    }
    if (this.rules.plain && !this.isControl(bytes, start, end)) {
      if (end > start) this.token(bytes, start, end, false);
      return true;
    }
    if (!this.skimmer.skim(bytes, start, end)) {
      if (end > start) this.malformed++;
      return true;
    }
    return this.take(bytes, start, end);
  }

  private events(bytes: Buffer, start: number, end: number): void {
    const { template, sse } = this;
    let at = start;
    while (template.ready && at < end && sse.atEventStart) {
      const next = template.match(bytes, at, end);
      if (next < 0) break;
      if (template.tokenEnd > template.tokenStart) this.repeated(bytes);
      at = next;
    }
    if (at === end) return;
    this.limit = end;
    sse.push(bytes, at, end);
    if (sse.overflow) this.overflow();
  }

  /** An event like the one that was learned. */
  private repeated(bytes: Buffer): void {
    const { template } = this;
    if (template.isAnswer) this.token(bytes, template.tokenStart, template.tokenEnd, template.escaped);
    else this.stamp(false);
  }

  /** In a stream of plain text: whether an event is JSON that says something other than text. */
  private isControl(bytes: Buffer, start: number, end: number): boolean {
    if (bytes[start] !== 0x7b || this.rules.paths.length === 0) return false;
    if (!this.skimmer.skim(bytes, start, end)) return false;
    return this.skimmer.kinds.some((kind) => kind !== KIND.absent);
  }

  /** Takes what the skimmer found in an event. False: it ended the answer. */
  private take(bytes: Buffer, start: number, end: number): boolean {
    const { kinds, starts, ends } = this.skimmer;
    const answer = this.textSlot(SLOT.token, SLOT.refusal);
    const reasoning = this.textSlot(SLOT.reasoning, SLOT.reasoningOther);
    const calls = this.isFilled(SLOT.toolCalls) || this.isFilled(SLOT.functionCall);
    if (answer >= 0) this.token(bytes, starts[answer] ?? 0, ends[answer] ?? 0, kinds[answer] === KIND.escaped);
    else if (calls) this.stamp(true);
    else if (reasoning >= 0) this.stamp(false);
    const rare = this.takeRare(bytes, start, end);
    if (!this.isSaid(SLOT.finish)) {
      const only = answer >= 0 && reasoning >= 0 ? -1 : Math.max(answer, reasoning);
      if (only >= 0 && !rare && !calls) {
        this.template.learn(bytes, start, end, starts[only] ?? 0, ends[only] ?? 0, only === answer, this.limit);
      }
      return true;
    }
    this.finished = true;
    if (this.isText(SLOT.finish)) this.exchange.finishReason = this.string(bytes, SLOT.finish);
    if (!this.rules.finishEnds) return true;
    this.end();
    return false;
  }

  /** True where the event said something that the next one may say otherwise. */
  private takeRare(bytes: Buffer, start: number, end: number): boolean {
    const exchange = this.exchange;
    const { kinds, starts, ends } = this.skimmer;
    if (exchange.model === undefined && this.isText(SLOT.model)) exchange.model = this.string(bytes, SLOT.model);
    if (exchange.fingerprint === undefined && this.isText(SLOT.fingerprint)) {
      exchange.fingerprint = this.string(bytes, SLOT.fingerprint);
    }
    const usage = kinds[SLOT.usage] === KIND.object;
    if (usage) this.takeUsage(bytes);
    const isError =
      kinds[SLOT.object] === KIND.string &&
      (ends[SLOT.object] ?? 0) - (starts[SLOT.object] ?? 0) === OBJECT_IS_ERROR.length &&
      same(bytes, starts[SLOT.object] ?? 0, OBJECT_IS_ERROR);
    if (this.isSaid(SLOT.error)) {
      this.error ??= this.messageAt(bytes, SLOT.error);
    } else if (isError) {
      this.error ??= messageOfBody(bytes.toString("utf8", start, end));
    } else {
      return usage;
    }
    return true;
  }

  private takeUsage(bytes: Buffer): void {
    const { kinds, starts, ends } = this.skimmer;
    this.usageSeen = true;
    for (let i = 0; i < USAGE_NAMES.length; i++) {
      const slot = FIRST_USAGE_SLOT + i;
      if (kinds[slot] === KIND.number) this.usage[i] = Number(bytes.toString("latin1", starts[slot], ends[slot]));
    }
  }

  private wholeAnswer(): void {
    const { bytes, length } = this.whole;
    if (!this.skimmer.skim(bytes, 0, length)) {
      this.malformed++;
      return;
    }
    const { kinds, starts, ends } = this.skimmer;
    const slot = this.textSlot(SLOT.token, SLOT.refusal);
    if (slot >= 0) {
      this.text.escaped = kinds[slot] === KIND.escaped;
      this.text.append(bytes, starts[slot] ?? 0, ends[slot] ?? 0);
    }
    if (slot >= 0 || this.isFilled(SLOT.toolCalls) || this.isFilled(SLOT.functionCall) || this.isFilled(SLOT.token)) {
      this.exchange.events = 1;
    }
    this.takeRare(bytes, 0, length);
    if (!this.isSaid(SLOT.finish)) return;
    this.finished = true;
    if (this.isText(SLOT.finish)) this.exchange.finishReason = this.string(bytes, SLOT.finish);
  }

  private token(bytes: Buffer, start: number, end: number, escaped: boolean): void {
    this.text.append(bytes, start, end);
    if (escaped) this.text.escaped = true;
    this.stamp(true);
  }

  private stamp(isAnswer: boolean): void {
    const exchange = this.exchange;
    const at = this.at;
    exchange.events++;
    if (this.tokenRead === this.read) {
      exchange.sharedEvents++;
    } else {
      if (this.tokenRead < 0) exchange.firstTokenAt = at;
      else this.gap(at - exchange.lastTokenAt, at);
      this.tokenRead = this.read;
      exchange.lastTokenAt = at;
    }
    if (isAnswer && Number.isNaN(exchange.firstAnswerAt)) exchange.firstAnswerAt = at;
  }

  private gap(ms: number, at: number): void {
    const exchange = this.exchange;
    if (!(ms <= exchange.stall)) exchange.stall = ms;
    if (ms >= STALL) exchange.stallCount++;
    exchange.gaps?.gap(ms, at);
    exchange.gapLog?.push(ms);
  }

  private end(): void {
    this.ended = true;
    this.endedAt = this.at;
  }

  private overflow(): void {
    this.fault = "event-too-large";
    this.end();
  }

  /** The first of two alternatives that holds a non-empty string; -1 where none does. */
  private textSlot(slot: number, other: number): number {
    if (this.isText(slot)) return slot;
    return this.isText(other) ? other : -1;
  }

  private isText(slot: number): boolean {
    const { kinds, starts, ends } = this.skimmer;
    const kind = kinds[slot] ?? KIND.absent;
    return (kind === KIND.string || kind === KIND.escaped) && (ends[slot] ?? 0) > (starts[slot] ?? 0);
  }

  /** A list or object with something in it, a number, or true. */
  private isFilled(slot: number): boolean {
    const { kinds, starts, ends } = this.skimmer;
    const kind = kinds[slot] ?? KIND.absent;
    if (kind === KIND.object || kind === KIND.array) return (ends[slot] ?? 0) - (starts[slot] ?? 0) > 2;
    return kind === KIND.number || kind === KIND.true;
  }

  /** Neither absent, null, false nor "". */
  private isSaid(slot: number): boolean {
    const kind = this.skimmer.kinds[slot] ?? KIND.absent;
    return kind === KIND.number || kind === KIND.true || kind === KIND.object || kind === KIND.array || this.isText(slot);
  }

  private string(bytes: Buffer, slot: number): string {
    const { kinds, starts, ends } = this.skimmer;
    return decodeString(bytes, starts[slot] ?? 0, ends[slot] ?? 0, kinds[slot] === KIND.escaped);
  }

  /** What an error says that is text, or an object of any of the usual shapes. */
  private messageAt(bytes: Buffer, slot: number): string {
    const { kinds, starts, ends } = this.skimmer;
    if (kinds[slot] === KIND.string || kinds[slot] === KIND.escaped) return this.string(bytes, slot);
    return errorMessage(JSON.parse(bytes.toString("utf8", starts[slot], ends[slot]))) ?? "error";
  }
}

function same(bytes: Buffer, start: number, word: Buffer): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
  return true;
}
