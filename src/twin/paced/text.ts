import { randomStream } from "../../base/index.ts";

/**
 * Plausible text, one word a token: sentences are drawn from small tables, so that answers differ, read like answers, and can be
 * made from a seed without a model.
 */
const OPENERS = [
  "In short, the order is on its way.",
  "Thank you for asking.",
  "Here is what I found.",
  "That depends on the plan you are on.",
  "Yes, this is possible.",
  "There are two ways to do this.",
  "Let us look at the numbers first.",
  "The manual covers this in its second part.",
];
const SUBJECTS = [
  "the parcel",
  "the invoice",
  "your account",
  "the sensor",
  "the second step",
  "the warranty",
  "this setting",
  "the old contract",
  "the morning report",
  "the cable",
  "our support team",
  "the export file",
];
const VERBS = [
  "arrives with",
  "depends on",
  "replaces",
  "is checked against",
  "comes before",
  "explains",
  "needs",
  "is stored beside",
  "ends with",
  "is sent after",
];
const OBJECTS = [
  "the confirmation mail",
  "a valid address",
  "the blue form",
  "the measured value",
  "two working days",
  "the serial number",
  "a short restart",
  "the signed copy",
  "the next billing date",
  "your own notes",
];
const LINKS = ["", "", "", "In that case,", "After that,", "As a rule,", "For most people,", "On weekdays,"];

/** The first `count` tokens of the answer number `number`; joined they are its text. */
export function answerTokens(seed: number, number: number, count: number): string[] {
  const random = randomStream(seed, "text", number);
  const pick = (table: readonly string[]): string => table[Math.floor(random.next() * table.length)] ?? "";
  const words = pick(OPENERS).split(" ");
  while (words.length < count) {
    const link = pick(LINKS);
    const subject = pick(SUBJECTS);
    const start = link === "" ? subject.charAt(0).toUpperCase() + subject.slice(1) : `${link} ${subject}`;
    words.push(...`${start} ${pick(VERBS)} ${pick(OBJECTS)}.`.split(" "));
  }
  words.length = count;
  return words.map((word, index) => (index === 0 ? word : ` ${word}`));
}

/** An estimate, and called one wherever it is shown: English runs at about four characters a token. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}
