import { type Random, randomStream } from "../../base/index.ts";
import { WORDS } from "../prompts/words.ts";

/** The blocks that a request consists of, and what tells the blocks of one replayed copy from those of another. */
export interface BlockText {
  readonly blocks: ArrayLike<number>;
  /** Tokens of a block. */
  readonly size: number;
  readonly seed: number;
  /** Blocks of equal ids have equal texts where these are equal too. */
  readonly salt: readonly number[];
}

/** Tokens `from` to `to` of a text made of blocks, as far as they reach. */
export function blockText({ blocks, size, seed, salt }: BlockText, from: number, to: number): string {
  const pieces: string[] = [];
  for (let block = Math.floor(from / size); block * size < to && block < blocks.length; block++) {
    const begin = block * size;
    const random = randomStream(seed, "block", blocks[block] ?? 0, ...salt);
    addPhrases(pieces, random, Math.max(0, from - begin), Math.min(size, to - begin));
  }
  return pieces.join("");
}

/** A text of `tokens` tokens that shares no beginning to speak of with any other. */
export function ownText(tokens: number, seed: number, ...keys: readonly number[]): string {
  const pieces: string[] = [];
  addPhrases(pieces, randomStream(seed, "replay", ...keys), 0, Math.max(1, tokens));
  return pieces.join("");
}

/** Tokens of a phrase. A text of many thousand tokens must be made in microseconds, while others wait to be sent. */
const PHRASE = 16;
const PHRASES = 4096;

interface Phrase {
  /** Each one token, with the space before it: they may be cut and joined anywhere. */
  readonly words: readonly string[];
  readonly text: string;
}

/** Makes what texts are made of, so that the first of them is as quick as the others. */
export function prepareTexts(): void {
  allPhrases();
}

let phrases: readonly Phrase[] | undefined;

function allPhrases(): readonly Phrase[] {
  phrases ??= Array.from({ length: PHRASES }, (_, number) => {
    const random = randomStream(number, "phrase");
    const words = Array.from({ length: PHRASE }, () => ` ${WORDS[random.uint32() % WORDS.length] ?? ""}`);
    return { words, text: words.join("") };
  });
  return phrases;
}

/** Adds tokens `from` to `to` of an endless text that follows from the random stream. */
function addPhrases(pieces: string[], random: Random, from: number, to: number): void {
  const all = allPhrases();
  for (let begin = 0; begin < to; begin += PHRASE) {
    const phrase = all[random.uint32() % PHRASES];
    if (phrase === undefined || begin + PHRASE <= from) continue;
    const isWhole = begin >= from && begin + PHRASE <= to;
    pieces.push(isWhole ? phrase.text : phrase.words.slice(Math.max(0, from - begin), to - begin).join(""));
  }
}
