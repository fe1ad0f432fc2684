import { crossingOf } from "./dose-response.ts";
import type { LoadEstimate, ProbeSeen, SearchSettings } from "./types.ts";

/** What a search knows so far. */
export type Answer =
  | { readonly kind: "crossed"; readonly load: LoadEstimate; readonly limit: number }
  /** Every limit held beyond doubt at this load, and was not seen broken at another. */
  | { readonly kind: "above"; readonly load: number }
  /** Broken beyond doubt at this load, and not seen to hold at another. */
  | { readonly kind: "below"; readonly load: number }
  | { readonly kind: "nothing" };

export type Step =
  | { readonly kind: "probe"; readonly load: number; readonly why: "grow" | "shrink" | "bisect" | "confirm" }
  | { readonly kind: "end"; readonly why: "precise" | "most" | "least" | "probes" };

const GROWTH = 2;
/** A bracket as narrow as this is no longer halved: probes on both sides of the estimate sharpen it. */
const NARROW = 1.2;
/** Probes that confirm lie no farther from the estimate. */
const WIDEST = 1.25;

/** The next load to try, or why there is none: grow until a limit breaks, bisect the bracket, then confirm on both sides of the estimate. Pure. */
export function nextStep(settings: SearchSettings, probes: readonly ProbeSeen[]): Step {
  const { most, least } = settings;
  const answer = answerOf(settings, probes, ROUGH);
  if (answer.kind === "crossed" && isPrecise(settings, answer.load, probes)) return { kind: "end", why: "precise" };
  const held = probes.filter(({ word }) => word === "holds").map(({ load }) => load);
  const broken = probes.filter(({ word }) => word === "breaks").map(({ load }) => load);
  if (held.includes(most) && broken.length === 0) return { kind: "end", why: "most" };
  if (broken.includes(least) && held.length === 0) return { kind: "end", why: "least" };
  if (probes.length >= settings.probes) return { kind: "end", why: "probes" };
  if (probes.length === 0) return probe(settings, settings.from, "grow");
  const loads = probes.map(({ load }) => load);
  if (broken.length === 0 && answer.kind !== "crossed") return probe(settings, Math.max(...loads) * GROWTH, "grow");
  if (!probes.some(leansToHold) && answer.kind !== "crossed")
    return probe(settings, Math.min(...loads) / GROWTH, "shrink");
  const { low, high } = bracket(probes);
  const untouched = !probes.some(({ load }) => load > (low ?? 0) && load < (high ?? Number.POSITIVE_INFINITY));
  if (low !== undefined && high !== undefined && high / low > NARROW && untouched)
    return between(settings, low, high, answer);
  return confirm(settings, probes, answer, low ?? Math.min(...loads), high ?? Math.max(...loads));
}

/** Redraws of an interval that only decides on the next probe, and of one that is told. */
const [ROUGH, TOLD] = [60, 200];

export function answerOf(
  { seed, most, least }: SearchSettings,
  probes: readonly ProbeSeen[],
  redraws: number = TOLD,
): Answer {
  if (probes.length === 0) return { kind: "nothing" };
  const crossing = crossingOf(probes, seed, redraws);
  if (crossing !== undefined) {
    const { value, low, high, limit } = crossing;
    const clamp = (load: number): number => Math.min(Math.max(load, least), most);
    return { kind: "crossed", load: { value: clamp(value), low: clamp(low), high: clamp(high) }, limit };
  }
  const leaning = probes.filter(({ limits }) =>
    limits.every((limit) => limit !== undefined && limit.margin <= 0),
  ).length;
  const sure = (word: ProbeSeen["word"]): readonly number[] =>
    probes.filter((seen) => seen.word === word).map(({ load }) => load);
  const [held, broken] = [sure("holds"), sure("breaks")];
  if (leaning === probes.length && held.length > 0) return { kind: "above", load: Math.max(...held) };
  return leaning === 0 && broken.length > 0 ? { kind: "below", load: Math.min(...broken) } : { kind: "nothing" };
}

/** What a probe shows where it is not sure: few attempts of which none is late do not send a search further down. */
function leansToHold({ word, limits }: ProbeSeen): boolean {
  return word === "holds" || (word === "doubtful" && limits.every((limit) => limit !== undefined && limit.margin <= 0));
}

/** The highest load below which nothing broke, and the lowest above it that did. */
function bracket(probes: readonly ProbeSeen[]): { low: number | undefined; high: number | undefined } {
  const broken = probes.filter(({ word }) => word === "breaks").map(({ load }) => load);
  const high = broken.length === 0 ? undefined : Math.min(...broken);
  const under = probes.filter(({ load }) => load < (high ?? Number.POSITIVE_INFINITY));
  const sure = under.filter(({ word }) => word === "holds");
  const held = sure.length > 0 ? sure : under.filter(leansToHold);
  return { low: held.length === 0 ? undefined : Math.max(...held.map(({ load }) => load)), high };
}

/** Inside a wide bracket: its middle, or where the line crosses, but never close to an end that is known already. */
function between(settings: SearchSettings, low: number, high: number, answer: Answer): Step {
  const width = high / low;
  const middle = Math.sqrt(low * high);
  const guess = answer.kind === "crossed" && width < GROWTH ? answer.load.value : middle;
  const margin = width ** 0.3;
  return probe(settings, Math.min(high / margin, Math.max(low * margin, guess)), "bisect");
}

/**
 * Beside the estimate, on the side that has been looked at less: two near places give the line its slope and its height. The wider the interval, the
 * farther apart: a flat curve shows its slope only over a distance.
 */
function confirm(
  settings: SearchSettings,
  probes: readonly ProbeSeen[],
  answer: Answer,
  low: number,
  high: number,
): Step {
  const crossed = answer.kind === "crossed" ? answer.load : { value: Math.sqrt(low * high), low, high };
  const inside = Math.min(high, Math.max(low, crossed.value));
  const centre = high > low ? inside : crossed.value;
  const half = Math.sqrt(Math.min(crossed.high, centre * WIDEST) / Math.max(crossed.low, centre / WIDEST));
  const step = Math.min(WIDEST, Math.max(1 + settings.within, Math.sqrt(half)));
  const near = probes.filter(({ load }) => Math.abs(Math.log(load / centre)) < Math.log(WIDEST));
  const below = near.filter(({ load }) => load < centre).length;
  return probe(settings, below <= near.length - below ? centre / step : centre * step, "confirm");
}

function probe(
  { most, least, whole }: SearchSettings,
  load: number,
  why: Extract<Step, { kind: "probe" }>["why"],
): Step {
  const exact = whole ? Math.round(load) : Number(load.toPrecision(4));
  return { kind: "probe", load: Math.min(most, Math.max(least, exact)), why };
}

/** Probes this near to the estimate at least: an interval from fewer is too sure of itself. */
const CONFIRMATIONS = 3;

function isPrecise(
  { within, whole }: SearchSettings,
  { value, low, high }: LoadEstimate,
  probes: readonly ProbeSeen[],
): boolean {
  if (whole && high - low < 1) return true;
  const near = probes.filter(({ load }) => Math.abs(Math.log(load / value)) < Math.log(NARROW));
  const both = near.some(({ load }) => load <= value) && near.some(({ load }) => load >= value);
  return near.length >= CONFIRMATIONS && both && high <= value * (1 + within) && low >= value * (1 - within);
}
