/** What is seen of one limit in one probe, on a scale on which 0 is the limit itself and more is worse. */
export interface LimitEvidence {
  readonly expression: string;
  /**
   * Log odds of the share that breaks the limit, less those of the share that it allows; for a mean the logarithm of the mean over the limit.
   * Below 0 the limit holds.
   */
  readonly margin: number;
  /** Standard error of `margin`, with what attempts of one time share. */
  readonly error: number;
  readonly kind: "share" | "mean";
  /** 1: more is worse; -1: less is. */
  readonly sign: 1 | -1;
  /** How much larger the variance of the share is than that of independent attempts; of a mean its variance times n, over its square. */
  readonly spread: number;
  /** How many standard errors the limit is broken by, were it just kept: below 0 it holds. */
  readonly z: number;
  /** Share of the attempts beyond the limit, or the mean itself; `allowed` in the same unit. */
  readonly observed: number;
  readonly allowed: number;
  readonly samples: number;
}

export type ProbeWord = "holds" | "breaks" | "doubtful";

/** One probe as the search sees it: a load, and what its run showed. */
export interface ProbeSeen {
  readonly load: number;
  readonly word: ProbeWord;
  /** In the order of the search's limits; undefined where nothing was measured of one. */
  readonly limits: readonly (LimitEvidence | undefined)[];
}

/** The loads among which a search looks. */
export interface SearchSpace {
  /** The first probe. */
  readonly from: number;
  /** No probe goes below or above these. */
  readonly least: number;
  readonly most: number;
  /** Only whole loads can be run: users, tokens, turns. */
  readonly whole: boolean;
}

export interface SearchSettings extends SearchSpace {
  /** The search has its answer when the interval reaches no further than this share to either side. */
  readonly within: number;
  readonly probes: number;
  /** Of the interval's redraws. */
  readonly seed: number;
}

/** A load with its 95 % interval. */
export interface LoadEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
