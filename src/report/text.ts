import { stripVTControlCharacters } from "node:util";

/**
 * Text as a terminal shows it. What a target, a plan or a file says is hostile until `plain` has seen it: an escape sequence in an
 * error message could clear the screen, rename the window or fake a verdict.
 */

/** C0, DEL and C1; bidirectional overrides and isolates; zero-width and line separators; byte order mark; lone surrogates. */
const UNSAFE = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\p{Cs}]+/gu;

/** One line of harmless text: escape sequences are removed, every run of control characters becomes one space. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(UNSAFE, " ").trim();
}

/** Lines of harmless text, their indentation kept. */
export function plainBlock(text: string): string {
  return text
    .split("\n")
    .map((line) => `${/^ */.exec(line)?.[0] ?? ""}${plain(line)}`)
    .join("\n");
}

// biome-ignore format: one range a pair
const WIDE: readonly number[] = [
  0x1100, 0x115f, 0x2e80, 0x303e, 0x3041, 0x33ff, 0x3400, 0x4dbf, 0x4e00, 0x9fff, 0xa000, 0xa4cf, 0xac00, 0xd7a3, 0xf900, 0xfaff,
  0xfe30, 0xfe6f, 0xff00, 0xff60, 0xffe0, 0xffe6, 0x1f300, 0x1f64f, 0x1f680, 0x1f6ff, 0x1f900, 0x1f9ff, 0x20000, 0x3fffd,
];

function cells(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/\p{M}/u.test(character)) return 0;
  for (let i = 0; i < WIDE.length; i += 2) {
    if (code >= (WIDE[i] ?? 0) && code <= (WIDE[i + 1] ?? 0)) return 2;
  }
  return 1;
}

// Only the colours that paint.ts writes; nothing else survives `plain`.
const COLOUR = /(\u001b\[[0-9;]*m)/;

/** Terminal columns that a line takes; colours take none, East Asian wide characters two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const piece of text.split(COLOUR)) {
    if (piece.startsWith("\u001b")) continue;
    for (const character of piece) width += cells(character);
  }
  return width;
}

/** Cuts a line to `width` columns; the last one then is an ellipsis. Colours stay, and end where the line ends. */
export function fit(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 0) return "";
  let out = "";
  let used = 0;
  let coloured = false;
  for (const piece of text.split(COLOUR)) {
    if (piece.startsWith("\u001b")) {
      out += piece;
      coloured = true;
      continue;
    }
    for (const character of piece) {
      const next = cells(character);
      if (used + next > width - 1) return `${out}…${coloured ? "\u001b[0m" : ""}`;
      out += character;
      used += next;
    }
  }
  return out;
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** A number and its unit stay in one line. */
const BEFORE_UNIT = /(?<=\d) (?=(%|ms|s|\/s|MiB|GiB)(?![\w]))/g;

/** Breaks a paragraph at spaces; words longer than a line are cut. The first line begins with `first`, the others with `indent`. */
export function wrap(text: string, width: number, indent = "", first = indent): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.replace(BEFORE_UNIT, "\u00a0").split(" ")) {
    const joined = `${line} ${word}`;
    if (line === "") line = first + word;
    else if (displayWidth(joined) <= width) line = joined;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line].map((each) => fit(each.replaceAll("\u00a0", " "), width));
}
