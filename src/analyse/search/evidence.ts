import { mean, variance } from "../../stats/index.ts";
import type { SearchLimit } from "./limits.ts";
import { logOdds } from "./line.ts";
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
  const between = ratioVariance(batches, ratio, n);
  const { margin, error, z, spread } =
    limit.kind === "share" ? ofShare(hits, n, between, limit.allowed) : ofMean(ratio, n, between, limit.allowed);
  return {
    expression: limit.threshold.expression,
    kind: limit.kind,
    sign: limit.sign,
    spread,
    margin: limit.sign * margin,
    error,
    z: limit.sign * z,
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

interface Standing {
  readonly margin: number;
  readonly error: number;
  readonly z: number;
  readonly spread: number;
}

/**
 * Log odds with half an attempt added to both sides (Haldane 1956, Anscombe 1956), so that none and all have their place too; z is that of the score test,
 * whose error is the limit's own, so that no hit at all in few attempts proves little.
 */
function ofShare(hits: number, n: number, between: number, allowed: number): Standing {
  const [bad, good] = [hits + 0.5, Math.max(0, n - hits) + 0.5];
  const share = bad / (n + 1);
  // `max` and `min` allow none, or all: the limit lies at one attempt.
  const limit = Math.min(n / (n + 1), Math.max(1 / (n + 1), allowed));
  const independent = 1 / bad + 1 / good;
  const inflation = Number.isNaN(between) ? 1 : Math.max(1, between / ((share * (1 - share)) / n));
  const z = (hits - n * limit) / Math.sqrt(n * limit * (1 - limit) * inflation);
  return { margin: logOdds(share) - logOdds(limit), error: Math.sqrt(independent * inflation), z, spread: inflation };
}

function ofMean(value: number, n: number, between: number, allowed: number): Standing {
  if (!(value > 0) || !(allowed > 0)) {
    const margin = value > allowed ? 1 : -1;
    return { margin, error: 1 / Math.sqrt(n), z: margin * Math.sqrt(n), spread: 1 };
  }
  const error = Math.max(Math.sqrt(Number.isNaN(between) ? 1 / n : between) / value, 1e-6);
  const margin = Math.log(value / allowed);
  return { margin, error, z: margin / error, spread: error ** 2 * n };
}

/** What a probe says where each margin counts as known beyond `z` standard errors: one broken limit breaks, and all have to hold. */
export function wordOf(limits: readonly (LimitEvidence | undefined)[], z: number): ProbeWord {
  const seen = limits.filter((limit) => limit !== undefined);
  if (seen.some((limit) => limit.z > z)) return "breaks";
  return seen.length === limits.length && seen.every((limit) => limit.z < -z) ? "holds" : "doubtful";
}
