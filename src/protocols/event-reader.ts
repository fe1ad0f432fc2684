import type { AnswerState } from "./answer-state.ts";
import { type AnswerRules, SLOT } from "./dialects/dialect.ts";
import { messageOfBody } from "./errors.ts";
import { EventTemplate, type TokenKind, type ViewCache } from "./event-template.ts";
import { type Found, startsWith } from "./found.ts";
import { SseParser, type SseSink } from "./sse.ts";

const DONE = Buffer.from("[DONE]");
const OPEN_OBJECT = 0x7b;
/** Of the data of an error event, this much is looked at. */
const MAX_ERROR = 2048;

/** Reads the events of a streamed answer. */
export class EventReader implements SseSink {
  private readonly rules: AnswerRules;
  private readonly state: AnswerState;
  private readonly found: Found;
  private readonly template: EventTemplate;
  private readonly sse: SseParser;
  /** End of the span that the parser now reads. */
  private limit = 0;

  constructor(rules: AnswerRules, state: AnswerState, found: Found, views: ViewCache) {
    this.rules = rules;
    this.state = state;
    this.found = found;
    this.template = new EventTemplate(views);
    this.sse = new SseParser(this);
  }

  reset(): void {
    this.template.reset();
    this.sse.reset();
  }

  push(bytes: Buffer, start: number, end: number): void {
    const { template, sse, state } = this;
    let at = start;
    while (template.ready && at < end && sse.atEventStart) {
      const next = template.match(bytes, at, end);
      if (next < 0) break;
      if (template.tokenEnd > template.tokenStart) {
        if (template.kind === "answer") state.token(bytes, template.tokenStart, template.tokenEnd, template.escaped);
        else if (template.kind === "reasoning") state.stamp(false);
        else state.callPiece(bytes, template.tokenStart, template.tokenEnd, template.escaped);
      }
      at = next;
    }
    if (at === end) return;
    this.limit = end;
    sse.push(bytes, at, end);
    if (sse.overflow) state.fail("event-too-large");
  }

  /** End of the body: what the last event lacks of its blank line is forgiven. */
  finish(): void {
    this.sse.finish();
  }

  event(bytes: Buffer, start: number, end: number, name: string): boolean {
    const { state, found, rules } = this;
    if (end - start === DONE.length && startsWith(bytes, start, DONE)) {
      state.finished = true;
      state.end();
      return false;
    }
    if (name === "error") {
      const data = bytes.toString("utf8", start, Math.min(end, start + MAX_ERROR));
      state.error ??= messageOfBody(data) || "event: error";
      return true;
    }
    if (state.lingering) {
      if (found.scan(bytes, start, end)) state.takeRare(found, bytes, start, end);
      if (state.usageSeen) state.end();
      return !state.ended;
    }
    if (rules.plain && !this.isControl(bytes, start, end)) {
      if (end > start) state.token(bytes, start, end, false);
      return true;
    }
    if (!found.scan(bytes, start, end)) {
      if (end > start) state.malformed++;
      return true;
    }
    return this.take(bytes, start, end);
  }

  /** In a stream of plain text: whether an event is JSON that says something other than text. */
  private isControl(bytes: Buffer, start: number, end: number): boolean {
    return bytes[start] === OPEN_OBJECT && this.found.scan(bytes, start, end) && this.found.anything;
  }

  /** False where the event ended the answer. */
  private take(bytes: Buffer, start: number, end: number): boolean {
    const { state, found } = this;
    const answer = found.textSlot(SLOT.token, SLOT.refusal);
    const reasoning = found.textSlot(SLOT.reasoning, SLOT.reasoningOther);
    const calls = state.takeCalls(found);
    if (answer >= 0) state.token(bytes, found.start(answer), found.end(answer), found.isEscaped(answer));
    else if (calls) state.stamp(true);
    else if (reasoning >= 0) state.stamp(false);
    const rare = state.takeRare(found, bytes, start, end);
    if (state.takeFinish(found)) {
      if (!this.rules.finishEnds) return true;
      this.template.reset();
      if (this.rules.countsUsage && !state.usageSeen) state.linger();
      else state.end();
      return !state.ended;
    }
    if (!rare) this.learn(bytes, start, end, answer, reasoning, calls);
    return true;
  }

  /** An event whose one text is a token, a thought or a piece of a call's arguments is the pattern of the next ones. */
  private learn(bytes: Buffer, start: number, end: number, answer: number, reasoning: number, calls: boolean): void {
    const { found, template, limit } = this;
    const add = (slot: number, kind: TokenKind): void => {
      template.learn(bytes, start, end, found.start(slot), found.end(slot), kind, limit);
    };
    if (calls) {
      const piece = found.isText(SLOT.callArguments) && !found.isText(SLOT.callName) && !found.isFilled(SLOT.moreCalls);
      if (piece && answer < 0 && reasoning < 0) add(SLOT.callArguments, "call");
    } else if (answer >= 0 && reasoning < 0) {
      add(answer, "answer");
    } else if (reasoning >= 0 && answer < 0) {
      add(reasoning, "reasoning");
    }
  }
}
