import type { Warning } from "./sign.ts";

/** Bins [from, to). */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Of a healthy stretch's bins, what an alert may be beyond. */
const QUIET = 0.01;
/** Bins in a row that make an alert. */
const AGREE = 5;

export interface Alert {
  /** Bin in which it would have come; not before the sign. */
  readonly at: number;
  readonly say: string;
}

/**
 * The level to alert on: the sign's own, raised until no healthy stretch at a held load is above it in more than a hundredth of its bins. Undefined
 * where what came before the failure (`until`) does not rise beyond such a level, since an alert that tells nothing is none.
 */
export function alertOf(
  { at, alert: { values, above, say } }: Warning,
  spans: readonly Span[],
  until: number,
): Alert | undefined {
  const raised = Math.max(above, ...spans.map(({ from, to }) => high(values.slice(from, to))));
  if (raised === above) return { at, say: say(above) };
  let run = 0;
  for (let bin = at; bin < until; bin++) {
    const value = values[bin] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    run = value > raised ? run + 1 : 0;
    if (run === AGREE) return { at: bin, say: say(raised) };
  }
  return undefined;
}

function high(values: Float64Array): number {
  const sorted = values.filter(Number.isFinite).toSorted();
  const value = sorted[Math.ceil((1 - QUIET) * sorted.length) - 1];
  return value ?? Number.NEGATIVE_INFINITY;
}
