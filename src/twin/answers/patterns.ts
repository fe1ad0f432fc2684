import type { Random } from "../../base/index.ts";

/**
 * A text that a regular expression matches, for the plain ones that schemas hold: literals, classes, groups, alternatives, repeats, anchors.
 * Undefined where the expression has anything else, or where the text made does not match it.
 */
export function matching(pattern: string, random: Random): string | undefined {
  if (pattern.length > LONGEST_PATTERN) return undefined;
  const reader = { pattern, at: 0, random, signs: 0 };
  try {
    const text = alternatives(reader, 0);
    return reader.at === pattern.length && new RegExp(pattern, "u").test(text) ? text : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const LONGEST_PATTERN = 500;
const MOST_SIGNS = 2000;
const DEEPEST = 20;
/** Repeats of what may be repeated for ever, beyond the least. */
const MORE = 4;

interface Reader {
  readonly pattern: string;
  readonly random: Random;
  at: number;
  signs: number;
}

function unsupported(reader: Reader): SyntaxError {
  return new SyntaxError(`unsupported at ${reader.at}`);
}

/** Reads all alternatives, and returns the text of one. */
function alternatives(reader: Reader, depth: number): string {
  if (depth > DEEPEST) throw unsupported(reader);
  const texts = [sequence(reader, depth)];
  while (reader.pattern[reader.at] === "|") {
    reader.at++;
    texts.push(sequence(reader, depth));
  }
  return texts[reader.random.uint32() % texts.length] ?? "";
}

function sequence(reader: Reader, depth: number): string {
  let text = "";
  while (reader.at < reader.pattern.length) {
    const sign = reader.pattern[reader.at];
    if (sign === "|" || sign === ")") break;
    if (sign === "^" || sign === "$") {
      reader.at++;
      continue;
    }
    const start = reader.at;
    const once = atom(reader, depth);
    const end = reader.at;
    const times = repeats(reader);
    const after = reader.at;
    for (let i = 0; i < times; i++) {
      if (i === 0) text += once;
      else {
        reader.at = start;
        text += atom(reader, depth);
        if (reader.at !== end) throw unsupported(reader);
      }
      if (++reader.signs > MOST_SIGNS) throw unsupported(reader);
    }
    reader.at = after;
  }
  return text;
}

function repeats(reader: Reader): number {
  const found = /^(?:([?*+])|\{(\d{1,4})(,?)(\d{0,4})\})\??/.exec(reader.pattern.slice(reader.at, reader.at + 14));
  if (found === null) return 1;
  reader.at += found[0].length;
  const [, sign, low, comma, high] = found;
  const least = sign === undefined ? Number(low) : sign === "+" ? 1 : 0;
  const most =
    sign === "?"
      ? 1
      : sign !== undefined
        ? least + MORE
        : comma === ""
          ? least
          : high === ""
            ? least + MORE
            : Number(high);
  return least + (reader.random.uint32() % (Math.min(most, least + MORE) - least + 1));
}

function atom(reader: Reader, depth: number): string {
  const sign = reader.pattern[reader.at++] ?? "";
  if (sign === "(") {
    if (reader.pattern.startsWith("?:", reader.at)) reader.at += 2;
    else if (reader.pattern[reader.at] === "?") throw unsupported(reader);
    const text = alternatives(reader, depth + 1);
    if (reader.pattern[reader.at++] !== ")") throw unsupported(reader);
    return text;
  }
  if (sign === "[") return oneOf(reader, classSigns(reader));
  if (sign === ".") return oneOf(reader, LETTERS);
  if (sign === "\\") return oneOf(reader, escaped(reader));
  return sign;
}

function oneOf(reader: Reader, signs: string): string {
  if (signs === "") throw unsupported(reader);
  return signs[reader.random.uint32() % signs.length] ?? "";
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const ESCAPES: Readonly<Record<string, string>> = {
  d: DIGITS,
  w: LETTERS + DIGITS,
  s: " ",
  D: LETTERS,
  W: "-",
  S: LETTERS,
};

function escaped(reader: Reader): string {
  const sign = reader.pattern[reader.at++] ?? "";
  const known = ESCAPES[sign];
  if (known !== undefined) return known;
  if (/[a-z0-9]/i.test(sign)) throw unsupported(reader);
  return sign;
}

function classSigns(reader: Reader): string {
  const { pattern } = reader;
  const negated = pattern[reader.at] === "^";
  if (negated) reader.at++;
  let signs = "";
  while (pattern[reader.at] !== "]") {
    if (reader.at >= pattern.length) throw unsupported(reader);
    const sign = pattern[reader.at++] ?? "";
    if (sign === "\\") signs += escaped(reader);
    else if (pattern[reader.at] === "-" && pattern[reader.at + 1] !== "]") {
      const last = pattern.charCodeAt(reader.at + 1);
      reader.at += 2;
      for (let code = sign.charCodeAt(0); code <= last && signs.length < 300; code++)
        signs += String.fromCharCode(code);
    } else signs += sign;
  }
  reader.at++;
  if (!negated) return signs;
  return Array.from(LETTERS + DIGITS + LETTERS.toUpperCase())
    .filter((sign) => !signs.includes(sign))
    .join("");
}
