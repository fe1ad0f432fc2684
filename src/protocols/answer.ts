import { AnswerState } from "./answer-state.ts";
import type { AnswerRules } from "./dialects/dialect.ts";
import { acceptsType } from "./dialects/forms.ts";
import { SLOT } from "./dialects/slots.ts";
import { messageOfBody } from "./errors.ts";
import { EventReader } from "./event-reader.ts";
import { ViewCache } from "./event-template.ts";
import { Found } from "./found.ts";
import { isServed } from "./status.ts";
import { TextBuffer } from "./text-buffer.ts";
import type { Exchange } from "./types.ts";

/** Of the body of an error, this much is kept. */
const MAX_ERROR_BODY = 2048;

/** How the bytes of a body are taken. */
const NOTHING = 0;
const STREAM = 1;
const WHOLE = 2;
const ERROR = 3;
const TEXT = 4;

/** What all answers of a client share: none of it holds anything between two spans. */
export interface AnswerTools {
  readonly maxBytes: number;
  readonly views: ViewCache;
  /** How a body is read: the first that takes its content type. */
  readonly manners: readonly Manner[];
}

interface Manner {
  readonly rules: AnswerRules;
  readonly found: Found;
}

export function answerTools(rules: AnswerRules, maxBytes: number): AnswerTools {
  const manners: Manner[] = [];
  for (let each: AnswerRules | undefined = rules; each !== undefined; each = each.otherwise)
    manners.push({ rules: each, found: new Found(each) });
  return { maxBytes, views: new ViewCache(), manners };
}

/**
 * Reads the body of one answer: finds what the dialect's rules name, stamps it, and keeps the text. Every span belongs to a read of the
 * socket, told beforehand by {@link beginRead}. Reused from attempt to attempt, because its buffers have grown.
 */
export class Answer {
  readonly state: AnswerState;
  readonly tools: AnswerTools;
  private manner: Manner;
  /** One for each manner that has been needed. */
  private readonly readers: (EventReader | undefined)[] = [];
  private reader: EventReader | undefined;
  /** A whole JSON body, or the beginning of an error's. */
  private readonly whole = new TextBuffer();
  private mode = NOTHING;
  private location = "";
  private bodyBytes = 0;
  private readAt = Number.NaN;
  private read = 0;

  constructor(tools: AnswerTools, exchange: Exchange) {
    this.tools = tools;
    this.state = new AnswerState(exchange);
    this.manner = firstOf(tools);
  }

  /** How the body is read: of the first manner, until the response's head says otherwise. */
  get rules(): AnswerRules {
    return this.manner.rules;
  }

  reset(exchange: Exchange): void {
    this.state.reset(exchange);
    this.reader?.reset();
    this.reader = undefined;
    this.manner = firstOf(this.tools);
    this.whole.clear();
    this.mode = NOTHING;
    this.location = "";
    this.bodyBytes = 0;
    this.readAt = Number.NaN;
    this.read = 0;
  }

  /** The response's head is there: says how to take its body. */
  open(status: number, contentType: string, location = ""): void {
    if (!isServed(status)) {
      this.mode = ERROR;
      this.location = location;
      return;
    }
    const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
    const { manners } = this.tools;
    const index = type === "" ? 0 : manners.findIndex(({ rules }) => acceptsType(rules.form, type));
    const manner = manners[index];
    if (manner === undefined) {
      this.mode = ERROR;
      this.state.fault = `content-type:${type}`;
      return;
    }
    this.manner = manner;
    const { rules, found } = manner;
    this.state.addsUsage = rules.addsUsage === true;
    this.mode = MODES[rules.form];
    if (this.mode !== STREAM) return;
    this.reader = this.readers[index] ??= new EventReader(rules, this.state, found, this.tools.views);
  }

  /** The transport cannot make sense of the body; a word. */
  refuse(fault: string): void {
    if (this.state.fault === "") this.state.fault = fault;
    if (this.mode !== ERROR) this.mode = NOTHING;
  }

  /** The spans from here on came with the read of this stamp and number. */
  beginRead(at: number, read: number): void {
    this.readAt = at;
    this.read = read;
  }

  body(bytes: Buffer, start: number, end: number): void {
    const { state } = this;
    this.bodyBytes += end - start;
    if (state.ended) return;
    state.beginSpan(this.readAt, this.read);
    const tooLarge = this.bodyBytes > this.tools.maxBytes;
    if (this.mode === ERROR) {
      const room = MAX_ERROR_BODY - this.whole.length;
      if (room > 0) this.whole.append(bytes, start, Math.min(end, start + room));
      if (tooLarge) state.end();
    } else if (tooLarge) {
      state.fail("answer-too-large");
    } else if (this.mode === STREAM) {
      this.reader?.push(bytes, start, end);
    } else if (this.mode === TEXT) {
      state.rawText(bytes, start, end);
    } else if (this.mode === WHOLE) {
      this.whole.append(bytes, start, end);
    }
  }

  /** The body is whole (`proper`), or its connection broke. */
  close(proper: boolean): void {
    const { state } = this;
    if (state.ended) return;
    if (this.mode === STREAM) this.reader?.finish();
    else if (this.mode === WHOLE && proper && this.whole.length > 0) this.takeWhole();
    state.endAt(this.readAt);
  }

  /** What an error's head and body say; "" where they say nothing. */
  get errorDetail(): string {
    if (this.location !== "") return `to ${this.location}`;
    return this.mode === ERROR ? messageOfBody(this.whole.bytes.toString("utf8", 0, this.whole.length)) : "";
  }

  get hasContent(): boolean {
    return this.state.exchange.events > 0 || this.state.text.length > 0;
  }

  /** An answer that is not streamed has no times of its tokens. What is not a string is kept as the JSON that it is. */
  private takeWhole(): void {
    const { state } = this;
    const { found, rules } = this.manner;
    const { bytes, length } = this.whole;
    if (rules.whole !== undefined) {
      const body = parseJson(bytes.toString("utf8", 0, length));
      if (body === undefined) state.malformed++;
      else if (state.takeAnswer(rules.whole(body))) state.exchange.events = 1;
      return;
    }
    if (!found.scan(bytes, 0, length)) {
      state.malformed++;
      return;
    }
    const text = found.textSlot(SLOT.token, SLOT.refusal);
    const slot = text < 0 && found.isFilled(SLOT.token) ? SLOT.token : text;
    if (slot >= 0) {
      state.text.append(bytes, found.start(slot), found.end(slot));
      state.text.escaped = found.isEscaped(slot);
    }
    const calls = state.takeCalls(found);
    if (slot >= 0 || calls || found.isFilled(SLOT.content)) state.exchange.events = 1;
    state.takeRare(found, bytes, 0, length);
    state.takeFinish(found);
  }
}

const MODES: Readonly<Record<AnswerRules["form"], number>> = {
  sse: STREAM,
  ndjson: STREAM,
  lines: STREAM,
  messages: STREAM,
  text: TEXT,
  json: WHOLE,
};

function firstOf({ manners }: AnswerTools): Manner {
  const [first] = manners;
  if (first === undefined) throw new RangeError("a dialect has at least one manner of answer");
  return first;
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
