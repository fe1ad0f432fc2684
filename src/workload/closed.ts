import type { Timeline } from "./timeline.ts";

/**
 * Sessions of closed stages are numbered from here. An open run would need 35,000 years at 1 session/s (or 12 days at a million a second) to
 * reach it, and a double still counts 8,000 times as far exactly.
 */
export const FIRST_CLOSED_SESSION = 2 ** 40;

/** Samples of a span in the search for its highest load. */
const SAMPLES = 256;

/** Users at a time, and the most at any time. */
export function closedUsers(timeline: Timeline): { readonly usersAt: (at: number) => number; readonly max: number } {
  let highest = 0;
  for (const span of timeline.spans) {
    const width = span.to - span.from;
    for (let i = 0; i <= SAMPLES; i++) highest = Math.max(highest, span.rate(span.from + (width * i) / SAMPLES));
  }
  const max = Math.round(highest);
  // Between two samples a peak may round one user higher: the bound holds all the same, since user numbers depend on it.
  return { usersAt: (at) => Math.min(max, Math.round(timeline.rateAt(at))), max };
}
