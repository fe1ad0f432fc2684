import type { AnswerProgress, EngineRequest, RequestFigures } from "./types.ts";

/** Gaps between tokens that count as long: `longGaps` of RequestFigures. */
export const LONG_GAP_MS = 1000;

/** What an engine's own record of a request tells its owner. */
export interface ServedSequence {
  readonly request: EngineRequest;
  readonly arrivedAt: number;
  readonly input: number;
  /** Tokens that its answer will have, after the cap. */
  readonly output: number;
  readonly capped: boolean;
  /** Answer tokens that have left, and those of them that left with the step that just ended. */
  readonly generated: number;
  readonly leaves: number;
  readonly firstScheduledAt: number;
  readonly lastScheduledAt: number;
  readonly firstTokenAt: number;
  readonly lastTokenAt: number;
  readonly cached: number;
  readonly recomputed: number;
  readonly preemptions: number;
  readonly longestGap: number;
  readonly longGaps: number;
}

/** Undefined before its first token. */
export function progressOf(s: ServedSequence): AnswerProgress | undefined {
  const { generated: tokens, lastTokenAt, longestGap, longGaps } = s;
  return tokens === 0 ? undefined : { tokens, lastTokenAt, longestGap, longGaps };
}

export function figuresOf(s: ServedSequence): RequestFigures {
  return {
    arrivedAt: s.arrivedAt,
    firstScheduledAt: s.firstScheduledAt,
    lastScheduledAt: s.lastScheduledAt,
    firstTokenAt: s.firstTokenAt,
    lastTokenAt: s.lastTokenAt,
    inputTokens: s.input,
    outputTokens: s.output,
    cachedTokens: s.cached,
    recomputedTokens: s.recomputed,
    preemptions: s.preemptions,
    longestGap: s.longestGap,
    longGaps: s.longGaps,
    capped: s.capped,
  };
}
