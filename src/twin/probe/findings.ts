import { median } from "../../stats/index.ts";
import type { ProbedRequest, ProbeFile } from "../fit/types.ts";
import { queuedIn } from "./experiments.ts";
import { isWhole } from "./failures.ts";
import { firstOf } from "./rig.ts";

/** A straight line through points. */
export interface Line {
  readonly intercept: number;
  readonly slope: number;
  readonly n: number;
}

export interface Rung {
  readonly streams: number;
  readonly gap: number;
  readonly tokensPerSecond: number;
  readonly first: number;
  readonly queued: number;
}

/** What a probe's file says at a glance, before any fit. Times in ms. */
export interface ProbeFindings {
  /** First token of an idle engine over prompt tokens. */
  readonly firstToken: Line | undefined;
  /** Median time a token of a single stream. */
  readonly idleGap: { readonly ms: number; readonly n: number } | undefined;
  readonly rungs: readonly Rung[];
  /** Sequences that ran at once where others waited; undefined: not reached. */
  readonly batchLimit: number | undefined;
  /** First tokens of a prompt, of the same again, and of one that shares its first half. */
  readonly prefix:
    | {
        readonly fresh: number;
        readonly again: number;
        readonly half: number;
        readonly n: number;
        readonly cached: boolean;
      }
    | undefined;
  /** Longest gap of running decodes without and with a long prompt among them. */
  readonly interference: { readonly without: number; readonly with: number; readonly n: number } | undefined;
  readonly requests: number;
}

/** First token of a repeated prompt, as a share of that of a fresh one, below which something was found again. */
const FOUND_AGAIN = 0.6;

export function findingsOf({ episodes, batch }: ProbeFile): ProbeFindings {
  // An experiment that lost a request is another than the one that was meant.
  const of = (kind: string) =>
    episodes.filter(({ kind: own, requests }) => own === kind && requests.length > 0 && requests.every(isWhole));
  const firsts = of("prompt").flatMap(({ requests }) =>
    requests.filter((one) => one.inputTokens !== null && !Number.isNaN(firstOf(one))),
  );
  const gaps = of("idle").flatMap(({ requests }) => requests.map(gapOf).filter((gap) => !Number.isNaN(gap)));
  const rungs = of("ladder").flatMap(({ level, requests }): Rung[] => {
    const own = requests.map(gapOf).filter((gap) => !Number.isNaN(gap));
    const ends = requests.map(({ lastTokenAt }) => lastTokenAt ?? Number.NaN);
    if (own.length < requests.length || ends.some(Number.isNaN)) return [];
    const span = Math.max(...ends) - Math.min(...requests.map(({ sentAt }) => sentAt));
    const tokens = requests.reduce((sum, { outputTokens }) => sum + (outputTokens ?? 0), 0);
    return [
      {
        streams: level,
        gap: median(own),
        tokensPerSecond: (tokens / span) * 1000,
        first: median(requests.map(firstOf)),
        queued: queuedIn(requests),
      },
    ];
  });
  return {
    firstToken: lineOf(firsts.map((one) => [one.inputTokens ?? Number.NaN, firstOf(one)])),
    idleGap: gaps.length === 0 ? undefined : { ms: median(gaps), n: gaps.length },
    rungs,
    batchLimit: batch?.limit,
    prefix: prefixOf(of("prefix")),
    interference: interferenceOf(of("interference"), rungs),
    requests: episodes.reduce((sum, { requests }) => sum + requests.length, 0),
  };
}

function prefixOf(list: ProbeFile["episodes"]): ProbeFindings["prefix"] {
  const at = (level: number): number[] =>
    list
      .filter((episode) => episode.level === level)
      .flatMap(({ requests }) => requests.map(firstOf).filter((value) => !Number.isNaN(value)));
  const [fresh, again, half] = [at(0), at(1), at(0.5)];
  if (fresh.length === 0 || again.length === 0) return undefined;
  const seen = { fresh: median(fresh), again: median(again), half: median(half), n: again.length };
  return { ...seen, cached: seen.again < FOUND_AGAIN * seen.fresh };
}

function interferenceOf(list: ProbeFile["episodes"], rungs: readonly Rung[]): ProbeFindings["interference"] {
  const stalls = list.flatMap(({ requests }) =>
    requests.slice(0, -1).flatMap(({ stall }) => (stall === null ? [] : [stall])),
  );
  const streams = (list[0]?.requests.length ?? 0) - 1;
  const rung = rungs.find((one) => one.streams === streams);
  if (stalls.length === 0 || rung === undefined) return undefined;
  return { without: rung.gap, with: median(stalls), n: stalls.length };
}

function gapOf({ firstTokenAt, lastTokenAt, outputTokens }: ProbedRequest): number {
  if (firstTokenAt === null || lastTokenAt === null || outputTokens === null || outputTokens < 2) return Number.NaN;
  return (lastTokenAt - firstTokenAt) / (outputTokens - 1);
}

/** Ordinary least squares; undefined below three points or without spread. */
function lineOf(points: readonly (readonly [x: number, y: number])[]): Line | undefined {
  const n = points.length;
  const [mx, my] = [0, 1].map((k) => points.reduce((sum, point) => sum + (point[k] ?? 0), 0) / n);
  if (mx === undefined || my === undefined || n < 3) return undefined;
  const xx = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  if (!(xx > 0)) return undefined;
  const slope = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / xx;
  return { intercept: my - slope * mx, slope, n };
}
