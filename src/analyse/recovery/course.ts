import { kendall } from "../../stats/index.ts";
import type { Column, Facts } from "../facts/types.ts";
import type { Episode } from "./episodes.ts";
import {
  firstAbove,
  firstBack,
  type Reference,
  referenceOf,
  type Scale,
  type Windowed,
  windowed,
  windowOf,
} from "./windows.ts";

/** How one measure went through an episode. Bins. */
export interface Course {
  readonly measure: string;
  readonly unit: string;
  readonly reference: Reference;
  /** From here on it was worse than the baseline; absent: it never was. */
  readonly degradedAt?: number;
  /** From here on it was the baseline's again; absent: it never came back, or never left. */
  readonly backAt?: number;
  readonly worst: number;
  /** Mean of the last third after the load was gone. */
  readonly last: number;
  /** Share of the last third's windows that are not the baseline's. */
  readonly outside: number;
  /** It still falls at the end: one-sided p of Kendall's tau over the last half's windows below 5 %. */
  readonly improves: boolean;
  readonly windows: number;
}

interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly scale: Scale;
  readonly column: (facts: Facts) => Column;
}

const ratio = (above: Column, below: Column): Column =>
  above.map((value, i) => value / Math.max(below[i] ?? 0, Number.MIN_VALUE));

/** What users notice. */
export const FELT: readonly Measure[] = [
  { name: "ttft.p50", unit: "ms", scale: "log", column: ({ client }) => client.ttftP50 },
  { name: "ttft.p95", unit: "ms", scale: "log", column: ({ client }) => client.ttftP95 },
  { name: "response.p50", unit: "ms", scale: "log", column: ({ client }) => client.responseP50 },
  {
    name: "errors.rate",
    unit: "ratio",
    scale: "linear",
    column: ({ load }) =>
      ratio(load.errors, load.ended).map((value, i) => ((load.ended[i] ?? 0) > 0 ? value : Number.NaN)),
  },
];

export const BACKLOG: Measure = {
  name: "attempts in flight",
  unit: "attempts",
  scale: "linear",
  column: ({ load }) => load.inFlight,
};

/** Undefined where the baseline was too short or nothing was measured. */
export function courseOf(measure: Measure, facts: Facts, { before, peak, after }: Episode): Course | undefined {
  const column = measure.column(facts);
  const bins = windowOf(before.to - before.from);
  const cut = (span: { readonly from: number; readonly to: number }): readonly Windowed[] =>
    windowed(column, span, bins, measure.scale);
  const reference = referenceOf(cut(before), measure.scale, bins);
  const strained = cut(peak);
  const later = cut(after);
  if (reference === undefined || later.length === 0) return undefined;
  const degradedAt = firstAbove([...strained, ...later], reference);
  const backAt =
    degradedAt === undefined
      ? undefined
      : firstBack(
          later.filter(({ at }) => at >= degradedAt),
          reference,
        );
  const third = later.slice(-Math.max(1, Math.ceil(later.length / 3)));
  const valueOf = ({ value }: Windowed): number => value;
  return {
    measure: measure.name,
    unit: measure.unit,
    reference,
    ...(degradedAt === undefined ? {} : { degradedAt }),
    ...(backAt === undefined ? {} : { backAt }),
    worst: Math.max(...[...strained, ...later].map(valueOf)),
    last: third.map(valueOf).reduce((sum, value) => sum + value, 0) / third.length,
    outside: third.filter(({ value }) => value > reference.upper).length / third.length,
    improves: falls(later.slice(-Math.ceil(later.length / 2)).map(valueOf)),
    windows: later.length,
  };
}

function falls(values: readonly number[]): boolean {
  const { s, p } = kendall(values, [...values.keys()]);
  return s < 0 && p / 2 < 0.05;
}
