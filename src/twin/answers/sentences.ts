import { splitTokens } from "./tokens.ts";

/** A place in a sentence for one of the prompt's own key words. */
export const SLOT = undefined;

/** Part of a sentence as tokens; each begins with the space before it. SLOT stands for a key word with the space before it. */
export type Phrase = readonly (string | typeof SLOT)[];

/** The first word of a phrase where it opens a sentence, and where it opens a paragraph as well; SLOT where a key word comes first. */
interface Opening {
  readonly capital: string | typeof SLOT;
  readonly flush: string | typeof SLOT;
}

export interface Clause extends Opening {
  readonly phrase: Phrase;
}

/** `{}` is a key word of the prompt. Their number is prime, so that any stride walks through all of them. */
const MAIN = [
  "the short answer is that {} depends on {}",
  "{} works best when {} is kept small",
  "it helps to look at {} and write down what you expect",
  "most people begin with {} and only later find that {} matters more",
  "there are two common ways to think about {}",
  "you can treat {} as given and change the rest step by step",
  "it is fair to ask for an example of {}",
  "comparing {} with what you had before shows the difference",
  "you change one thing at a time and measure {}",
  "one could start with {} and add {}",
  "{} and {} are related but not the same",
  "the main risk is that {} hides the real cause",
  "you can test this by leaving out {}",
  "a second look at {} is worth the time",
  "it is a good step to agree on {} with those who depend on it",
  "this takes less time than expected because {} is already there",
  "some sources describe {} in another way",
  "without {} there is nothing to compare",
  "later steps build on {} and need it to be right",
  "too much {} makes the whole harder to explain",
  "{} should come before {}",
  "the first option is cheaper and the second keeps {} safe",
  "what matters is how {} changes when {} does",
  "nobody gains from {} that cannot be checked",
  "{} is the part that beginners underrate",
  "a list of cases with and without {} is a useful start",
  "the cost of {} grows faster than its benefit",
  "it pays to name {} clearly and to leave room for {}",
  "{} can be split into three parts of similar size",
  "the usual advice about {} is sound but incomplete",
  "you will notice {} as soon as {} is missing",
  "a small change of {} has a visible effect",
  "the history of {} explains much of it",
  "experts differ on {} more than on {}",
  "{} follows a pattern that repeats with small changes",
  "everything else about {} is a matter of taste",
  "the limits of {} are known and documented",
  "{} deserves a test of its own",
  "a diagram of {} makes the order of things clear",
  "it is easy to confuse {} with {}",
  "a table that lists {} beside {} answers most questions",
  "the details of {} vary from place to place",
  "a careful reader will ask where {} comes from",
] as const;

const BEFORE = [
  "in practice",
  "as a rule",
  "for example",
  "in most cases",
  "even so",
  "at first",
  "later on",
  "on the whole",
  "in short",
  "more often",
  "in that case",
  "seen from outside",
  "on the other hand",
  "to begin with",
  "with some care",
  "for this reason",
] as const;

const AFTER = [
  "once that holds",
  "before you go on",
  "in the long run",
  "when time allows",
  "as far as possible",
  "for everyone involved",
  "without much effort",
  "after a first look",
  "on most days",
  "by the end",
  "from the start",
  "at each step",
  "in both cases",
  "more than once",
  "under normal use",
  "as described above",
] as const;

/** Sentences without a place, so that their lengths are known: an answer of any length ends with a full stop. */
const PLAIN = [
  "Yes.",
  "Right.",
  "Agreed.",
  "That holds.",
  "Quite so.",
  "Try it.",
  "This is enough.",
  "That works too.",
  "Check it twice.",
  "It depends on you.",
  "Both ways are fine.",
  "There is more below.",
  "Start with the first one.",
  "The order does not matter.",
  "Most of it is routine.",
  "The rest follows from that alone.",
  "You can stop there for now.",
  "This part is easy to check.",
  "I would choose the simpler of both.",
  "Write down what you find on it.",
  "The second way costs a bit more.",
  "Tell me if you want more detail here.",
  "It is worth the time that it takes.",
  "The next part builds on what came before.",
  "After that, the remaining steps are quick.",
  "Small steps are safer here than large ones are.",
  "In short, the first way is good enough.",
  "Take your time here, since errors cost more later.",
  "The result should be the same on both of them.",
  "If it fails, go back one step and repeat.",
  "If anything is unclear, name the part that you mean.",
  "Nothing of this needs more than some time and a plan.",
  "When you have the result, compare it with the first one.",
  "Both lead to the same place, but one is easier to undo.",
  "It is better to check a small answer than to believe a large.",
  "Once that is settled, the rest can be done in any order.",
  "Write the result down, so that you can compare it with the next.",
  "As long as each step is small, nothing is lost when you go back.",
  "Show the first version to someone else and ask what they would change about it.",
] as const;

function phrase(text: string): Phrase {
  const tokens: (string | typeof SLOT)[] = [];
  for (const [index, part] of ` ${text}`.split(" {}").entries()) {
    if (index > 0) tokens.push(SLOT);
    tokens.push(...splitTokens(part));
  }
  return tokens;
}

function clause(text: string): Clause {
  const flush = text.startsWith("{}") ? SLOT : phrase(text.charAt(0).toUpperCase() + text.slice(1))[0]?.trimStart();
  return {
    phrase: phrase(text),
    capital: flush === undefined ? SLOT : ` ${flush}`,
    flush,
  };
}

export const CLAUSES: readonly Clause[] = MAIN.map(clause);
/** What may stand before a clause, its comma included, and after it. */
export const OPENERS: readonly Clause[] = BEFORE.map((text) => clause(`${text},`));
export const TAILS: readonly Phrase[] = AFTER.map(phrase);

/** Plain sentences by their number of tokens. */
export const CLOSERS: readonly (readonly Clause[])[] = byLength(PLAIN.map(clause));
export const LONGEST_CLOSER = CLOSERS.length - 1;
/** The only answer of one token. */
export const ONE_TOKEN = "Yes";

function byLength(sentences: readonly Clause[]): readonly (readonly Clause[])[] {
  const table: Clause[][] = [];
  for (const one of sentences) {
    while (table.length <= one.phrase.length) table.push([]);
    table[one.phrase.length]?.push(one);
  }
  return table;
}
