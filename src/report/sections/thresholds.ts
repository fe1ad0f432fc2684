import { figure, formatCount, NONE } from "../figures.ts";
import type { Style } from "../paint.ts";
import { type Cell, table } from "../table.ts";
import { displayWidth, plain, wrap } from "../text.ts";
import type { Section } from "./section.ts";

interface Mark {
  readonly word: string;
  readonly style: Style;
}

const HELD: Mark = { word: "held", style: "green" };
const CROSSED: Mark = { word: "CROSSED", style: "red" };
const NO_DATA: Mark = { word: "NO DATA", style: "red" };

export const thresholds: Section = (summary, context) => {
  if (summary.thresholds.length === 0) return [];
  const { width, paint } = context;
  const rows: Cell[][] = [];
  const notes: (string | undefined)[] = [];
  for (const { expression, observed, held, samples, unit, why } of summary.thresholds) {
    const mark = held ? HELD : observed === undefined ? NO_DATA : CROSSED;
    rows.push([
      { text: mark.word, styles: [mark.style] },
      { text: plain(expression) },
      { text: observed === undefined ? NONE : figure(observed, unit) },
      { text: formatCount(samples) },
    ]);
    notes.push(why === undefined ? undefined : plain(why));
  }
  const [head = "", ...body] = table(
    [
      { title: "", align: "left" },
      { title: "", align: "left", shrinkTo: 16 },
      { title: "measured", align: "right" },
      { title: "n", align: "right" },
    ],
    rows,
    { width, paint },
  );
  const title = "Thresholds";
  const lines = [paint(title, "bold") + head.slice(title.length)];
  const under = " ".repeat(4 + Math.max(...rows.map((row) => displayWidth(row[0]?.text ?? ""))));
  for (const [index, line] of body.entries()) {
    lines.push(line);
    const note = notes[index];
    if (note !== undefined) lines.push(...wrap(note, width, under).map((text) => paint(text, "dim")));
  }
  return lines;
};
