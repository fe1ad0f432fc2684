import type { ComparedFigure } from "../../analyse/index.ts";
import { formatNumber } from "../../base/index.ts";
import { figure } from "../figures.ts";

/** Figures that were measured in some way; a metric that a target does not have says nothing. */
export function shownFigures(figures: readonly ComparedFigure[]): readonly ComparedFigure[] {
  return figures.filter(
    ({ before, after, samples }) => before !== undefined || after !== undefined || samples.after > 0,
  );
}

export function beforeAfter({ before, after, unit }: ComparedFigure): string {
  if (before === undefined || after === undefined) return "";
  return `${figure(before, unit)} → ${figure(after, unit)}`;
}

/** `+10.2 % (8.1 to 12.3)`; of shares in percentage points. */
export function changeText({ change, absolute }: ComparedFigure): string {
  if (change === undefined) return "";
  const percent = (value: number): string => formatNumber(value * 100);
  const sign = change.value > 0 ? "+" : "";
  return `${sign}${percent(change.value)} ${absolute ? "points" : "%"} (${percent(change.low)} to ${percent(change.high)})`;
}
