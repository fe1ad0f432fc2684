import { kendall, mean } from "../../stats/index.ts";
import type { Column, Facts } from "../facts/types.ts";
import type { Episode } from "./episodes.ts";
import {
  AGREE,
  firstAbove,
  firstBack,
  hasReturned,
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
  /** Once the load was gone, it was the baseline's for several windows, or still when the peak ended: what is wrong later is not left from the peak. */
  readonly returned: boolean;
  /** The strictest limit from above that the plan sets on it, where the baseline kept it. */
  readonly limit?: number;
  /** The plan sets a limit on the same figure, on whichever percentile, which the baseline kept: it tells whether a change matters. */
  readonly isLimited: boolean;
  /** Most of the last windows are not the baseline's: it ended so. */
  readonly stays: boolean;
  /** Of the last third's windows, those above the limit. */
  readonly broken: number;
  /** Of the peak and after: windows that are not the baseline's, and all. */
  readonly above: number;
  readonly seen: number;
  /** Mean of the windows of the peak and after. */
  readonly average: number;
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
  { name: "response.p95", unit: "ms", scale: "log", column: ({ client }) => client.responseP95 },
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
  const limits = limitsOn(facts, measure.name).filter(({ value }) => reference.mean < value);
  const own = limits.filter(({ name }) => name === measure.name).map(({ value }) => value);
  const limit = own.length === 0 ? undefined : Math.min(...own);
  const all = [...strained, ...later];
  const third = later.slice(-Math.max(1, Math.ceil(later.length / 3)));
  const valueOf = ({ value }: Windowed): number => value;
  return {
    measure: measure.name,
    unit: measure.unit,
    reference,
    ...(degradedAt === undefined ? {} : { degradedAt }),
    ...(backAt === undefined ? {} : { backAt }),
    stays: firstAbove(later.slice(-AGREE), reference) !== undefined,
    returned: hasReturned(later, reference),
    ...(limit === undefined ? {} : { limit }),
    isLimited: limits.length > 0,
    broken: limit === undefined ? 0 : third.filter(({ value }) => value > limit).length / third.length,
    above: all.filter(({ value }) => value > reference.upper).length,
    seen: all.length,
    average: mean(all.map(valueOf)),
    worst: Math.max(...all.map(valueOf)),
    last: third.map(valueOf).reduce((sum, value) => sum + value, 0) / third.length,
    outside: third.filter(({ value }) => value > reference.upper).length / third.length,
    improves: falls(later.slice(-Math.ceil(later.length / 2)).map(valueOf)),
    windows: later.length,
  };
}

/** Limits from above on the figure of a measure, by the name of the measure nearest in percentile. */
function limitsOn({ manifest }: Facts, measure: string): readonly { readonly name: string; readonly value: number }[] {
  const [figure = ""] = measure.split(".");
  return manifest.slo.flatMap(({ subject, operator, limit, filters }) => {
    if (!operator.startsWith("<") || limit.kind !== "value" || filters.persona !== undefined) return [];
    if (subject.kind === "errors.rate") return measure === "errors.rate" ? [{ name: measure, value: limit.value }] : [];
    if (subject.kind !== "metric" || typeof subject.aggregate !== "object" || subject.metric !== figure) return [];
    return [{ name: `${figure}.${subject.aggregate.percentile > 50 ? "p95" : "p50"}`, value: limit.value }];
  });
}

function falls(values: readonly number[]): boolean {
  const { s, p } = kendall(values, [...values.keys()]);
  return s < 0 && p / 2 < 0.05;
}
