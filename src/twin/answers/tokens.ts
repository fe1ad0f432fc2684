import { classAt, DENSE, DIGIT, FOREIGN, LOWER, NEWLINE, OTHER, SPACE, SURROGATE, UPPER } from "./char-classes.ts";
import { hashBetween } from "./hash.ts";

/**
 * The twin's own tokenizer. It cuts as the pre-tokenisers of byte-pair encoders do (a word with the space before it, up to three digits, runs of
 * punctuation, runs of white space), and long words into pieces by their length, so that counts come near those of a vocabulary it does not have.
 *
 * Where a token ends depends on what stands from its start on, at most `REACH` units, and on whether a letter stands before it. So a text that is
 * cut at the end of a token keeps all tokens up to there, and work is linear in the text, whatever the text.
 */
const REACH = 64;

/** Letters of the first piece of a word by how it is written, and of every further piece. */
const LOWER_PIECE = 13;
const CAPITAL_PIECE = 8;
const UPPER_PIECE = 3;
const FOREIGN_PIECE = 4;
const NEXT_PIECE = 4;
const DIGITS = 3;
const SAME_SIGNS = 16;
const MIXED_SIGNS = 3;

/** End of the token that starts at `start`, which is within the text. */
export function tokenEnd(text: string, start: number): number {
  if (text.charCodeAt(start) === BLANK && isSmall(text.charCodeAt(start + 1)))
    return lettersEnd(text, start + 1, start + 2, LOWER_PIECE);
  const kind = classAt(text, start);
  if (kind === LOWER || kind === UPPER || kind === FOREIGN)
    return wordEnd(text, start, start > 0 && isLetter(classAt(text, start - 1)));
  if (kind === SPACE || kind === NEWLINE) return spaceEnd(text, start, kind);
  if (kind === DIGIT) return runEnd(text, start, DIGIT, DIGITS);
  if (kind === DENSE) return denseEnd(text, start);
  if (kind === SURROGATE) return Math.min(start + 2, text.length);
  return signEnd(text, start);
}

const BLANK = 0x20;

function isSmall(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

function isLetter(kind: number): boolean {
  return kind === LOWER || kind === UPPER || kind === FOREIGN;
}

function runEnd(text: string, start: number, kind: number, most: number): number {
  const bound = Math.min(text.length, start + most);
  let end = start + 1;
  while (end < bound && classAt(text, end) === kind) end++;
  return end;
}

/** White space up to its last line break; else all but the space that belongs to what follows. */
function spaceEnd(text: string, start: number, first: number): number {
  if (first === SPACE && start + 1 < text.length) {
    const next = classAt(text, start + 1);
    if (next === LOWER || next === UPPER || next === FOREIGN) return wordEnd(text, start + 1, false);
    if (next === OTHER) return signEnd(text, start + 1);
    if (next === DENSE) return denseEnd(text, start + 1);
    if (next === SURROGATE) return Math.min(start + 3, text.length);
  }
  const bound = Math.min(text.length, start + REACH);
  let end = start;
  let afterBreak = -1;
  while (end < bound) {
    const kind = classAt(text, end);
    if (kind === NEWLINE) afterBreak = end + 1;
    else if (kind !== SPACE) break;
    end++;
  }
  if (afterBreak > 0) return afterBreak;
  return end < text.length && end < bound && end - start > 1 && classAt(text, end) !== DIGIT ? end - 1 : end;
}

/** A word, a piece of one, or one hump of a camelCase name; `inside` where a letter stands before. */
function wordEnd(text: string, start: number, inside: boolean): number {
  const length = text.length;
  let end = start;
  let kind = classAt(text, end);
  if (kind === UPPER) {
    const bound = Math.min(length, start + UPPER_PIECE);
    while (end < bound && classAt(text, end) === UPPER) end++;
    if (end === length) return end;
    kind = classAt(text, end);
    if (end - start > 1) {
      if (kind !== LOWER) return end;
      end--;
      if (end > start + 1) return end;
    }
    if (kind !== LOWER && kind !== FOREIGN) return end;
    return lettersEnd(text, start, end, CAPITAL_PIECE);
  }
  return lettersEnd(text, start, end, inside ? NEXT_PIECE : kind === FOREIGN ? FOREIGN_PIECE : LOWER_PIECE);
}

function lettersEnd(text: string, start: number, from: number, most: number): number {
  let bound = Math.min(text.length, start + most);
  let end = from;
  while (end < bound) {
    const code = text.charCodeAt(end);
    if (isSmall(code)) {
      end++;
      continue;
    }
    const kind = classAt(text, end);
    if (kind !== LOWER && kind !== FOREIGN && !(kind === UPPER && end === from)) break;
    if (code > 0x7f) bound = Math.min(bound, start + FOREIGN_PIECE + 1);
    end++;
  }
  return text.charCodeAt(end) === APOSTROPHE ? contractionEnd(text, end) : end;
}

const APOSTROPHE = 0x27;

/** English keeps 's, 't, 'm, 'd, 're, 've and 'll with their word. */
function contractionEnd(text: string, at: number): number {
  const next = text[at + 1];
  if (next === "s" || next === "t" || next === "m" || next === "d") return at + 2;
  const two = text.slice(at + 1, at + 3);
  return two === "re" || two === "ve" || two === "ll" ? at + 3 : at;
}

/** One sign, or two where their codes say so: byte-pair encoders know the more frequent pairs. */
function denseEnd(text: string, start: number): number {
  if (start + 1 >= text.length || classAt(text, start + 1) !== DENSE) return start + 1;
  return ((text.charCodeAt(start) * 31 + text.charCodeAt(start + 1) * 17) & 7) < 3 ? start + 2 : start + 1;
}

function signEnd(text: string, start: number): number {
  const length = text.length;
  const sign = text.charCodeAt(start);
  let end = start + 1;
  if (end < length && text.charCodeAt(end) === sign) {
    const bound = Math.min(length, start + SAME_SIGNS);
    while (end < bound && text.charCodeAt(end) === sign) end++;
  } else {
    const bound = Math.min(length, start + MIXED_SIGNS);
    while (end < bound && classAt(text, end) === OTHER) end++;
  }
  const bound = Math.min(length, end + MIXED_SIGNS);
  while (end < bound && classAt(text, end) === NEWLINE) end++;
  return end;
}

/** The tokens of a text; joined they are the text. */
export function splitTokens(text: string): string[] {
  const tokens: string[] = [];
  let start = 0;
  while (start < text.length) {
    const end = tokenEnd(text, start);
    tokens.push(text.slice(start, end));
    start = end;
  }
  return tokens;
}

export function countTokens(text: string): number {
  let count = 0;
  for (let start = 0; start < text.length; start = tokenEnd(text, start)) count++;
  return count;
}

/** The identities of a text's tokens, in order. */
export function hashTokens(text: string): Uint32Array {
  let hashes = new Uint32Array((text.length >> 2) + 8);
  let count = 0;
  let start = 0;
  while (start < text.length) {
    const end = tokenEnd(text, start);
    if (count === hashes.length) hashes = grown(hashes);
    hashes[count++] = hashBetween(text, start, end);
    start = end;
  }
  return hashes.slice(0, count);
}

function grown(values: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(values.length * 2);
  larger.set(values);
  return larger;
}
