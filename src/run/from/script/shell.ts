import { reference } from "../reference.ts";

export interface ShellWord {
  readonly text: string;
}

export interface ShellCommand {
  readonly words: readonly ShellWord[];
  readonly line: number;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "0": "\0",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  e: "\x1b",
};
const VARIABLE = /^\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/;

/**
 * Splits a shell text into commands and words: quotes of all three kinds, continued lines, comments; `$NAME` becomes a reference. Nothing is
 * expanded or run: `$(...)` stays as it is written.
 */
export function shellCommands(text: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: ShellWord[] = [];
  let word: string | undefined;
  let line = 1;
  let begun = 1;
  let at = 0;
  const endWord = (): void => {
    if (word !== undefined) {
      // A prompt sign in front of a documented command.
      if (!(words.length === 0 && word === "$")) words.push({ text: word });
      word = undefined;
    }
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push({ words, line: begun });
    words = [];
  };
  const add = (piece: string): void => {
    if (word === undefined && words.length === 0) begun = line;
    word = (word ?? "") + piece;
  };
  const variable = (): boolean => {
    const match = VARIABLE.exec(text.slice(at, at + 200));
    const name = match?.[1] ?? match?.[2];
    if (match === null || name === undefined) return false;
    add(reference(name));
    at += match[0].length;
    return true;
  };
  const single = (): void => {
    const end = text.indexOf("'", at);
    const inside = text.slice(at, end < 0 ? undefined : end);
    add(inside);
    line += countLines(inside);
    at = end < 0 ? text.length : end + 1;
  };
  const ansi = (): void => {
    for (let c = text[at]; c !== undefined && c !== "'"; c = text[at]) {
      at++;
      if (c !== "\\") {
        if (c === "\n") line++;
        add(c);
        continue;
      }
      const code = /^(?:u([0-9a-fA-F]{1,4})|x([0-9a-fA-F]{1,2}))/.exec(text.slice(at, at + 5));
      const hex = code?.[1] ?? code?.[2];
      add(
        hex === undefined ? (ESCAPES[text[at] ?? ""] ?? text[at] ?? "") : String.fromCharCode(Number.parseInt(hex, 16)),
      );
      at += hex === undefined ? 1 : (code?.[0].length ?? 1);
    }
    at++;
  };
  const double = (): void => {
    for (let c = text[at]; c !== undefined && c !== '"'; c = text[at]) {
      if (c === "$" && variable()) continue;
      at++;
      if (c === "\n") line++;
      if (c === "\\" && /["\\$`\n]/.test(text[at] ?? "")) {
        if (text[at] !== "\n") add(text[at] ?? "");
        else line++;
        at++;
      } else add(c);
    }
    at++;
  };
  while (at < text.length) {
    const c = text[at] ?? "";
    if (c === "$" && text[at + 1] !== "'" && variable()) continue;
    at++;
    if (c === "\n") {
      endCommand();
      line++;
    } else if (/\s/.test(c)) endWord();
    else if (c === ";" || c === "|" || c === "&") endCommand();
    else if (c === "#" && word === undefined) {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
    } else if (c === "'") {
      add("");
      single();
    } else if (c === "$" && text[at] === "'") {
      at++;
      add("");
      ansi();
    } else if (c === '"') {
      add("");
      double();
    } else if (c === "\\") {
      const next = text[at] ?? "";
      at++;
      if (next === "\r" && text[at] === "\n") at++;
      if (next === "\n" || next === "\r") line++;
      else add(next);
    } else add(c);
  }
  endCommand();
  return commands;
}

function countLines(text: string): number {
  return text.split("\n").length - 1;
}
