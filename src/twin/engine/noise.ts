import type { Random } from "../../base/index.ts";
import { normalQuantile } from "../../stats/index.ts";
import type { StepNoise } from "./types.ts";

const CELLS = 1024;
const CELL_BITS = 10;
const REST = 2 ** -(32 - CELL_BITS);
/** Where the outer cells end, as a share of a cell: the factor's tails are cut at about 3.7 standard deviations. */
const OUTER = 1 / 8;

/**
 * Noise of one engine's steps. Factors and hold-ups draw from a stream each, so that switching one off leaves the other as it was, and a step
 * draws one word: the lognormal is looked up in a table of its quantiles, linear in between.
 */
export class StepNoiseSource {
  private readonly edges: Float64Array | undefined;
  private readonly noise: StepNoise;
  private readonly factors: Random;
  private readonly holds: Random;
  private until: number;

  constructor(noise: StepNoise, factors: Random, holds: Random) {
    this.noise = noise;
    this.factors = factors;
    this.holds = holds;
    this.edges = noise.sigma > 0 ? lognormalEdges(noise.sigma) : undefined;
    this.until = this.gap();
  }

  /** Factor on the next step's duration: lognormal of mean 1. Exactly 1 without a draw where sigma is 0. */
  factor(): number {
    const edges = this.edges;
    if (edges === undefined) return 1;
    const word = this.factors.uint32();
    const cell = word >>> (32 - CELL_BITS);
    const low = edges[cell] ?? 1;
    const high = edges[cell + 1] ?? 1;
    return low + (high - low) * ((word & (2 ** (32 - CELL_BITS) - 1)) * REST);
  }

  /** How many further steps run before one is held up; 0: the next one is. Infinity where none ever is. */
  get stepsUntilHold(): number {
    return this.until;
  }

  /** Passes over `steps` steps that are not held up; at most `stepsUntilHold`. */
  skip(steps: number): void {
    this.until -= steps;
  }

  /** Hold-up (ms) of the next step, mostly 0; call it once a step. */
  hold(): number {
    if (this.until > 0) {
      this.until--;
      return 0;
    }
    this.until = this.gap();
    return this.noise.stallMin + (this.noise.stallMax - this.noise.stallMin) * this.holds.next();
  }

  /** Steps before the next held-up one: geometric, by inversion. */
  private gap(): number {
    const p = this.noise.stallProbability;
    if (p <= 0) return Number.POSITIVE_INFINITY;
    if (p >= 1) return 0;
    return Math.floor(Math.log1p(-this.holds.next()) / Math.log1p(-p));
  }
}

/** Quantiles of the lognormal at i/1024, scaled so that the mean of the piecewise uniform law between them is 1. */
function lognormalEdges(sigma: number): Float64Array {
  const edges = new Float64Array(CELLS + 1);
  let sum = 0;
  for (let i = 0; i <= CELLS; i++) {
    const p = Math.min(Math.max(i, OUTER), CELLS - OUTER) / CELLS;
    const edge = Math.exp(sigma * normalQuantile(p));
    edges[i] = edge;
    sum += i === 0 || i === CELLS ? edge / 2 : edge;
  }
  const mean = sum / CELLS;
  return edges.map((edge) => edge / mean);
}
