import { mix } from "./hash.ts";
import { type TokenText, tokenText } from "./texts.ts";
import { splitTokens } from "./tokens.ts";
import type { PromptMessage } from "./types.ts";

/** A stretch of a prompt: a message in its template, or context that a stack's part puts in. */
export interface Segment {
  readonly role: string;
  /** Undefined where no text stands behind the tokens. */
  readonly content: TokenText | undefined;
  /** One identity a token, those of the template included. */
  readonly hashes: Uint32Array;
}

/** Start of a message, its role, a line break; and its end. */
const OPENING = 3;
const CLOSING = 1;
const MESSAGE_OVERHEAD = OPENING + CLOSING;

/** Role of a text that no template goes around: a completion's prompt, what is to be embedded. */
export const PLAIN_TEXT = "";

const MARKS = { start: 0xa5000001, header: 0xa5000002, end: 0xa5000003, context: 0xa5000004 };

/** What stands before the first message. */
export const PROMPT_START: Uint32Array = Uint32Array.of(0xa5000000);
const ASSISTANT = "assistant";

const HEADERS = new Map<string, Uint32Array>();

function header(role: string): Uint32Array {
  const known = HEADERS.get(role);
  if (known !== undefined) return known;
  let name = 0x811c9dc5;
  for (let i = 0; i < role.length; i++) name = mix(name, role.charCodeAt(i));
  const made = Uint32Array.of(MARKS.start, name, MARKS.header);
  if (HEADERS.size < 64) HEADERS.set(role, made);
  return made;
}

const ANSWER_HEADER: Uint32Array = header(ASSISTANT);
const NO_HEADER = new Uint32Array(0);

/** What the template puts after the last segment, so that the model answers; nothing where no template is used. */
export function answerHeader(last: Segment | undefined): Uint32Array {
  return last?.role === PLAIN_TEXT ? NO_HEADER : ANSWER_HEADER;
}

export function messageSegment(message: PromptMessage): Segment {
  const content = tokenText(message.content);
  if (message.role === PLAIN_TEXT) return { role: PLAIN_TEXT, content, hashes: content.hashes };
  const hashes = new Uint32Array(content.hashes.length + MESSAGE_OVERHEAD);
  hashes.set(header(message.role));
  hashes.set(content.hashes, OPENING);
  hashes[hashes.length - 1] = MARKS.end;
  return { role: message.role, content, hashes };
}

/** `tokens` tokens of content known by `key` only: retrieved passages. */
export function contextSegment(tokens: number, key: number): Segment {
  const hashes = new Uint32Array(tokens);
  const low = key >>> 0;
  const high = Math.floor(key / 0x1_0000_0000) >>> 0;
  for (let i = 0; i < tokens; i++) hashes[i] = mix(mix(MARKS.context + i, low), high);
  return { role: "context", content: undefined, hashes };
}

/** The end of a segment in at most `tokens` tokens; undefined where not even one token of content fits. */
export function segmentTail(segment: Segment, tokens: number): Segment | undefined {
  if (segment.hashes.length <= tokens) return segment;
  if (segment.content === undefined)
    return tokens < 1 ? undefined : { ...segment, hashes: segment.hashes.slice(segment.hashes.length - tokens) };
  const kept = segment.role === PLAIN_TEXT ? tokens : tokens - MESSAGE_OVERHEAD;
  if (kept < 1) return undefined;
  const content = splitTokens(segment.content.text).slice(-kept).join("");
  return messageSegment({ role: segment.role, content });
}
