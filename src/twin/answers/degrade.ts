import { type Random, randomStream } from "../../base/index.ts";
import { asTokens, GENERAL } from "./keywords.ts";
import { ChatPrompt } from "./prompt.ts";
import { writeProse } from "./prose.ts";
import { splitTokens } from "./tokens.ts";
import type { AnswerOptions, Degradation, Prompt } from "./types.ts";

/** What a degradation may change: what the model sees, how long it writes, and what it wrote. Each is given what the ones before it made. */
interface DegradationEntry {
  /** What a reader of the answer sees. */
  readonly shows: string;
  readonly model?: (model: string) => string;
  readonly prompt?: (prompt: Prompt) => Prompt;
  /** Tokens of an answer that would have `count`; `cap` is the most it may have. */
  readonly length?: (count: number, cap: number, random: Random) => number;
  /** Changes the tokens, never their number. */
  readonly tokens?: (tokens: string[], options: AnswerOptions, random: Random) => string[];
  /** Changes JSON before it is cut into tokens. */
  readonly json?: (text: string, random: Random) => string;
}

/** Words of one token each in another script than the answer's. */
const FOREIGN_WORDS = [" это", " того", " как", " они", " мир", " нет", " год", " был", " она", " вода"];
/** What another request would have been about, where none is at hand. */
const OTHER_TOPICS = asTokens(["passport", "mortgage", "vaccination", "allotment"]);

export const DEGRADATION_TABLE: Readonly<Record<Degradation, DegradationEntry>> = {
  truncated: {
    shows: "ends in the middle of a sentence, and says that it stopped by itself",
    length: (count, _cap, random) => Math.max(1, Math.floor(count * (0.25 + 0.35 * random.next()))),
    tokens: (tokens) => {
      const last = tokens.length - 1;
      if (last > 0 && (tokens[last] ?? "").startsWith(".")) tokens[last] = " and";
      return tokens;
    },
  },
  "head-dropped": {
    shows: "knows nothing of the first half of the prompt",
    prompt: (prompt) => prompt.keepTail(Math.ceil(prompt.tokens / 2)),
  },
  looping: {
    shows: "repeats one phrase until the cap",
    length: (_count, cap) => cap,
    tokens: (tokens) => {
      const from = Math.min(tokens.length - 1, phraseStart(tokens, Math.floor(tokens.length * 0.15)));
      const phrase = tokens.slice(from, phraseStart(tokens, from + 6));
      if (phrase.length === 0 || !(phrase[0] ?? "").startsWith(" ")) return tokens;
      for (let i = from; i < tokens.length; i++) tokens[i] = phrase[(i - from) % phrase.length] ?? "";
      return tokens;
    },
  },
  "malformed-json": {
    shows: "is not valid JSON where JSON was asked for",
    json: (text, random) => {
      const cut = text.lastIndexOf(random.next() < 0.5 ? '"' : "}");
      return cut < 1 ? `${text},` : text.slice(0, cut) + text.slice(cut + 1);
    },
  },
  "foreign-script": {
    shows: "changes into another script for part of the answer",
    tokens: (tokens, _options, random) => {
      const from = Math.floor(tokens.length * 0.3);
      const to = Math.ceil(tokens.length * 0.7);
      for (let i = from; i < tokens.length; i++) {
        if (i >= to && (tokens[i] ?? "").startsWith(" ")) break;
        tokens[i] = FOREIGN_WORDS[random.uint32() % FOREIGN_WORDS.length] ?? "";
      }
      return tokens;
    },
  },
  crossed: {
    shows: "goes on with the text of another request's answer",
    tokens: (tokens, options, random) => {
      const kept = Math.floor(tokens.length * 0.2);
      const other = options.other?.trim() || elsewhere(tokens.length, random);
      const joined = splitTokens(`${tokens.slice(0, kept).join("")} ${other}`.trim());
      return padded(joined, tokens.length, random);
    },
  },
  "swapped-model": {
    shows: "comes from another model than the one that was asked for",
    model: (model) => `${model} (smaller)`,
  },
};

/** The first place at or after `from` where a new word starts. */
function phraseStart(tokens: readonly string[], from: number): number {
  let at = Math.max(1, from);
  while (at < tokens.length && !/^ \p{L}/u.test(tokens[at] ?? "")) at++;
  return at;
}

function elsewhere(count: number, random: Random): string {
  const tokens: string[] = [];
  writeProse(tokens, Math.max(2, count), count, random, OTHER_TOPICS, GENERAL);
  return tokens.join("");
}

/** Exactly `count` tokens: cut, or gone on with. */
function padded(tokens: string[], count: number, random: Random): string[] {
  if (tokens.length > count) tokens.length = count;
  const missing = count - tokens.length;
  if (missing > 0) writeProse(tokens, missing, missing, random, [], GENERAL);
  return tokens;
}

export function seenPrompt(prompt: Prompt, degradations: readonly Degradation[]): Prompt {
  let seen = prompt;
  for (const name of degradations) seen = DEGRADATION_TABLE[name].prompt?.(seen) ?? seen;
  return seen;
}

/** One stream a degradation and prompt. */
export function degradationRandom(options: AnswerOptions, name: Degradation, key: number): Random {
  return randomStream(options.seed, "degradation", name, key);
}

export function textOf(prompt: Prompt): ChatPrompt | undefined {
  return prompt instanceof ChatPrompt ? prompt : undefined;
}
