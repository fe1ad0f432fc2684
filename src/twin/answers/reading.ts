import { factIn } from "./facts.ts";
import { keyWords } from "./keywords.ts";
import type { ChatPrompt } from "./prompt.ts";
import { NOTHING_ASKED, type Requests, requestsIn } from "./requests.ts";
import type { TokenText } from "./texts.ts";
import { splitTokens } from "./tokens.ts";

/** What a model takes from a prompt: what must stand in the answer, and what it is about. */
export interface Reading {
  /** The whole answer, where the prompt asks for exactly one. */
  readonly exact: readonly string[] | undefined;
  /** Tokens at the answer's start and end. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The least that an answer with both has, prose between them included. */
  readonly reserved: number;
  /** `before` and `after` as text, for answers that are not prose. */
  readonly said: string;
  /** Key words of the last message. */
  words(): readonly string[];
}

const NOTHING: Reading = { exact: undefined, before: [], after: [], reserved: 1, said: "", words: () => [] };

const requests = new WeakMap<TokenText, Requests>();
const words = new WeakMap<TokenText, readonly string[]>();

function requestsOf(content: TokenText): Requests {
  const known = requests.get(content);
  if (known !== undefined) return known;
  const made = requestsIn(content.text);
  requests.set(content, made);
  return made;
}

function wordsOf(content: TokenText): readonly string[] {
  const known = words.get(content);
  if (known !== undefined) return known;
  const made = keyWords(content.text);
  words.set(content, made);
  return made;
}

export function readingOf(prompt: ChatPrompt | undefined): Reading {
  const last = prompt?.lastSegment?.content;
  if (prompt === undefined || last === undefined) return NOTHING;
  const system = prompt.firstSegment;
  const asked = requestsOf(last);
  const standing =
    system?.role === "system" && system.content !== undefined && system.content !== last
      ? requestsOf(system.content)
      : NOTHING_ASKED;
  const plain = asked === NOTHING_ASKED && standing === NOTHING_ASKED;
  if (plain) return { ...NOTHING, words: () => wordsOf(last) };
  if (asked.exact !== undefined) return { ...NOTHING, exact: splitTokens(asked.exact), words: () => wordsOf(last) };
  const facts = recalled(prompt, asked);
  if (facts.length > 0 && asked.bare)
    return {
      ...NOTHING,
      exact: splitTokens(facts.map((fact) => fact.value ?? fact.sentence).join(", ")),
      words: () => wordsOf(last),
    };
  const start = [...asked.start, ...standing.start].map((word) => `${word}.`);
  const first = [...start, ...facts.map((fact) => fact.sentence)].join(" ");
  const end = [...asked.end, ...standing.end].map((word) => ` ${word}.`).join("");
  const before = splitTokens(first);
  const after = splitTokens(end);
  const between = before.length === 0 && after.length > 0 ? LEAST_BETWEEN : 0;
  return {
    exact: undefined,
    before,
    after,
    reserved: Math.max(1, before.length + between + after.length),
    said: `${first}${end}`.trim(),
    words: () => wordsOf(last),
  };
}

/** Tokens of prose before words that stand at the end and have nothing before them. */
const LEAST_BETWEEN = 2;

interface Recalled {
  readonly sentence: string;
  readonly value: string | undefined;
}

function recalled(prompt: ChatPrompt, asked: Requests): readonly Recalled[] {
  const found: Recalled[] = [];
  const segments = asked.asked.length === 0 ? [] : prompt.segments();
  for (const { label, own, told } of asked.asked) {
    let value: string | undefined;
    for (let i = segments.length - 1; i >= 0 && value === undefined; i--) {
      const text = segments[i]?.content?.text;
      if (text !== undefined) value = factIn(text, label) ?? (told ? factIn(text, lastWord(label)) : undefined);
    }
    const whose = own ? "Your" : "The";
    if (value !== undefined) found.push({ sentence: `${whose} ${label} is ${value}.`, value });
    else if (told) found.push({ sentence: `I do not see the ${label} in what I was given.`, value: undefined });
  }
  return found;
}

function lastWord(label: string): string {
  return label.slice(label.lastIndexOf(" ") + 1);
}
