import { Lexer } from "yaml";

/** Far more than a plan nests, far less than the recursive parser bears. */
const DEEPEST = 100;
/** Characters of indentation; each level of block nesting takes at least one. */
const WIDEST_INDENT = 400;

/**
 * Whether a text nests deeper than the parser may safely recurse. It reads tokens without recursion: brackets, indicators that nest
 * within a line (`- - -`), and indentation.
 */
export function nestsTooDeep(text: string): boolean {
  let brackets = 0;
  let indicators = 0;
  let lineStart = true;
  for (const token of new Lexer().lex(text)) {
    if (token === "[" || token === "{") brackets++;
    else if (token === "]" || token === "}") brackets = Math.max(0, brackets - 1);
    if (token === "-" || token === "?") indicators++;
    else if (token.trim() !== "") indicators = 0;
    if (lineStart && token.length > WIDEST_INDENT && token.trim() === "") return true;
    if (brackets > DEEPEST || indicators > DEEPEST) return true;
    lineStart = token.endsWith("\n");
  }
  return false;
}
