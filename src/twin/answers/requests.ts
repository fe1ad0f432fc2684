/**
 * What a question asks for that can be checked: an exact answer, a word to say, a fact from earlier. English phrasings only; everything is found by
 * pattern, and patterns are linear in the text.
 */
export interface Requests {
  /** "Answer with exactly X": nothing but X. */
  readonly exact: string | undefined;
  /** "Say the word X", "begin with X": X at the start, or at the end where it says so. */
  readonly start: readonly string[];
  readonly end: readonly string[];
  /** "What is my X", "tell me the X": labels of facts, in the order of asking. */
  readonly asked: readonly AskedFact[];
  /** "Only", "nothing else": a fact is answered bare. */
  readonly bare: boolean;
}

export interface AskedFact {
  readonly label: string;
  readonly own: boolean;
  /** The asker says that it was told before, so that not knowing it is an answer. */
  readonly told: boolean;
}

export const NOTHING_ASKED: Requests = { exact: undefined, start: [], end: [], asked: [], bare: false };

/** Beyond this much, only the beginning and the end of a text are searched for requests: they stand there. */
const LOOKED_AT = 4000;
const MOST = 8;

/** What must occur in a text, in small letters, before a kind of request is looked for at all: most prompts have none. */
const SIGNS = {
  exact: ["exactly", "only", "just", "nothing", "verbatim", "repeat after"],
  saying: ["say", "repeat", "includ", "mention", "quot", "echo", "use", "using", "writ", "begin", "start", " with "],
  ending: ["end", "finish", "close"],
  asked: [
    "what",
    "which",
    "who am i",
    "tell me",
    "repeat",
    "recall",
    "give me",
    "state",
    "return",
    "report",
    "quote",
    "remind",
    "remember",
  ],
};
/** A quotation, a word that nobody says by chance, or "the word": without one there is nothing to say. */
const SAYABLE = /["'`“«\d]|[A-Z]{3}|[-_][A-Z]|[Tt]he (?:code ?)?(?:word|phrase)/;

const QUOTED =
  /\s*:?\s*(?:"([^"\n]{1,200})"|'([^'\n]{1,200})'|`([^`\n]{1,200})`|“([^”\n]{1,200})”|«([^»\n]{1,200})»)/uy;
/** A word that nobody says by chance: with a digit, with a hyphen or underscore before a capital, or in capitals. Case matters. */
const CODE = /\s*:?\s*((?=[\w-]*\d|[A-Za-z]+[-_][A-Z]|[A-Z]{3})[A-Za-z0-9][\w-]{1,80})\b/uy;
const ANY_WORD = /\s*:?\s+([\p{L}\p{N}][\p{L}\p{N}_-]{0,80})/uy;
const REST_OF_LINE = /\s*:\s*([^\n]{1,200})/uy;
const NOUN =
  "(?:code ?words?|code|words?|phrase|text|string|token|nonce|marker|canary|reference|tag|id|number|password)";
/** What follows "the word" where no word is named. */
const NO_WORD = /^(?:that|which|you|i|we|from|of|in|for|and|or|to|is|the|a|an|with|on|at|by|it|then|limit|count)$/iu;

const ANSWER = "(?:answer|reply|respond|say|output|print|return|write)";
const EXACT = new RegExp(
  `\\b${ANSWER}\\b(?: back)?(?: to (?:this|me))?(?: with)? (?:exactly|only|just|nothing but)(?: with)?(?: the| this)?(?: following)?(?: (?:single|one))?( ${NOUN})?(?![\\p{L}])`,
  "giu",
);
const NOTHING_ELSE = new RegExp(
  `\\b${ANSWER}(?: with)?(?: the)?( ${NOUN})?(?=[^.!?\\n]{1,220}\\bnothing else\\b)`,
  "giu",
);
const REPEAT = /\brepeat (?:after me|exactly|verbatim)(?=\s*:)/giu;

const SAYING =
  /\b(?:say(?:ing)?|repeat(?:ing)?|includ(?:e|ing)|mention(?:ing)?|quot(?:e|ing)|echo|us(?:e|ing)|writ(?:e|ing)|(?:begin|start|answer|reply|respond)(?: your (?:answer|reply|response))? with)\b/giu;
const ENDING = /\b(?:end|finish|close|ending)\b(?: your (?:answer|reply|response))? with\b/giu;
const NAMED_WORD = /^[^.!?\n]{0,40}?\bthe (?:code ?)?(?:word|phrase)\b/iu;
/** How far after the verb the word may stand. */
const CLAUSE = 90;
const CLAUSE_END = /[.!?](?=\s|$)|\n/u;

const LABEL = "([\\p{L}\\p{N}][\\p{L}\\p{N} '_/-]{0,80})";
const ASKED = [
  new RegExp(`\\b(?:what|which)(?:'s| is| was| are| were) (the|my|your|our|that|this) ${LABEL}`, "giu"),
  new RegExp(
    `\\b(?:tell me|repeat|recall|give me|state|return|report|quote|remind me of|remember)(?: again)?(?: what)? (the|my|our|that) ${LABEL}`,
    "giu",
  ),
];
const WHO = /\bwho am i\b/iu;
const TOLD =
  /\b(?:i (?:gave|told|mentioned|said|asked)|told you|gave you|earlier|before|remember|recall|above|beginning)\b/iu;
const BARE = /\b(?:only|nothing else|nothing but|exactly|just the)\b/iu;
/** Where a label ends: words that belong to the question, not to the thing. */
const LABEL_END =
  /\s(?:that|which|i|you|we|was|is|were|are|again|please|from|mentioned|given|and|only|word for word|exactly)(?:\s.*)?$/iu;
const PERSONAL =
  /\b(?:code|codeword|word|phrase|password|passphrase|secret|token|nonce|marker|canary|pin|reference|name)\b/iu;

export function requestsIn(text: string): Requests {
  const looked = text.length <= 2 * LOOKED_AT ? text : `${text.slice(0, LOOKED_AT)}\n${text.slice(-LOOKED_AT)}`;
  const small = looked.toLowerCase();
  const has = (signs: readonly string[]): boolean => signs.some((sign) => small.includes(sign));
  const exact = has(SIGNS.exact) ? exactIn(looked) : undefined;
  const says = exact === undefined && SAYABLE.test(looked);
  const end = says && has(SIGNS.ending) ? saidAfter(ENDING, looked) : [];
  const start = says && has(SIGNS.saying) ? saidAfter(SAYING, looked).filter((word) => !end.includes(word)) : [];
  const asked = has(SIGNS.asked) ? askedIn(looked) : [];
  if (exact === undefined && end.length === 0 && start.length === 0 && asked.length === 0) return NOTHING_ASKED;
  return { exact, start, end, asked, bare: BARE.test(looked) };
}

function exactIn(text: string): string | undefined {
  for (const pattern of [EXACT, NOTHING_ELSE, REPEAT]) {
    for (const match of text.matchAll(pattern)) {
      const at = match.index + match[0].length;
      const named = match[1] === undefined ? undefined : wordAt(text, at);
      const found = valueAt(QUOTED, text, at) ?? valueAt(CODE, text, at) ?? valueAt(REST_OF_LINE, text, at) ?? named;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function saidAfter(verb: RegExp, text: string): readonly string[] {
  const found = new Set<string>();
  for (const match of text.matchAll(verb)) {
    const word = saidIn(clauseAt(text, match.index + match[0].length));
    if (word !== undefined) found.add(word);
    if (found.size === MOST) break;
  }
  return [...found];
}

function clauseAt(text: string, at: number): string {
  const clause = text.slice(at, at + CLAUSE);
  return clause.slice(0, CLAUSE_END.exec(clause)?.index ?? clause.length);
}

/** The first quoted or code-like word of a clause, or the one after "the word". */
function saidIn(clause: string): string | undefined {
  for (let at = 0; at >= 0 && at < clause.length; at = clause.indexOf(" ", at + 1)) {
    const word = valueAt(QUOTED, clause, at) ?? valueAt(CODE, clause, at);
    if (word !== undefined) return word;
  }
  const named = NAMED_WORD.exec(clause);
  return named === null ? undefined : wordAt(clause, named[0].length);
}

function wordAt(text: string, at: number): string | undefined {
  const word = valueAt(ANY_WORD, text, at);
  return word === undefined || NO_WORD.test(word) ? undefined : word;
}

/** What a sticky pattern captures at a place. */
function valueAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  const value = pattern
    .exec(text)
    ?.slice(1)
    .find((group) => group !== undefined)
    ?.trim();
  return value === "" ? undefined : value;
}

function askedIn(text: string): readonly AskedFact[] {
  const asked: AskedFact[] = [];
  const told = TOLD.test(text);
  if (WHO.test(text)) asked.push({ label: "name", own: true, told: true });
  for (const pattern of ASKED) {
    for (const match of text.matchAll(pattern)) {
      const label = (match[2] ?? "").replace(LABEL_END, "").trim();
      if (label === "" || asked.length === MOST) continue;
      const own = /^(?:my|our)$/iu.test(match[1] ?? "");
      asked.push({ label, own, told: told || own || PERSONAL.test(label) });
    }
  }
  return asked;
}
