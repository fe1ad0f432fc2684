import type { StepCosts } from "./types.ts";

/**
 * Duration (ms) of one step, by the formula at StepCosts. The sums come ready, so that an engine keeps them up step by step and a step costs
 * what changed in it.
 *
 * `tokens`: all tokens of the step; `sequences`: all sequences in it; `decodes`: how many of them decode, and `decodeContext` the sum of their
 * contexts; `prefillWork`: sum over prefill chunks of m (ctx + m/2); `prefillSpan`: sum of (ctx + m). The step is mixed (kappa applies) where
 * `decodes` and `prefillSpan` are both above 0.
 */
export function stepMs(
  costs: StepCosts,
  tokens: number,
  sequences: number,
  decodes: number,
  decodeContext: number,
  prefillWork: number,
  prefillSpan: number,
): number {
  const attention = costs.d1 * decodeContext + costs.d2 * decodes + costs.p1 * prefillWork + costs.p2 * prefillSpan;
  const linear = tokens <= costs.n0 ? costs.c1 * tokens : costs.c1 * costs.n0 + costs.c2 * (tokens - costs.n0);
  const factor = decodes > 0 && prefillSpan > 0 ? costs.kappa : 1;
  return costs.c0 + linear + costs.ch * sequences + factor * attention;
}

/**
 * Sum (ms) of `steps` steps without prefill over the same sequences, their summed context growing by `growth` tokens a step: with T the first
 * step's duration, steps T + d1 growth steps (steps - 1) / 2. `growth` is `decodes` where each sequence gains one token a step.
 */
export function decodeRunMs(first: number, d1: number, growth: number, steps: number): number {
  return steps * first + (d1 * growth * steps * (steps - 1)) / 2;
}

/**
 * Most steps of such a run that end within `ms`: the root of the quadratic, put right by one where rounding moved it. `first` must be above 0.
 */
export function decodeRunSteps(first: number, d1: number, growth: number, ms: number): number {
  if (ms < first) return 0;
  const slope = d1 * growth;
  const b = first - slope / 2;
  // The form that divides by the sum stays exact as the slope goes to 0.
  let steps = Math.floor((2 * ms) / (b + Math.sqrt(b * b + 2 * slope * ms)));
  while (steps > 0 && decodeRunMs(first, d1, growth, steps) > ms) steps--;
  while (decodeRunMs(first, d1, growth, steps + 1) <= ms) steps++;
  return steps;
}
