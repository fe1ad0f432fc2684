import type { AnswerState } from "./answer-state.ts";
import type { AnswerRules } from "./dialects/dialect.ts";
import { SLOT } from "./dialects/slots.ts";
import { messageOfBody } from "./errors.ts";
import { EventTemplate, HOLE, type Hole, type TokenKind, type ViewCache } from "./event-template.ts";
import { type Found, startsWith } from "./found.ts";
import { LineParser } from "./line-parser.ts";
import { MessageParser } from "./message-parser.ts";
import { KIND } from "./skim/index.ts";
import { type EventParser, type EventSink, SseParser } from "./sse.ts";

const DONE = Buffer.from("[DONE]");
const OPEN_OBJECT = 0x7b;
/** Of the data of an error event, this much is looked at. */
const MAX_ERROR = 2048;

/** Reads the events of a streamed answer. */
export class EventReader implements EventSink {
  private readonly rules: AnswerRules;
  private readonly state: AnswerState;
  private readonly found: Found;
  private readonly template: EventTemplate;
  private readonly parser: EventParser;
  /** The span that the parser now reads. */
  private pushed: Buffer = DONE;

  constructor(rules: AnswerRules, state: AnswerState, found: Found, views: ViewCache) {
    this.rules = rules;
    this.state = state;
    this.found = found;
    this.template = new EventTemplate(views);
    this.parser = parserFor(rules.form, this);
  }

  reset(): void {
    this.template.reset();
    this.parser.reset();
  }

  push(bytes: Buffer, start: number, end: number): void {
    const { rules, state } = this;
    const before = state.exchange.events + state.malformed;
    this.take(bytes, start, end);
    if (rules.form !== "messages" || state.ended) return;
    // No end of a body ends these answers.
    const answered = rules.oneMessage === true && state.exchange.events + state.malformed > before;
    if (!answered && state.error === undefined) return;
    if (state.malformed === 0) state.finished = true;
    state.end();
  }

  private take(bytes: Buffer, start: number, end: number): void {
    const { template, parser, state } = this;
    let at = start;
    while (template.ready && at < end && parser.atEventStart) {
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
    this.pushed = bytes;
    parser.push(bytes, at, end);
    if (parser.overflow) state.fail("event-too-large");
  }

  /** End of the body: what the last event lacks of its end is forgiven. */
  finish(): void {
    this.parser.finish();
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
      if (found.scan(bytes, start, end, name)) state.takeRare(found, bytes, start, end);
      if (state.usageSeen) state.end();
      return !state.ended;
    }
    if (rules.plain && !this.isControl(bytes, start, end)) {
      if (end > start) state.token(bytes, start, end, false);
      return true;
    }
    if (!found.scan(bytes, start, end, name)) {
      if (end > start) state.malformed++;
      return true;
    }
    return this.takeEvent(bytes, start, end);
  }

  /** In a stream of plain text: whether an event is JSON that says something other than text. */
  private isControl(bytes: Buffer, start: number, end: number): boolean {
    return bytes[start] === OPEN_OBJECT && this.found.scan(bytes, start, end) && this.found.anything;
  }

  /** False where the event ended the answer. */
  private takeEvent(bytes: Buffer, start: number, end: number): boolean {
    const { state, found, rules } = this;
    const answer = found.textSlot(SLOT.token, SLOT.refusal);
    const reasoning = found.textSlot(SLOT.reasoning, SLOT.reasoningOther);
    const calls = state.takeCalls(found);
    if (answer >= 0) state.token(bytes, found.start(answer), found.end(answer), found.isEscaped(answer));
    else if (calls || found.isFilled(SLOT.content)) state.stamp(true);
    else if (reasoning >= 0) state.stamp(false);
    const rare = state.takeRare(found, bytes, start, end);
    const whole = found.isSaid(SLOT.whole) ? rules.whole?.(found.parsed(SLOT.whole)) : undefined;
    if (state.takeAnswer(whole)) state.stamp(true);
    const finish = state.takeFinish(found) || whole?.done === true;
    if (found.ends) {
      state.finished = true;
      state.end();
      return false;
    }
    if (finish) {
      if (!rules.finishEnds) return true;
      this.template.reset();
      if (rules.countsUsage && !state.usageSeen) state.linger();
      else state.end();
      return !state.ended;
    }
    if (!rare && bytes === this.pushed) this.learn(bytes, answer, reasoning, calls);
    return true;
  }

  /** An event whose one text is a token, a thought or a piece of a call's arguments is the pattern of the next ones. */
  private learn(bytes: Buffer, answer: number, reasoning: number, calls: boolean): void {
    const { found } = this;
    if (calls) {
      const rest = found.isText(SLOT.callName) || found.isFilled(SLOT.moreCalls) || found.isSaid(SLOT.callInput);
      if (found.isText(SLOT.callArguments) && !rest && answer < 0 && reasoning < 0)
        this.learnToken(bytes, SLOT.callArguments, "call");
    } else if (answer >= 0 && reasoning < 0) {
      this.learnToken(bytes, answer, "answer");
    } else if (reasoning >= 0 && answer < 0) {
      this.learnToken(bytes, reasoning, "reasoning");
    }
  }

  private learnToken(bytes: Buffer, slot: number, kind: TokenKind): void {
    const { found, parser, template } = this;
    if (parser.eventStart < 0 || parser.eventEnd < 0) return;
    const holes: Hole[] = [{ start: found.start(slot), end: found.end(slot), kind: HOLE.token }];
    if (parser.idStart >= 0) holes.push({ start: parser.idStart, end: parser.idEnd, kind: HOLE.line });
    const { kinds, starts, ends } = found.skimmer;
    for (const value of found.varying) {
      const hole = HOLE_OF[kinds[value] ?? KIND.absent];
      if (hole !== undefined) holes.push({ start: starts[value] ?? 0, end: ends[value] ?? 0, kind: hole });
    }
    template.learn(bytes, parser.eventStart, parser.eventEnd, kind, holes);
  }
}

const HOLE_OF: Readonly<Record<number, number>> = {
  [KIND.string]: HOLE.string,
  [KIND.escaped]: HOLE.string,
  [KIND.number]: HOLE.integer,
};

function parserFor(form: AnswerRules["form"], sink: EventSink): EventParser {
  if (form === "sse") return new SseParser(sink);
  return form === "messages" ? new MessageParser(sink) : new LineParser(sink, form === "lines");
}
