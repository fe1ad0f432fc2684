import type { ErrorCode } from "yaml";

interface SyntaxFault {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** The library's own messages may quote the text, and so a secret: these never do. */
export function syntaxFault(code: ErrorCode): SyntaxFault {
  const [message, hint] = WORDS[code] ?? [
    "this cannot be read as YAML",
    "Check indentation, brackets and quotes here.",
  ];
  return { code: code === "DUPLICATE_KEY" ? "PLAN_DUPLICATE_KEY" : "PLAN_SYNTAX", message, hint };
}

/** A bracket or brace whose lines go on as if it were closed. */
export const UNCLOSED: SyntaxFault = {
  code: "PLAN_SYNTAX",
  message: "a bracket or brace that nothing closes",
  hint: "Close it, or indent the lines that belong inside it further.",
};

const WORDS: Readonly<Partial<Record<ErrorCode, readonly [message: string, hint: string]>>> = {
  BAD_ALIAS: ["an alias that cannot be read", "Put text that begins with * or & in quotes."],
  BAD_DIRECTIVE: ["a directive that cannot be read", "Put text that begins with % in quotes."],
  BAD_DQ_ESCAPE: ["an escape that double quotes do not know", "Write \\\\ for a backslash, or use single quotes."],
  BAD_INDENT: ["the indentation does not fit what stands above", "Align this line with its neighbours."],
  BAD_SCALAR_START: ["text that may not begin like this", "Put the text in quotes."],
  BLOCK_AS_IMPLICIT_KEY: [
    "a second `: ` on one line",
    "Put text that contains `: ` in quotes, or check the indentation.",
  ],
  BLOCK_IN_FLOW: ["an indented block inside brackets", "Close the bracket first, or write everything inside it."],
  DUPLICATE_KEY: ["this key is already in the same mapping", "Remove one of the two."],
  KEY_OVER_1024_CHARS: ["a key longer than 1024 characters", "Check the quotes and brackets above."],
  MISSING_CHAR: ["a quote, bracket, colon or comma is missing", "Add the missing character."],
  MULTILINE_IMPLICIT_KEY: ["a key that spans lines, or a line without `:`", "Add the colon, or check the indentation."],
  MULTIPLE_DOCS: ["more than one document in the file", "Keep one plan a file; remove what follows `---`."],
  TAB_AS_INDENT: ["a tab as indentation", "Indent with spaces."],
  TAG_RESOLVE_FAILED: [
    "tags are not allowed: a plan is plain data",
    "Remove the tag (the word that begins with an exclamation mark).",
  ],
  UNEXPECTED_TOKEN: ["something unexpected", "Check brackets and quotes here; put the text in quotes."],
};
