import type { Random } from "../../base/index.ts";
import { STARTERS, WORDS } from "./words.ts";

/** Words of a sentence besides its first; sentences of a paragraph. */
const SENTENCE = { min: 6, max: 18 };
const PARAGRAPH = { min: 3, max: 7 };

/**
 * Plausible-looking text without meaning, of `tokens` (>= 1) tokens: exactly so in o200k_base and cl100k_base, since every word with the space
 * before it, every comma and every end of a sentence is one token; other vocabularies come near. Two texts share no
 * prefix to speak of, so a server's prefix cache gains nothing from them.
 */
export function syntheticText(tokens: number, random: Random): string {
  const pick = (list: readonly string[]): string => list[Math.floor(random.next() * list.length)] ?? "";
  const between = ({ min, max }: typeof SENTENCE): number => min + Math.floor(random.next() * (max - min + 1));
  const pieces: string[] = [];
  let left = tokens;
  let sentences = between(PARAGRAPH);
  let join = "";
  while (left > 0) {
    // A rest too short for a sentence of its own makes this one longer.
    let words = between(SENTENCE) - 1;
    if (left - words - 2 < SENTENCE.min) words = left - 2;
    pieces.push(join, pick(STARTERS));
    left--;
    for (let i = 0; i < words && left > 0; i++) {
      const comma = i > 1 && i < words - 2 && left > 2 && random.next() < 0.06;
      if (comma) {
        pieces.push(",");
        left--;
        i++;
      }
      pieces.push(" ", pick(WORDS));
      left--;
    }
    if (left === 0) break;
    sentences--;
    const paragraphEnds = sentences === 0 && left > 1;
    pieces.push(paragraphEnds ? ".\n\n" : ".");
    left--;
    join = paragraphEnds ? "" : " ";
    if (paragraphEnds) sentences = between(PARAGRAPH);
  }
  return pieces.join("");
}
