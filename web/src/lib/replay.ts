import type { Transcript } from "../../../src/report/page/types.ts";

/** ms from the intended send time at which each content event came; undefined where the gaps were not kept. */
export function eventTimes({ ttft, gaps }: Transcript): readonly number[] | undefined {
  if (ttft === undefined || gaps === undefined) return undefined;
  let at = ttft;
  return [at, ...gaps.map((gap) => (at += gap))];
}

/** Characters of the answer that stood on the user's screen at a time: the text is spread evenly over its events, which carry about a token each. */
export function charactersAt(transcript: Transcript, events: readonly number[], at: number): number {
  const { answer, end } = transcript;
  if (at >= end) return answer.length;
  let seen = 0;
  while (seen < events.length && (events[seen] ?? Number.POSITIVE_INFINITY) <= at) seen++;
  return Math.round((answer.length * seen) / Math.max(1, events.length));
}
