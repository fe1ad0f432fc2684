import type { Word } from "./prose.ts";
import { splitTokens } from "./tokens.ts";

/** Of a long prompt, this much at its start and its end is looked at. */
const LOOKED_AT = 800;
const MOST = 8;
const WORD = /\p{Script=Han}{2,4}|\p{L}{4,16}/gu;

const COMMON = new Set(
  (
    "able about above also area aren away back been best both call came case come does done down each else even ever find for from full gave get give goes good have help here high hold into isn just keep kind know last less like line list long look lots made make many mean more most much must name near need next nice none only onto over part per plan rest role same see seem send show side sort sure take task text that them then they this time told tool turn type upon used user uses very wait want way week well went were what when whom wide with work yeah year your " +
    "above after again against almost along already although always among another answer anything around asked because " +
    "become before being below between briefly cannot could describe different does doing during either enough every everything exactly " +
    "explain first following found given gives going great having however information instead itself keep little maybe might mostly " +
    "never nothing often other others ought please possible question quite rather really reply respond right said says sentence sentences " +
    "several shall should since small some someone something still such tell than thank thanks that their theirs them then there these " +
    "they thing things think this those though three through today together toward under until using very want wants well were what when " +
    "where whether which while whole whose will with within without word words would write wrote years your yours yourself"
  ).split(" "),
);

/** Words that answers fall back on where a prompt has none. */
export const GENERAL: readonly Word[] = ["the question", "the result", "the first step", "the details"].map((text) =>
  splitTokens(` ${text}`),
);

/** Up to eight of the words that a text is about, the most frequent first. */
export function keyWords(text: string): readonly string[] {
  const looked = text.length <= 2 * LOOKED_AT ? text : `${text.slice(0, LOOKED_AT)} ${text.slice(-LOOKED_AT)}`;
  const counts = new Map<string, number>();
  for (const [word] of looked.matchAll(WORD)) {
    if (!COMMON.has(word.toLowerCase())) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts]
    .sort((one, other) => other[1] - one[1] || other[0].length - one[0].length)
    .slice(0, MOST)
    .map(([word]) => word);
}

export function asTokens(words: readonly string[]): readonly Word[] {
  return words.map((word) => splitTokens(` ${word}`));
}
