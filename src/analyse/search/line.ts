/** What one probe saw of a limit, as a fit takes it. */
export type Dose = {
  /** Logarithm of the load. */
  readonly at: number;
  /** Attempts, as many independent ones would tell as much; for a mean one over its relative variance. */
  readonly weight: number;
} & (
  | { readonly kind: "share"; readonly share: number; readonly zero: number }
  | { readonly kind: "mean"; readonly margin: number }
);

export interface Line {
  /** Logarithm of the load where it crosses the limit. */
  readonly at: number;
  /** Log odds, or logarithm of the mean, over the relative load there. */
  readonly slope: number;
  /** Doses near it. */
  readonly near: number;
  /** Variance of the doses around the line over what their weights say, at least 1. */
  readonly scatter: number;
}

/** Least half width of the window around the crossing in which a curve is taken as straight over the load. */
const WINDOW = Math.log(1.25);
/** So many doses are inside it at least, however far they lie apart. */
const SEEN = 4;
/** Log odds over the relative load: a limit that is reached at all, and a cliff. */
const [FLATTEST, STEEPEST] = [0.5, 300];
/** Log odds beyond which a single probe tells the side, not the place. */
const FARTHEST = 4;
const STEPS = 15;
/** Logarithm of the load that a crossing may lie outside of its bracket: a flat line through noise crosses anywhere. */
const BEYOND = Math.log(1.25);
/** A step moves the crossing by a fifth of the load at most, so that scoring does not run away. */
const LONGEST = 0.2;

/**
 * The rising line through doses near its crossing: local logistic regression of shares (of means on their logarithm) over the load, by
 * Fisher scoring with tricube weights (McCullagh and Nelder, "Generalized Linear Models", 2.5; Loader, "Local Regression and Likelihood", 4).
 * Undefined where the doses, made monotone, stay on one side.
 */
export function lineThrough(doses: readonly Dose[]): Line | undefined {
  const bracket = bracketOf(doses);
  if (bracket === undefined) return undefined;
  const { low, high } = bracket;
  let centre = (low + high) / 2;
  let [height, slope] = firstGuess(doses, centre);
  for (let i = 0; i < STEPS; i++) {
    const next = score(doses, centre, height, slope);
    if (next === undefined) break;
    const moved = Math.max(-LONGEST, Math.min(LONGEST, -next.height / next.slope));
    const to = Math.min(high + BEYOND, Math.max(low - BEYOND, centre + Math.log1p(moved)));
    const went = Math.expm1(to - centre);
    centre = to;
    height = next.height + next.slope * went;
    slope = next.slope * (1 + went);
    if (Math.abs(went) < 1e-3) break;
  }
  return { at: centre, slope, ...around(doses, centre, slope) };
}

interface Working {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/** One step of Fisher scoring around `centre`, from the line height + slope * x. */
function score(
  doses: readonly Dose[],
  centre: number,
  height: number,
  slope: number,
): { readonly height: number; readonly slope: number } | undefined {
  const width = windowOf(doses, centre);
  return straight(
    doses.map((dose): Working => {
      const x = Math.expm1(dose.at - centre);
      const kernel = tricube((dose.at - centre) / width);
      if (dose.kind === "mean") return { x, y: clip(dose.margin), weight: kernel * dose.weight };
      const eta = clip(height + slope * x);
      const p = odds(eta + dose.zero);
      return { x, y: eta + (shrunk(dose) - p) / (p * (1 - p)), weight: kernel * dose.weight * told(p, dose.zero) };
    }),
  );
}

/** Weighted least squares, its slope kept within reason. */
function straight(points: readonly Working[]): { readonly height: number; readonly slope: number } | undefined {
  const used = points.filter(({ weight }) => weight > 0);
  const total = used.reduce((sum, { weight }) => sum + weight, 0);
  if (used.length < 2 || !(total > 0)) return undefined;
  const meanOf = (of: (point: Working) => number): number =>
    used.reduce((sum, point) => sum + point.weight * of(point), 0) / total;
  const [x, y] = [meanOf((point) => point.x), meanOf((point) => point.y)];
  const across = meanOf((point) => (point.x - x) ** 2);
  const steep = across > 0 ? meanOf((point) => (point.x - x) * (point.y - y)) / across : FLATTEST;
  const slope = Math.max(FLATTEST, Math.min(STEEPEST, steep));
  return { height: y - slope * x, slope };
}

function firstGuess(doses: readonly Dose[], centre: number): readonly [height: number, slope: number] {
  const width = windowOf(doses, centre);
  const guess = straight(
    doses.map((dose) => ({
      x: Math.expm1(dose.at - centre),
      y: clip(marginOf(dose)),
      weight: tricube((dose.at - centre) / width) * informationOf(dose),
    })),
  );
  return [guess?.height ?? 0, guess?.slope ?? 1];
}

/** Between the last below and the first above the limit of the margins made monotone (pooled by adjacent violators). */
function bracketOf(doses: readonly Dose[]): { readonly low: number; readonly high: number } | undefined {
  const pools: { from: number; to: number; sum: number; weight: number }[] = [];
  for (const dose of [...doses].sort((a, b) => a.at - b.at)) {
    const weight = informationOf(dose);
    pools.push({ from: dose.at, to: dose.at, sum: clip(marginOf(dose)) * weight, weight });
    for (;;) {
      const [before, last] = [pools.at(-2), pools.at(-1)];
      if (before === undefined || last === undefined || before.sum / before.weight < last.sum / last.weight) break;
      const sum = before.sum + last.sum;
      pools.splice(-2, 2, { from: before.from, to: last.to, sum, weight: before.weight + last.weight });
    }
  }
  const above = pools.findIndex(({ sum }) => sum > 0);
  const [below, first] = [pools[above - 1], pools[above]];
  if (below !== undefined && first !== undefined) return { low: below.to, high: first.from };
  // All in one pool: they scatter on both sides of the limit at loads that are too near to tell apart.
  const sides = new Set(doses.map((dose) => marginOf(dose) > 0));
  const [only] = pools;
  return sides.size === 2 && only !== undefined ? { low: only.from, high: only.to } : undefined;
}

function windowOf(doses: readonly Dose[], centre: number): number {
  const distances = doses.map(({ at }) => Math.abs(at - centre)).sort((a, b) => a - b);
  return Math.max(WINDOW, 1.05 * (distances[Math.min(SEEN - 1, distances.length - 1)] ?? 0));
}

/** Pearson's chi-square over its degrees of freedom around the line, of doses near it. */
function around(doses: readonly Dose[], centre: number, slope: number): Pick<Line, "near" | "scatter"> {
  const width = windowOf(doses, centre);
  const near = doses.filter(({ at }) => tricube((at - centre) / width) > 0.05);
  if (near.length < 3) return { near: near.length, scatter: 1 };
  const chi2 = near.reduce((sum, dose) => {
    const eta = clip(slope * Math.expm1(dose.at - centre));
    if (dose.kind === "mean") return sum + dose.weight * (clip(dose.margin) - eta) ** 2;
    const p = odds(eta + dose.zero);
    const off = (shrunk(dose) - p) / (p * (1 - p));
    return sum + dose.weight * told(p, dose.zero) * off ** 2;
  }, 0);
  return { near: near.length, scatter: Math.max(1, chi2 / (near.length - 2)) };
}

/** One attempt more, at the limit itself: none and all have log odds, and none at all never lies above the limit, however few they were. */
function shrunk({ share, weight, zero }: Extract<Dose, { kind: "share" }>): number {
  return (share * weight + odds(zero)) / (weight + 1);
}

function marginOf(dose: Dose): number {
  return dose.kind === "mean" ? dose.margin : logOdds(shrunk(dose)) - dose.zero;
}

function informationOf(dose: Dose): number {
  if (dose.kind === "mean") return dose.weight;
  return dose.weight * told(shrunk(dose), dose.zero);
}

/**
 * What one attempt tells of the log odds of a share: no more than at the limit itself. Beyond it queues are long, and what attempts share grows as fast as
 * what each tells; a line that trusted those loads would be bent by them.
 */
function told(share: number, zero: number): number {
  const limit = odds(zero);
  return Math.min(share * (1 - share), limit * (1 - limit));
}

/** Share of a dose's weight that its side of the limit leaves it: all of it below. */
export function trust(dose: Extract<Dose, { kind: "share" }>): number {
  const share = shrunk(dose);
  return told(share, dose.zero) / (share * (1 - share));
}

function tricube(u: number): number {
  const size = Math.abs(u);
  return size >= 1 ? 0 : (1 - size ** 3) ** 3;
}

function clip(margin: number): number {
  return Math.max(-FARTHEST, Math.min(FARTHEST, margin));
}

export function odds(eta: number): number {
  return 1 / (1 + Math.exp(-eta));
}

export function logOdds(share: number): number {
  return Math.log(share / (1 - share));
}
