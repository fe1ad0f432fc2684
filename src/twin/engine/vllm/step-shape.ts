import { stepMs } from "../step-time.ts";
import type { EngineCounters, StepCosts } from "../types.ts";
import type { Sequence } from "./sequence.ts";
import type { Steady } from "./steady.ts";

/** What a step consists of that has more in it than steady decodes, and its nominal duration. Books the prompt tokens that it computes. */
export class StepShape {
  tokens = 0;
  sequences = 0;
  ms = 0;
  private readonly costs: StepCosts;
  private readonly counters: EngineCounters;

  constructor(costs: StepCosts, counters: EngineCounters) {
    this.costs = costs;
    this.counters = counters;
  }

  /** Of the planned sequences, each with what it was given, and all steady ones. */
  measure(plan: readonly Sequence[], steady: Steady): void {
    let tokens = steady.size;
    let decodes = steady.size;
    let context = steady.context;
    let work = 0;
    let span = 0;
    for (const s of plan) {
      const m = s.given;
      tokens += m;
      if (s.decoding) {
        decodes++;
        context += s.computed;
        continue;
      }
      work += m * (s.computed + m / 2);
      span += s.computed + m;
      this.book(s, s.computed + m);
    }
    this.tokens = tokens;
    this.sequences = steady.size + plan.length;
    this.ms = stepMs(this.costs, tokens, this.sequences, decodes, context, work, span);
  }

  private book(s: Sequence, reached: number): void {
    const again = Math.max(0, Math.min(reached, s.highWater) - s.computed);
    s.recomputed += again;
    this.counters.promptTokensRecomputed += again;
    // The newest answer token of a resumed request is computed here for the first time, and is no prompt token.
    const fresh = Math.min(reached, s.input) - Math.max(s.computed, s.highWater);
    if (fresh > 0) this.counters.promptTokensComputed += fresh;
    if (reached > s.highWater) s.highWater = reached;
  }
}
