import { type Random, randomStream } from "../../base/index.ts";
import { normalQuantile } from "../../stats/index.ts";
import { DEGRADATION_TABLE, degradationRandom, seenPrompt, textOf } from "./degrade.ts";
import { composeJson } from "./json.ts";
import { asTokens, GENERAL } from "./keywords.ts";
import { writeProse } from "./prose.ts";
import { type Reading, readingOf } from "./reading.ts";
import { splitTokens } from "./tokens.ts";
import type { Answer, AnswerOptions, Prompt } from "./types.ts";

/**
 * Tokens of `composeAnswer` with the same arguments. Costs a random draw, once the prompt's last message has been read; JSON costs as much as
 * writing it.
 */
export function answerTokens(prompt: Prompt, options: AnswerOptions): number {
  return draftOf(prompt, options).count;
}

/**
 * The answer of a model to a prompt: the same for the same seed, model, prompt and options. It does what the prompt asks where that can be checked
 * (exact answers, words to say, facts from earlier messages, JSON), writes prose about the prompt's own words else, and is worse in the named ways
 * when told so. JSON is as long as its schema makes it: `minTokens` and `ignoreEos` do not stretch it.
 */
export function composeAnswer(prompt: Prompt, options: AnswerOptions): Answer {
  const plan = draftOf(prompt, options);
  plan.tokens ??= write(plan);
  return { tokens: plan.tokens, finish: plan.finish };
}

/** An answer before it is written, and once it is. */
interface Draft {
  readonly options: AnswerOptions;
  readonly count: number;
  readonly finish: "stop" | "length";
  /** Tokens that the answer would have without caps and degradations of its length. */
  readonly whole: number;
  readonly key: number;
  readonly model: string;
  readonly reading: Reading;
  /** The whole text where it is not prose: an exact answer, or JSON. */
  readonly fixed: readonly string[] | undefined;
  tokens: readonly string[] | undefined;
}

/** The last draft for a prompt: an engine asks for an answer's length and for its blocks, and the reader for its text. */
const drafts = new WeakMap<Prompt, Draft>();

function draftOf(prompt: Prompt, options: AnswerOptions): Draft {
  const known = drafts.get(prompt);
  if (known !== undefined && same(known.options, options)) return known;
  const made = draft(prompt, options);
  drafts.set(prompt, made);
  return made;
}

function same(one: AnswerOptions, other: AnswerOptions): boolean {
  return (
    one.model === other.model &&
    one.style === other.style &&
    one.maxTokens === other.maxTokens &&
    one.minTokens === other.minTokens &&
    one.ignoreEos === other.ignoreEos &&
    one.seed === other.seed &&
    one.json === other.json &&
    one.other === other.other &&
    one.degradations.length === other.degradations.length &&
    one.degradations.every((name, index) => name === other.degradations[index])
  );
}

function draft(prompt: Prompt, options: AnswerOptions): Draft {
  const { degradations, style } = options;
  const seen = degradations.length === 0 ? prompt : seenPrompt(prompt, degradations);
  let model = options.model;
  for (const name of degradations) model = DEGRADATION_TABLE[name].model?.(model) ?? model;
  const reading = readingOf(textOf(seen));
  const { key } = seen;
  const drawn = drawnLength(options, model, key);
  const fixed = fixedTokens(options, model, key, reading, drawn);
  const natural = fixed?.length ?? Math.max(drawn, reading.reserved);
  const cap = Math.max(1, options.maxTokens ?? (options.ignoreEos ? style.max : Math.max(style.max, natural)));
  const least = asksJson(options) ? 1 : Math.min(options.minTokens ?? 1, cap);
  const endless = options.ignoreEos && !asksJson(options);
  const whole = endless ? Math.max(natural, cap) : Math.max(natural, least);
  let count = Math.min(whole, cap);
  let finish: Answer["finish"] = whole > cap || endless ? "length" : "stop";
  for (const name of degradations) {
    const changed = DEGRADATION_TABLE[name].length?.(count, cap, degradationRandom(options, name, key));
    if (changed === undefined) continue;
    finish = changed >= cap && name === "looping" ? "length" : "stop";
    count = changed;
  }
  return { options, count, finish, whole: Math.max(whole, count), key, model, reading, fixed, tokens: undefined };
}

function asksJson({ json }: AnswerOptions): boolean {
  return json !== undefined && json !== false;
}

function drawnLength({ seed, style }: AnswerOptions, model: string, key: number): number {
  const z = normalQuantile(randomStream(seed, "answer length", model, key).next());
  return Math.round(Math.min(style.max, Math.max(1, style.median * Math.exp(style.sigma * z))));
}

function wordsRandom(options: AnswerOptions, model: string, key: number): Random {
  return randomStream(options.seed, "answer words", model, key);
}

function fixedTokens(
  options: AnswerOptions,
  model: string,
  key: number,
  reading: Reading,
  drawn: number,
): readonly string[] | undefined {
  if (asksJson(options)) {
    const random = wordsRandom(options, model, key);
    let text = composeJson(options.json, random, reading, drawn);
    for (const name of options.degradations)
      text = DEGRADATION_TABLE[name].json?.(text, degradationRandom(options, name, key)) ?? text;
    return splitTokens(text);
  }
  return reading.exact;
}

function write(plan: Draft): string[] {
  const { options, reading, count, fixed } = plan;
  const random = wordsRandom(options, plan.model, plan.key);
  let tokens: string[];
  if (fixed !== undefined) tokens = filled(fixed.slice(0, count), count, random);
  else {
    tokens = [...reading.before];
    const between = plan.whole - reading.before.length - reading.after.length;
    if (between > 0) writeProse(tokens, between, count, random, asTokens(reading.words()), GENERAL);
    tokens.push(...reading.after);
    if (tokens.length > count) tokens.length = count;
  }
  for (const name of options.degradations)
    tokens = DEGRADATION_TABLE[name].tokens?.(tokens, options, degradationRandom(options, name, plan.key)) ?? tokens;
  return tokens;
}

function filled(tokens: string[], count: number, random: Random): string[] {
  const missing = count - tokens.length;
  if (missing > 0) writeProse(tokens, missing, missing, random, [], GENERAL);
  return tokens;
}
