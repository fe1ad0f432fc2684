import { mean, variance } from "../../stats/index.ts";
import type { SearchLimit } from "./limits.ts";
import type { LimitEvidence, ProbeWord } from "./types.ts";

/** Sums of one stretch of a probe: attempts beyond the limit over attempts, or a sum over what it is divided by. */
export interface Stretch {
  readonly hits: number;
  readonly n: number;
}

/** Long batches forget what the one before left behind; so many at least are left to estimate from. */
const BATCHES = 15;

/**
 * A ratio Σ hits / Σ n over neighbouring stretches with the error of its logarithm or log odds, by non-overlapping batch means (Law, "Simulation
 * Modeling and Analysis", section 9.5.3): attempts of one time share their queue, so the error of independent ones would be far too small.
 * Undefined without attempts.
 */
export function evidenceOf(limit: SearchLimit, stretches: readonly Stretch[]): LimitEvidence | undefined {
  const batches = batchesOf(stretches);
  const hits = batches.reduce((sum, batch) => sum + batch.hits, 0);
  const n = batches.reduce((sum, batch) => sum + batch.n, 0);
  if (n <= 0) return undefined;
  const ratio = hits / n;
  const spread = ratioVariance(batches, ratio, n);
  const { margin, error } =
    limit.kind === "share" ? ofShare(hits, n, spread, limit.allowed) : ofMean(ratio, n, spread, limit.allowed);
  return {
    expression: limit.threshold.expression,
    margin: limit.sign * margin,
    error,
    observed: ratio,
    allowed: limit.allowed,
    samples: n,
  };
}

function batchesOf(stretches: readonly Stretch[]): readonly Stretch[] {
  const used = stretches.filter(({ n }) => n > 0);
  const size = Math.max(1, Math.floor(used.length / BATCHES));
  const batches: Stretch[] = [];
  for (let at = 0; at < used.length; at += size) {
    const part = used.slice(at, at + size);
    batches.push({ hits: part.reduce((sum, s) => sum + s.hits, 0), n: part.reduce((sum, s) => sum + s.n, 0) });
  }
  return batches;
}

/** Variance of the ratio, by the residuals of its batches (Cochran, "Sampling Techniques", 6.10); NaN below two batches. */
function ratioVariance(batches: readonly Stretch[], ratio: number, n: number): number {
  const residuals = batches.map((batch) => batch.hits - ratio * batch.n);
  const perBatch = n / batches.length;
  return variance(residuals.map((residual) => residual - mean(residuals))) / batches.length / perBatch ** 2;
}

/** Log odds with half an attempt added to both sides (Haldane 1956, Anscombe 1956), so that none and all have their place too. */
function ofShare(hits: number, n: number, spread: number, allowed: number): { margin: number; error: number } {
  const [bad, good] = [hits + 0.5, Math.max(0, n - hits) + 0.5];
  const share = bad / (n + 1);
  // `max` and `min` allow none, or all: the limit lies at one attempt.
  const limit = Math.min(n / (n + 1), Math.max(1 / (n + 1), allowed));
  const independent = 1 / bad + 1 / good;
  const inflation = Number.isNaN(spread) ? 1 : Math.max(1, spread / ((share * (1 - share)) / n));
  return { margin: logOdds(share) - logOdds(limit), error: Math.sqrt(independent * inflation) };
}

function ofMean(value: number, n: number, spread: number, allowed: number): { margin: number; error: number } {
  if (!(value > 0) || !(allowed > 0)) return { margin: value > allowed ? 1 : -1, error: 1 / Math.sqrt(n) };
  const error = Math.sqrt(Number.isNaN(spread) ? 1 / n : spread) / value;
  return { margin: Math.log(value / allowed), error: Math.max(error, 1e-6) };
}

function logOdds(share: number): number {
  return Math.log(share / (1 - share));
}

/** What a probe says where each margin counts as known beyond `z` standard errors: one broken limit breaks, and all have to hold. */
export function wordOf(limits: readonly (LimitEvidence | undefined)[], z: number): ProbeWord {
  const seen = limits.filter((limit) => limit !== undefined);
  if (seen.some(({ margin, error }) => margin > z * error)) return "breaks";
  return seen.length === limits.length && seen.every(({ margin, error }) => margin < -z * error) ? "holds" : "doubtful";
}
