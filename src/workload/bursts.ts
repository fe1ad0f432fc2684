import { randomStream } from "../base/index.ts";
import type { BurstPlan } from "../plan/index.ts";
import type { Span } from "./rate.ts";
import type { Timeline } from "./timeline.ts";

/** Changes between burst and calm in one run; more of them nobody could tell apart. */
const MOST_CHANGES = 1_000_000;

/**
 * The load with bursts in which everybody comes at once: a two-state Markov-modulated rate (Fischer and Meier-Hellstern, "The Markov-modulated Poisson
 * process cookbook", Performance Evaluation 18, 1993). It is `factor` times as high in a burst as between two, and its mean stays the plan's; bursts and
 * the calm between have exponential lengths, and the run begins in either as if it had gone on for ever.
 */
export function withBursts(timeline: Timeline, bursts: BurstPlan | undefined, seed: number): Timeline {
  if (bursts === undefined) return timeline;
  const end = timeline.spans.at(-1)?.to ?? 0;
  const { factor, for: on, every } = bursts;
  const share = on / every;
  const calm = 1 / (1 + share * (factor - 1));
  const random = randomStream(seed, "bursts");
  const changes: { at: number; height: number }[] = [];
  let isBurst = random.next() < share;
  for (let at = 0; at < end && changes.length < MOST_CHANGES; isBurst = !isBurst) {
    changes.push({ at, height: isBurst ? calm * factor : calm });
    at += -Math.log(1 - random.next()) * (isBurst ? on : every - on);
  }
  const spans = timeline.spans.flatMap((span) => cut(span, changes));
  const totals = new Float64Array(spans.length + 1);
  for (const [i, span] of spans.entries()) totals[i + 1] = (totals[i] ?? 0) + span.integral(span.to) / 1000;
  return { ...timeline, spans, totals };
}

function cut(span: Span, changes: readonly { readonly at: number; readonly height: number }[]): Span[] {
  const first = lastBefore(changes, span.from);
  const pieces: Span[] = [];
  for (let i = first; i < changes.length; i++) {
    const [now, next] = [changes[i], changes[i + 1]];
    const from = Math.max(span.from, now?.at ?? 0);
    const to = Math.min(span.to, next?.at ?? Number.POSITIVE_INFINITY);
    if (from >= span.to) break;
    if (to <= from) continue;
    const height = now?.height ?? 1;
    const before = span.integral(from);
    pieces.push({
      stage: span.stage,
      from,
      to,
      rate: (at) => height * span.rate(at),
      integral: (at) => height * (span.integral(at) - before),
    });
  }
  return pieces;
}

/** Index of the last change at or before a time. */
function lastBefore(changes: readonly { readonly at: number }[], time: number): number {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((changes[middle]?.at ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
