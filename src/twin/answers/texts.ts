import { hashTokens } from "./tokens.ts";

/** A text as the twin's model sees it. Texts of conversations come again turn after turn, and those of prompt sets session after session. */
export interface TokenText {
  readonly text: string;
  /** One identity a token. */
  readonly hashes: Uint32Array;
}

/** Units of text kept in each of two generations; older ones are tokenised anew. */
const KEPT_UNITS = 2_000_000;
/** A text beyond this is not worth keeping. */
const LONGEST_KEPT = 200_000;

let young = new Map<string, TokenText>();
let old = new Map<string, TokenText>();
let units = 0;

export function tokenText(text: string): TokenText {
  const known = young.get(text);
  if (known !== undefined) return known;
  const made = old.get(text) ?? { text, hashes: hashTokens(text) };
  if (text.length <= LONGEST_KEPT) {
    if (units + text.length > KEPT_UNITS) {
      old = young;
      young = new Map();
      units = 0;
    }
    young.set(text, made);
    units += text.length;
  }
  return made;
}
