import type { Random } from "../../base/index.ts";
import { BODIES, CLOSERS, LONGEST_CLOSER, ONE_TOKEN, type Sentence } from "./sentences.ts";

/** Sentences after which a paragraph ends, on average. */
const PARAGRAPH = 6;
const BREAK = ".\n\n";
/** The shortest sentence. */
const LEAST = 2;
/** A sentence that fits where the next one drawn would leave too little for another. */
const SPACER = 8;

/** A key word with the space before it, as tokens. */
export type Word = readonly string[];

/**
 * Writes prose of exactly `count` tokens, its last sentence whole, onto `out`; stops at `cap` tokens, so that a capped answer is the beginning of
 * the whole one. `words` are the topics; none needed.
 */
export function writeProse(
  out: string[],
  count: number,
  cap: number,
  random: Random,
  words: readonly Word[],
  topics: readonly Word[],
): void {
  const bound = out.length + Math.min(count, cap);
  let left = count;
  if (left === 1) {
    out.push(out.length === 0 ? ONE_TOKEN : ` ${ONE_TOKEN.toLowerCase()}`);
    return;
  }
  const source = words.length > 0 ? words : topics;
  while (left > 0 && out.length < bound) {
    const draw = random.uint32();
    const chosen = pick(left, draw);
    const start = out.length;
    push(out, chosen, draw, source);
    left -= out.length - start;
    if (left < 0 || (left > 0 && left < LEAST)) {
      left += out.length - start;
      out.length = start;
      const spacer = closer(left > LONGEST_CLOSER ? SPACER : left, draw);
      push(out, spacer, draw, source);
      left -= spacer.tokens.length;
    }
    if (left > 0 && draw % PARAGRAPH === 0 && out[out.length - 1] === ".") out[out.length - 1] = BREAK;
  }
  if (out.length > bound) out.length = bound;
}

function pick(left: number, draw: number): Sentence {
  if (left <= LONGEST_CLOSER) return closer(left, draw);
  return BODIES[(draw >>> 8) % BODIES.length] ?? closer(SPACER, draw);
}

function closer(length: number, draw: number): Sentence {
  const fitting = CLOSERS[length] ?? [];
  const chosen = fitting[(draw >>> 4) % Math.max(1, fitting.length)];
  if (chosen === undefined) throw new RangeError(`no sentence of ${length} tokens`);
  return chosen;
}

function push(out: string[], sentence: Sentence, draw: number, words: readonly Word[]): void {
  const start = out.length;
  const { tokens } = sentence;
  let slot = draw >>> 16;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token !== undefined) out.push(token);
    else {
      const word = words[slot % words.length] ?? [];
      for (let j = 0; j < word.length; j++) out.push(word[j] ?? "");
      slot = slot * 7 + 3;
    }
  }
  if (start === 0 || out[start - 1] === BREAK) out[start] = sentence.lead;
}
