import type { Random } from "../base/index.ts";
import type { Arrivals } from "../plan/index.ts";
import { gammaSample, weibullShapeForCv, weibullUnitScale } from "../stats/index.ts";

/**
 * A renewal process of rate 1. `first` is the wait from time zero to the first event of a process that has run for ever (the equilibrium
 * forward recurrence time: a uniform share of a length-biased gap; Cox, "Renewal Theory", 1962, chapter 5). Only with it is the expected
 * number of events up to any time exactly that time, from the first second on, and no two runs of different seeds start in step.
 */
export interface RenewalProcess {
  first(random: Random): number;
  gap(random: Random): number;
}

/** Gaps of exactly 1; the phase of the first is uniform. */
const constant: RenewalProcess = { first: (random) => random.next(), gap: () => 1 };

/** Exponential gaps have no memory: the first wait is a gap like any other. */
function exponential(random: Random): number {
  return -Math.log(1 - random.next());
}

/** Gamma gaps of mean 1: shape 1/cv², scale cv². A length-biased one is gamma of shape + 1. */
function gamma(cv: number): RenewalProcess {
  const scale = cv * cv;
  const shape = 1 / scale;
  return {
    first: (random) => random.next() * scale * gammaSample(random, shape + 1),
    gap: (random) => scale * gammaSample(random, shape),
  };
}

/** Weibull gaps of mean 1. With Y = (x/scale)^shape, a length-biased gap has Y ~ Gamma(1 + 1/shape). */
function weibull(cv: number): RenewalProcess {
  const shape = weibullShapeForCv(cv);
  const scale = weibullUnitScale(shape);
  return {
    first: (random) => random.next() * scale * gammaSample(random, 1 + 1 / shape) ** (1 / shape),
    gap: (random) => scale * exponential(random) ** (1 / shape),
  };
}

const PROCESSES: { readonly [P in Arrivals["process"]]: (cv: number) => RenewalProcess } = {
  constant: () => constant,
  poisson: () => ({ first: exponential, gap: exponential }),
  gamma: (cv) => (cv > 0 ? gamma(cv) : constant),
  weibull: (cv) => (cv > 0 ? weibull(cv) : constant),
};

export function renewalProcess(arrivals: Arrivals): RenewalProcess {
  return PROCESSES[arrivals.process](arrivals.cv);
}
