import type { PageData } from "../../../src/report/page/types.ts";
import { limitName, limitOf } from "../lib/names.ts";
import { hue } from "../lib/palette.ts";
import { spreadLabels } from "../lib/spread.ts";
import { linearTicks, logTicks } from "../lib/ticks.ts";

/** One line of the mark. */
export interface MarkLine {
  readonly key: string;
  readonly name: string;
  readonly expression: string;
  readonly color: string;
  readonly kind: "holds" | "above" | "below" | "expected";
  /** In the unit of the load line. */
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  readonly samples?: number;
  readonly isLowest: boolean;
}

interface Placed {
  readonly y: number;
  readonly labelY: number;
  /** Lines at the same height share its length. */
  readonly part: { readonly index: number; readonly of: number };
  /** Where its whisker stands, as a share of the length: each limit has its own place. */
  readonly lane: number;
}

export interface MarkLayout {
  readonly ticks: readonly number[];
  /** The loads span so much that a linear scale would press the low ones together. */
  readonly isLog: boolean;
  readonly lines: readonly (MarkLine & Placed)[];
  /** Limits of which nothing can be said, and why. */
  readonly silent: readonly { readonly name: string; readonly why: string }[];
  readonly dial?: number;
  readonly expected?: number;
  y(load: number): number;
}

const GAP = 21;
/** Pixels within which two lines would cover each other. */
const SAME = 3;

/** Where everything of the mark stands; undefined for a run without a load line. */
export function markLayout(data: PageData, from: number, to: number): MarkLayout | undefined {
  const { line } = data.verdict;
  if (line === undefined) return undefined;
  const lines = linesOf(data, line);
  const { expected } = line;
  const top = roundUp(Math.max(line.tried.most, expected ?? 0, ...lines.map(({ value, high }) => high ?? value)) * 1.1);
  const scale = scaleFor(
    [...lines.map(({ value }) => value), ...(expected === undefined ? [] : [expected])],
    top,
    to - from,
  );
  const y = (load: number): number => to - scale.at(load);
  const labels: readonly MarkLine[] =
    expected === undefined
      ? lines
      : [
          ...lines,
          {
            key: "expected",
            name: "expected peak",
            expression: "",
            color: "--sea-line",
            kind: "expected",
            value: expected,
            isLowest: false,
          },
        ];
  // At the same load the line of a limit is named above the water's.
  const places = spreadLabels(
    labels.map(({ value, kind }) => y(value) + (kind === "expected" ? 0.5 : 0)),
    GAP,
    from + 4,
    to - 2,
  );
  const lowest = line.safe?.value ?? lowestAbove(data, line);
  return {
    ticks: scale.ticks,
    isLog: scale.isLog,
    y,
    lines: labels.map((label, i) => {
      const beside = lines.filter(({ value }) => Math.abs(y(value) - y(label.value)) < SAME);
      const part = {
        index: Math.max(
          0,
          beside.findIndex(({ key }) => key === label.key),
        ),
        of: Math.max(1, beside.length),
      };
      const lane =
        (Math.max(
          0,
          lines.findIndex(({ key }) => key === label.key),
        ) +
          0.5) /
        Math.max(1, lines.length);
      return { ...label, y: y(label.value), labelY: places[i] ?? 0, part, lane };
    }),
    silent: line.limits.flatMap(({ expression, why, holdsUpTo, above, below }) =>
      holdsUpTo === undefined && above === undefined && below === undefined
        ? [{ name: limitName(data, limitOf(data, expression), expression), why: why ?? "nothing was measured" }]
        : [],
    ),
    ...(lowest === undefined ? {} : { dial: lowest }),
    ...(expected === undefined ? {} : { expected }),
  };
}

/** A scale is logarithmic where the highest of it is so many times the lowest line. */
const WIDE = 12;
/** Room under the lowest line on a logarithmic scale, as a factor. */
const UNDER = 3;
/** Decades up to which 1, 2 and 5 are written beside it. */
const MANY = 3;

function scaleFor(
  values: readonly number[],
  top: number,
  length: number,
): { readonly isLog: boolean; readonly ticks: readonly number[]; at(load: number): number } {
  const least = Math.min(...values.filter((value) => value > 0));
  if (!Number.isFinite(least) || top / least <= WIDE)
    return { isLog: false, ticks: linearTicks(0, top, 6), at: (load) => (Math.min(load, top) / top) * length };
  const foot = least / UNDER;
  return {
    isLog: true,
    ticks: logTicks(foot, top, MANY),
    at: (load) => (Math.log(Math.min(top, Math.max(foot, load)) / foot) / Math.log(top / foot)) * length,
  };
}

type LoadLine = NonNullable<PageData["verdict"]["line"]>;

function linesOf(data: PageData, line: LoadLine): readonly MarkLine[] {
  return line.limits.flatMap((limit, i): MarkLine[] => {
    const { expression, holdsUpTo, above, below, samples } = limit;
    const shared = {
      key: `${i} ${expression}`,
      name: limitName(data, limitOf(data, expression), expression),
      expression,
      color: hue(i),
      samples,
      isLowest: line.safe?.limit === expression,
    };
    if (holdsUpTo !== undefined) return [{ ...shared, kind: "holds", ...holdsUpTo }];
    if (below !== undefined) return [{ ...shared, kind: "below", value: below }];
    if (above !== undefined) return [{ ...shared, kind: "above", value: above }];
    return [];
  });
}

/** Whether there is a line to draw: a run without limits, or too short for any, has none, and then an expected peak alone says nothing. */
export function hasLines(data: PageData): boolean {
  return data.verdict.line !== undefined && linesOf(data, data.verdict.line).length > 0;
}

/** Where no limit broke, the load that all of them are known to allow. */
export function lowestAbove(data: PageData, line: LoadLine): number | undefined {
  const lines = linesOf(data, line);
  if (lines.length === 0 || lines.some(({ kind }) => kind !== "above")) return undefined;
  return Math.min(...lines.map(({ value }) => value));
}

function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value > 0 ? value : 1));
  return power * ([1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= value) ?? 10);
}
