import type { Random } from "../../base/index.ts";
import { CLAUSES, CLOSERS, type Clause, LONGEST_CLOSER, ONE_TOKEN, OPENERS, type Phrase, TAILS } from "./sentences.ts";

/** Sentences after which a paragraph ends, on average. */
const PARAGRAPH = 6;
const BREAK = ".\n\n";
const STOP = ".";
/** The shortest sentence, in tokens. */
const LEAST = 2;
/** A sentence for where the next one drawn would leave too little for another. */
const SPACER = 8;
/** Sentences in eight that have something before their clause, and after it. */
const OPENED = 3;
const TAILED = 3;
/** Below this many key words the general ones help out. */
const FEW_WORDS = 3;

/** A key word with the space before it, as tokens. */
export type Word = readonly string[];

/**
 * Writes prose of exactly `count` tokens, its last sentence whole, onto `out`; stops at `cap` tokens, so that a capped answer is the beginning of
 * the whole one. `words` are the topics; `general` ones stand in where there are none.
 */
export function writeProse(
  out: string[],
  count: number,
  cap: number,
  random: Random,
  words: readonly Word[],
  general: readonly Word[],
): void {
  if (count === 1) {
    out.push(out.length === 0 ? ONE_TOKEN : ` ${ONE_TOKEN.toLowerCase()}`);
    return;
  }
  const end = out.length + count;
  const bound = out.length + Math.min(count, cap);
  const topics = words.length < FEW_WORDS ? [...words, ...general] : words;
  let next = random.uint32() % CLAUSES.length;
  const stride = 1 + (random.uint32() % (CLAUSES.length - 1));
  while (out.length < bound) {
    const draw = random.uint32();
    const start = out.length;
    const left = end - start;
    if (left <= LONGEST_CLOSER) pushCloser(out, left, draw);
    else {
      pushSentence(out, CLAUSES[next], draw, topics);
      next = (next + stride) % CLAUSES.length;
      const over = end - out.length;
      if (over < LEAST && over !== 0) {
        out.length = start;
        pushCloser(out, SPACER, draw);
      }
    }
    if (out.length < end && draw % PARAGRAPH === 0 && out[out.length - 1] === STOP) out[out.length - 1] = BREAK;
  }
  if (out.length > bound) out.length = bound;
}

function pushCloser(out: string[], length: number, draw: number): void {
  const fitting = CLOSERS[length] ?? [];
  const chosen = fitting[(draw >>> 4) % Math.max(1, fitting.length)];
  if (chosen === undefined) throw new RangeError(`no sentence of ${length} tokens`);
  const start = out.length;
  pushPhrase(out, chosen.phrase, 0, []);
  capitalise(out, start, chosen);
}

function pushSentence(out: string[], clause: Clause | undefined, draw: number, topics: readonly Word[]): void {
  if (clause === undefined) return;
  const start = out.length;
  if (clause.capital === undefined || (draw & 7) < OPENED) {
    const opener = OPENERS[(draw >>> 6) % OPENERS.length];
    pushPhrase(out, opener?.phrase ?? [], 0, topics);
    if (opener !== undefined) capitalise(out, start, opener);
    pushPhrase(out, clause.phrase, draw >>> 16, topics);
  } else {
    pushPhrase(out, clause.phrase, draw >>> 16, topics);
    capitalise(out, start, clause);
  }
  if (((draw >>> 3) & 7) < TAILED) pushPhrase(out, TAILS[(draw >>> 10) % TAILS.length] ?? [], 0, topics);
  out.push(STOP);
}

function pushPhrase(out: string[], phrase: Phrase, lot: number, topics: readonly Word[]): void {
  let slot = lot;
  for (let i = 0; i < phrase.length; i++) {
    const token = phrase[i];
    if (token !== undefined) out.push(token);
    else {
      const word = topics[slot % topics.length] ?? [];
      for (let j = 0; j < word.length; j++) out.push(word[j] ?? "");
      slot += 1 + (slot % 5);
    }
  }
}

function capitalise(out: string[], start: number, { capital, flush }: Clause): void {
  const first = start === 0 || out[start - 1] === BREAK ? flush : capital;
  if (first !== undefined) out[start] = first;
}
