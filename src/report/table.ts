import type { Paint, Style } from "./paint.ts";
import { displayWidth, fit, padEnd, padStart } from "./text.ts";

export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** Gives up columns down to this many when the table is too wide. */
  readonly shrinkTo?: number;
  /** Left out when shrinking does not suffice; the highest goes first. A column without any text is left out as well. */
  readonly drop?: number;
}

export interface Cell {
  readonly text: string;
  readonly styles?: readonly Style[];
}

export interface TableOptions {
  readonly width: number;
  readonly paint: Paint;
  readonly indent?: number;
  readonly gap?: number;
  /** Columns as wide as here at least: lets tables under one another share their columns. */
  readonly least?: readonly number[];
}

/** Aligned columns that never exceed `width`: columns drop until the rest can shrink into it; at worst lines are cut. A table without titles has no head. */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], options: TableOptions): string[] {
  const { width, paint, indent = 2, gap = 2, least = [] } = options;
  const widths = columns.map((column, index) =>
    Math.max(displayWidth(column.title), least[index] ?? 0, ...rows.map((row) => displayWidth(row[index]?.text ?? ""))),
  );
  const used = columns.map((_, index) => rows.some((row) => (row[index]?.text ?? "") !== ""));
  const shown = new Set(columns.keys());
  for (const [index, column] of columns.entries()) if (!used[index] && column.drop !== undefined) shown.delete(index);
  const slack = (): { readonly over: number; readonly give: number } => {
    let over = indent - gap - width;
    let give = 0;
    for (const index of shown) {
      const wide = widths[index] ?? 0;
      over += wide + gap;
      give += Math.max(0, wide - (columns[index]?.shrinkTo ?? wide));
    }
    return { over, give };
  };
  const droppable = [...shown].filter((index) => columns[index]?.drop !== undefined);
  droppable.sort((a, b) => (columns[b]?.drop ?? 0) - (columns[a]?.drop ?? 0));
  for (const index of droppable) {
    const { over, give } = slack();
    if (over <= give) break;
    shown.delete(index);
  }
  // The widest gives first, so that short columns stay whole.
  for (let { over } = slack(); over > 0; over--) {
    let widest: number | undefined;
    for (const index of shown) {
      const wide = widths[index] ?? 0;
      if (wide > (columns[index]?.shrinkTo ?? wide) && (widest === undefined || wide > (widths[widest] ?? 0)))
        widest = index;
    }
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }

  const margin = " ".repeat(indent);
  const line = (cellOf: (index: number) => Cell): string => {
    let out = margin;
    let first = true;
    for (const index of shown) {
      const { text, styles = [] } = cellOf(index);
      const cut = fit(text, widths[index] ?? 0);
      const pad = columns[index]?.align === "right" ? padStart : padEnd;
      // Padding stays outside of the colour, so that trailing blanks can go.
      const padded = pad(cut, widths[index] ?? 0);
      out += (first ? "" : " ".repeat(gap)) + padded.replace(cut, () => paint(cut, ...styles));
      first = false;
    }
    return fit(out.trimEnd(), width);
  };
  const body = rows.map((row) => line((index) => row[index] ?? { text: "" }));
  if (columns.every((column) => column.title === "")) return body;
  return [line((index) => ({ text: columns[index]?.title ?? "", styles: ["dim"] })), ...body];
}
