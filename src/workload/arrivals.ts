import { randomStream } from "../base/index.ts";
import type { RenewalProcess } from "./processes.ts";
import type { Span } from "./rate.ts";
import type { Timeline } from "./timeline.ts";
import type { Arrival } from "./types.ts";

/** A nanosecond: Newton's last step is smaller, and its error smaller still. */
const TOLERANCE_MS = 1e-6;

/**
 * Starts of a renewal process whose rate follows the timeline: event k of the unit-rate process at time S_k happens when the integral of
 * the rate reaches S_k (time-rescaling; Çinlar 1975, "Introduction to Stochastic Processes", chapter 4.7). Lazy and of constant memory; every
 * iteration gives the same arrivals.
 */
export function* arrivalsOf(timeline: Timeline, process: RenewalProcess, seed: number): Generator<Arrival, undefined> {
  const { spans, totals } = timeline;
  const random = randomStream(seed, "arrivals");
  const whole = totals[spans.length] ?? 0;
  let index = 0;
  let previous = 0;
  let target = process.first(randomStream(seed, "arrivals", "phase"));
  for (let session = 0; target < whole; session++) {
    while (target >= (totals[index + 1] ?? Number.POSITIVE_INFINITY)) index++;
    const span = spans[index];
    if (span === undefined) return;
    // Rounding may neither turn two arrivals around nor move one past its span.
    const at = Math.max(previous, Math.min(invert(span, target - (totals[index] ?? 0), previous), lastBefore(span.to)));
    yield { session, at, stage: span.stage };
    previous = at;
    target += process.gap(random);
  }
}

function lastBefore(time: number): number {
  return time * (1 - Number.EPSILON / 2);
}

/**
 * The time at which the integral of the span's rate reaches `amount` (sessions), not before `notBefore`: Newton's steps, and a halving of the
 * bracket where a step would leave it or does not halve the one before (Press et al., "Numerical Recipes", section 9.4).
 */
export function invert(span: Span, amount: number, notBefore: number): number {
  const goal = amount * 1000;
  let low = Math.max(span.from, notBefore);
  let high = span.to;
  let at = low;
  let lastStep = high - low;
  for (let i = 0; i < 200; i++) {
    const missing = goal - span.integral(at);
    if (missing > 0) low = at;
    else high = at;
    let next = at + missing / span.rate(at);
    const slow = i > 0 && Math.abs(next - at) > lastStep / 2;
    if (slow || !(next >= low && next <= high)) next = (low + high) / 2;
    lastStep = Math.abs(next - at);
    if (lastStep <= TOLERANCE_MS) return next;
    at = next;
  }
  return at;
}
