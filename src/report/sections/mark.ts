import type { LimitLine, LoadLine } from "../../analyse/index.ts";
import { formatNumber } from "../../base/index.ts";
import { amount, clockText, LOAD_UNITS } from "../figures.ts";
import { displayWidth, fit, padStart, plain, wrap } from "../text.ts";
import type { VerdictSection } from "./launch.ts";
import { heading } from "./section.ts";

/** Rows of the scale, at least. */
const ROWS = 9;
const WATER = "~";

/** One limit as it is drawn: where its line is, and between which loads its whisker stands. */
interface Drawn {
  readonly text: string;
  readonly at: number;
  readonly low: number;
  readonly high: number;
  readonly sign: string;
}

/**
 * The load line as a column of characters: a scale of load, water up to the expected peak, and for each limit a line at the highest load at which
 * it held, its interval as a whisker; the lowest line bears the dial.
 */
export const mark: VerdictSection = ({ line }, context) => {
  if (line === undefined || line.limits.length === 0) return [];
  const { width, paint, mode } = context;
  const drawn = line.limits.flatMap((limit) => drawnOf(limit, line.safe?.limit === limit.expression)).sort(byLoad);
  const silent = line.limits.filter(
    (limit) => limit.why !== undefined && drawn.every(({ text }) => !text.startsWith(plain(limit.expression))),
  );
  const lines = [heading("Load line", `highest load at which each limit held, in ${LOAD_UNITS[line.unit]}`, context)];
  if (mode === "compact") lines.push(...drawn.map(({ text }) => fit(`  ${text}`, width)));
  else if (drawn.length > 0) lines.push(...drawing(line, drawn, width));
  for (const { expression, why = "" } of silent) {
    lines.push(...wrap(`${plain(expression)}: ${plain(why)}`, width, "    ", "  ").map((text) => paint(text, "dim")));
  }
  if (mode === "full") for (const text of beside(line)) lines.push(...wrap(text, width, "    ", "  "));
  return lines.length === 1 ? [] : lines;
};

/** What the run says of its load beyond the limits. */
function beside({ knee, saturated, unit }: LoadLine): string[] {
  const lines: string[] = [];
  if (saturated !== undefined) {
    const { load, from, slope } = saturated;
    lines.push(
      `At ${amount(load, unit)}, from ${clockText(from)} on, requests in flight grew by ${formatNumber(slope.value)} a second without end: how late answers are there depends on how long it lasts.`,
    );
  }
  if (knee !== undefined) {
    lines.push(
      `The median response time climbs faster from ${amount(knee.value, unit)} on (95 %: ${formatNumber(knee.low)} to ${formatNumber(knee.high)}).`,
    );
  }
  return lines;
}

function byLoad(a: Drawn, b: Drawn): number {
  return b.at - a.at;
}

function drawnOf({ expression, holdsUpTo, above, below }: LimitLine, isSafe: boolean): Drawn[] {
  const name = plain(expression);
  if (holdsUpTo !== undefined) {
    const { value, low, high } = holdsUpTo;
    const interval = `(95 %: ${formatNumber(low)} to ${formatNumber(high)})`;
    return [{ text: `${name}  ${formatNumber(value)} ${interval}`, at: value, low, high, sign: isSafe ? "⊖" : "┼" }];
  }
  if (above !== undefined) {
    return [{ text: `${name}  above ${formatNumber(above)}`, at: above, low: above, high: above, sign: "▲" }];
  }
  if (below !== undefined) {
    return [{ text: `${name}  below ${formatNumber(below)}`, at: below, low: 0, high: below, sign: "▼" }];
  }
  return [];
}

function drawing({ expected, tried }: LoadLine, drawn: readonly Drawn[], width: number): string[] {
  const top = Math.max(tried.most, expected ?? 0, ...drawn.map(({ high }) => high));
  const rows = Math.max(ROWS, drawn.length + 3);
  const rowOf = (load: number): number => Math.round((1 - load / top) * (rows - 1));
  const labels = labelRows(drawn, expected, rowOf, rows);
  const waterline = expected === undefined ? rows : rowOf(expected);
  const ticks = new Map(
    [...new Set([top, Number((top / 2).toPrecision(2)), 0, ...(expected === undefined ? [] : [expected])])].map(
      (load) => [rowOf(load), formatNumber(load)],
    ),
  );
  if (expected !== undefined) ticks.set(waterline, formatNumber(expected));
  const scale = Math.max(...[...ticks.values()].map(displayWidth));
  return Array.from({ length: rows }, (_, row) => {
    const tick = ticks.get(row);
    const water = row >= waterline ? WATER : " ";
    const columns = drawn.map((limit) => `${cell(limit, row, rowOf) ?? water}${water}`).join("");
    const text = `  ${padStart(tick ?? "", scale)} ${tick === undefined ? "│" : "┤"}${water}${columns}${water} ${labels.get(row) ?? ""}`;
    return fit(text.trimEnd(), width);
  });
}

function cell({ at, low, high, sign }: Drawn, row: number, rowOf: (load: number) => number): string | undefined {
  if (row === rowOf(at)) return sign;
  return row > rowOf(high) && row < rowOf(low) ? "│" : row === rowOf(high) ? "┬" : row === rowOf(low) ? "┴" : undefined;
}

/**
 * Labels stand in order, each in a row of its own: those that would share one move down, and up again where the scale ends. The water's label
 * stays at its surface where there is room above it for those of higher loads.
 */
function labelRows(
  drawn: readonly Drawn[],
  expected: number | undefined,
  rowOf: (load: number) => number,
  rows: number,
): ReadonlyMap<number, string> {
  const all = [
    ...(expected === undefined ? [] : [{ at: expected, text: `${WATER} launch day brings ${formatNumber(expected)}` }]),
    ...drawn.map(({ at, text, sign }) => ({ at, text: `${sign} ${text}` })),
  ].sort((a, b) => b.at - a.at);
  const places: number[] = [];
  for (const { at } of all) places.push(Math.max(rowOf(at), (places.at(-1) ?? -1) + 1));
  for (let i = places.length - 1, last = rows - 1; i >= 0; i--, last--) places[i] = Math.min(places[i] ?? 0, last);
  const surface = expected === undefined ? -1 : all.findIndex(({ text }) => text.startsWith(WATER));
  if (expected !== undefined && rowOf(expected) >= surface && rowOf(expected) + all.length - surface <= rows) {
    const water = rowOf(expected);
    for (let i = surface; i >= 0; i--) places[i] = Math.min(places[i] ?? 0, water - (surface - i));
    for (let i = surface; i < all.length; i++)
      places[i] = Math.max(rowOf(all[i]?.at ?? 0), (places[i - 1] ?? water - 1) + 1);
    for (let i = all.length - 1, last = rows - 1; i > surface; i--, last--) places[i] = Math.min(places[i] ?? 0, last);
  }
  return new Map(all.map(({ text }, i) => [places[i] ?? 0, text]));
}
