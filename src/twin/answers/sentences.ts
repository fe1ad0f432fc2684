import { splitTokens } from "./tokens.ts";

/** A place in a sentence for one of the prompt's own key words. */
export const SLOT = undefined;

/** A sentence as tokens, for the middle of an answer: its first token carries the space before it. */
export interface Sentence {
  /** The first word without the space, for the start of an answer or a paragraph. */
  readonly lead: string;
  /** All tokens; SLOT stands for a key word with the space before it. */
  readonly tokens: readonly (string | typeof SLOT)[];
  readonly slots: number;
}

/** `{}` is a key word of the prompt. */
const BODY = [
  "The short answer is that {} depends on {}.",
  "In practice, {} works best when {} is kept small and checked often.",
  "First, look at {} and write down what you expect from it.",
  "Most people begin with {}, and only later find that {} matters more.",
  "There are two common ways to think about {} here.",
  "One is to treat {} as given; the other is to change it step by step.",
  "If {} is not clear, ask for an example before you go on.",
  "It also helps to compare {} with what you had before.",
  "A simple rule is to change one thing at a time and to measure the result.",
  "For example, you could start with {} and add {} once that holds.",
  "Note that {} and {} are related but not the same.",
  "The main risk is that {} hides the real cause.",
  "You can test this by leaving {} out and repeating the question.",
  "When that is done, go back to {} and see whether it still fits.",
  "A good next step is to agree on {} with everyone who depends on it.",
  "This usually takes less time than expected, because {} is already there.",
  "Some sources describe {} differently, so it is worth checking twice.",
  "The reason is simple: without {}, there is nothing to compare.",
  "Keep {} in mind, since later steps build on it.",
  "On the other hand, too much {} makes the whole harder to explain.",
  "What follows from this is that {} should come before {}.",
  "In that case, the first option is cheaper and the second is safer.",
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

function sentence(text: string): Sentence {
  const tokens: (string | typeof SLOT)[] = [];
  let slots = 0;
  for (const [index, part] of ` ${text}`.split(" {}").entries()) {
    if (index > 0) {
      tokens.push(SLOT);
      slots++;
    }
    tokens.push(...splitTokens(part));
  }
  return { lead: splitTokens(text)[0] ?? "", tokens, slots };
}

export const BODIES: readonly Sentence[] = BODY.map(sentence);

/** Plain sentences by their number of tokens. */
export const CLOSERS: readonly (readonly Sentence[])[] = byLength(PLAIN.map(sentence));
export const LONGEST_CLOSER = CLOSERS.length - 1;
/** The only answer of one token. */
export const ONE_TOKEN = "Yes";

function byLength(sentences: readonly Sentence[]): readonly (readonly Sentence[])[] {
  const table: Sentence[][] = [];
  for (const one of sentences) {
    while (table.length <= one.tokens.length) table.push([]);
    table[one.tokens.length]?.push(one);
  }
  return table;
}
