import { Lexer } from "yaml";

/** Offset of the bracket or brace that is still open at `until`, the innermost; undefined where none is. */
export function openBracket(text: string, until: number): number | undefined {
  const open: number[] = [];
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    // Marks of the lexer itself (document, scalar) stand for no text.
    if (/^[\u0002\u0018\u001f\ufeff]/.test(token) && !text.startsWith(token, offset)) continue;
    if (offset >= until) break;
    if (token === "{" || token === "[") open.push(offset);
    if (token === "}" || token === "]") open.pop();
    offset += token.length;
  }
  return open.at(-1);
}
