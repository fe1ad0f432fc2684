export interface Token {
  readonly kind: "name" | "number" | "text" | "sign";
  /** A text's characters, its escapes resolved; else as it is written. */
  readonly text: string;
  /** A text with `{...}` to be filled. */
  readonly filled: boolean;
  readonly line: number;
}

/** A statement's line, with those that brackets or a backslash continue. */
export interface LogicalLine {
  /** Columns of white space in front; a tab is eight. */
  readonly indent: number;
  readonly tokens: readonly Token[];
}

const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /(?:0[xXoObB][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?|\.\d[\d_]*)/y;
const TEXT = /([rRbBuUfF]{0,2})("""|'''|"|')/y;
const SIGN = /(?:\*\*|\/\/|:=|==|!=|<=|>=|->|[^\s\p{L}\p{N}_])/uy;
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "\n": "",
  "0": "\0",
};

/** Splits a Python file into the tokens of its statements. What is no Python comes out as signs; nothing throws. */
export function pythonLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let tokens: Token[] = [];
  let indent = 0;
  let depth = 0;
  let line = 1;
  let at = 0;
  const matched = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const end = (): void => {
    if (tokens.length > 0) lines.push({ indent, tokens });
    tokens = [];
  };
  let fresh = true;
  while (at < text.length) {
    if (fresh) {
      indent = 0;
      for (let c = text[at]; c === " " || c === "\t"; c = text[++at]) indent += c === "\t" ? 8 : 1;
      fresh = false;
    }
    const c = text[at];
    if (c === undefined) break;
    if (c === "\n") {
      at++;
      line++;
      if (depth === 0) {
        end();
        fresh = true;
      }
    } else if (c === "#") {
      while (at < text.length && text[at] !== "\n") at++;
    } else if (c === "\\" && /^\\\r?\n/.test(text.slice(at, at + 3))) {
      at = text.indexOf("\n", at) + 1;
      line++;
    } else if (/\s/.test(c)) at++;
    else {
      const quote = matched(TEXT);
      const word = quote === null ? (matched(NAME) ?? matched(NUMBER)) : null;
      if (quote !== null) {
        const [whole, prefix = "", mark = ""] = quote;
        at += whole.length;
        const found = textUntil(text, at, mark, /r/i.test(prefix));
        tokens.push({ kind: "text", text: found.value, filled: /f/i.test(prefix), line });
        line += found.lines;
        at = found.end;
      } else if (word !== null) {
        tokens.push({ kind: /^[\d.]/.test(word[0]) ? "number" : "name", text: word[0], filled: false, line });
        at += word[0].length;
      } else {
        const sign = matched(SIGN)?.[0] ?? c;
        if ("([{".includes(sign)) depth++;
        if (")]}".includes(sign)) depth = Math.max(0, depth - 1);
        tokens.push({ kind: "sign", text: sign, filled: false, line });
        at += sign.length;
      }
    }
  }
  end();
  return lines;
}

function textUntil(
  text: string,
  from: number,
  mark: string,
  raw: boolean,
): { value: string; end: number; lines: number } {
  const pieces: string[] = [];
  let lines = 0;
  let at = from;
  while (at < text.length && !text.startsWith(mark, at)) {
    const c = text[at] ?? "";
    if (c === "\n") {
      // A text in single marks ends with its line, whatever is missing.
      if (mark.length === 1) return { value: pieces.join(""), end: at, lines };
      lines++;
    }
    if (c !== "\\") {
      pieces.push(c);
      at++;
      continue;
    }
    const next = text[at + 1] ?? "";
    if (next === "\n") lines++;
    const code = raw ? null : /^\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4}))/.exec(text.slice(at, at + 6));
    if (code !== null) {
      pieces.push(String.fromCharCode(Number.parseInt(code[1] ?? code[2] ?? "3f", 16)));
      at += code[0].length;
    } else {
      pieces.push(raw ? `\\${next}` : (ESCAPES[next] ?? `\\${next}`));
      at += 2;
    }
  }
  return { value: pieces.join(""), end: Math.min(text.length, at + mark.length), lines };
}
