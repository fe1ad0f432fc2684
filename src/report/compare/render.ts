import type { Comparison } from "../../analyse/index.ts";
import { figure, NONE } from "../figures.ts";
import { painter, type Style } from "../paint.ts";
import { type Cell, table } from "../table.ts";
import { plain, wrap } from "../text.ts";
import { changeText, shownFigures } from "./words.ts";

export interface CompareRenderOptions {
  readonly width: number;
  readonly color: boolean;
}

const WIDEST = 100;
const NARROWEST = 40;

const STYLES: Readonly<Record<Comparison["word"], Style>> = {
  worse: "red",
  better: "green",
  same: "dim",
  "cannot-tell": "yellow",
};

/** A comparison as text: the sentence that decides, each stage's figures, what differs in the plans, and what to keep in mind. */
export function renderComparison(comparison: Comparison, { width: wide, color }: CompareRenderOptions): string {
  const width = Math.max(NARROWEST, Math.min(WIDEST, wide));
  const paint = painter(color);
  const { before, after, word, headline, within, differences, notes } = comparison;
  const [head = "", ...more] = wrap(plain(headline), width, "  ", "");
  const lines = [paint(head, "bold", STYLES[word]), ...more];
  lines.push(
    ...wrap(`${plain(after.id)} against ${before.map(({ id }) => plain(id)).join(", ")}`, width).map((line) =>
      paint(line, "dim"),
    ),
  );
  const percent = Number((within * 100).toPrecision(3));
  const shown = shownFigures(comparison.figures);
  for (const stage of new Set(shown.map((each) => each.stage))) {
    const rows = shown
      .filter((each) => each.stage === stage)
      .map((each): Cell[] => [
        {
          text:
            each.word === "same" ? `same within ${percent} %` : each.word === "cannot-tell" ? "can't tell" : each.word,
          styles: [STYLES[each.word]],
        },
        { text: each.metric },
        { text: each.before === undefined ? NONE : figure(each.before, each.unit) },
        { text: each.after === undefined ? NONE : figure(each.after, each.unit) },
        { text: changeText(each) || plain(each.why ?? "") },
        { text: each.p === undefined ? "" : each.p < 0.001 ? "< 0.001" : each.p.toFixed(3) },
        { text: each.superiority === undefined ? "" : each.superiority.toFixed(2) },
      ]);
    const body = table(
      [
        { title: "", align: "left" },
        { title: "", align: "left", shrinkTo: 12 },
        { title: "before", align: "right" },
        { title: "after", align: "right" },
        { title: "change (95 %)", align: "left", shrinkTo: 14 },
        { title: "p", align: "right", drop: 1 },
        { title: "P(more)", align: "right", drop: 2 },
      ],
      rows,
      { width, paint },
    );
    lines.push("", paint(plain(stage), "bold"), ...body);
  }
  if (differences.length > 0) {
    lines.push("", paint("The plans differ, in what does not matter here", "bold"));
    for (const { path, before: from, after: to } of differences.slice(0, 12))
      lines.push(
        ...wrap(`${plain(path)}: ${plain(from ?? "nothing")} → ${plain(to ?? "nothing")}`, width, "    ", "  "),
      );
    if (differences.length > 12) lines.push(`  and ${differences.length - 12} more`);
  }
  if (notes.length > 0) lines.push("", ...notes.flatMap((note) => wrap(plain(note), width, "  ", "")));
  return `${lines.join("\n")}\n`;
}
