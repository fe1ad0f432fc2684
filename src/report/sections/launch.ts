import type { Summary, Verdict } from "../../analyse/index.ts";
import { amount } from "../figures.ts";
import type { Style } from "../paint.ts";
import { plain, wrap } from "../text.ts";
import type { SectionContext } from "./section.ts";

/** Lines of one part of what the folder says beyond its figures. */
export type VerdictSection = (verdict: Verdict, context: SectionContext, summary: Summary) => string[];

const WORDS: Readonly<Record<Verdict["verdict"]["word"], { readonly word: string; readonly style: Style }>> = {
  go: { word: "GO", style: "green" },
  "no-go": { word: "NO-GO", style: "red" },
  "cannot-tell": { word: "CAN'T TELL", style: "yellow" },
  none: { word: "", style: "bold" },
};

/** May we launch: one of three words, and the sentence with the two numbers that decide. */
export const launch: VerdictSection = ({ verdict, line }, { width, paint, mode }, summary) => {
  // Without a load line the summary's own sentence says all there is.
  if (verdict.word === "none" && (line === undefined || line.limits.length === 0)) return [];
  const { word, style } = WORDS[verdict.word];
  const head = word === "" ? "" : `${word}  `;
  const [first = "", ...more] = wrap(`${head}${plain(verdict.headline)}`, width, "  ", "");
  const lines = [paint(first.slice(0, word.length), "bold", style) + paint(first.slice(word.length), "bold")];
  lines.push(...more.map((text) => paint(text, "bold")));
  // What holds is drawn below; what is missing is told here.
  if (verdict.word === "cannot-tell" && mode === "full") {
    for (const because of verdict.because) lines.push(...wrap(plain(because), width, "  "));
  }
  if (verdict.word === "go" && summary.verdict === "fail" && line !== undefined) {
    const text = `The thresholds below are over the whole run, which went on to ${amount(line.tried.most, line.unit)}.`;
    lines.push(...wrap(text, width, "  "));
  }
  if (verdict.settle !== undefined) lines.push(...wrap(`To settle it: ${plain(verdict.settle)}`, width, "  "));
  return lines;
};

/** The word and the sentence in one line: `NO-GO  It carries 2.9 sessions a second. Launch day brings 4.` */
export function launchLine({ verdict }: Verdict): string {
  const { word } = WORDS[verdict.word];
  return `${word === "" ? "" : `${word}  `}${plain(verdict.headline)}`;
}
