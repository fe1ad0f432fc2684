import { formatDuration, OUTCOMES } from "../base/index.ts";
import type { Guards } from "../plan/index.ts";
import type { Tally } from "../record/index.ts";

/** Ends that say nothing about the target: our own, and an impatient user's. */
const NEUTRAL = new Set(["cancelled", "abandoned"]);

/**
 * Stops a run whose target has plainly died: every attempt that ended in the last while failed, and there were enough of them. One
 * answer, a filtered one included, resets the while.
 */
export class DeadTargetGuard {
  readonly #guards: Guards;
  #aliveAt = 0;
  #failed: { readonly at: number; readonly count: number }[] = [];

  constructor(guards: Guards) {
    this.#guards = guards;
  }

  add(tally: Tally, at: number): void {
    let failed = 0;
    let alive = false;
    for (const cell of tally.cells) {
      OUTCOMES.forEach((outcome, i) => {
        const count = cell.outcomes[i] ?? 0;
        if (count === 0 || NEUTRAL.has(outcome.name)) return;
        if (outcome.error) failed += count;
        else alive = true;
      });
    }
    if (alive) {
      this.#aliveAt = at;
      this.#failed = [];
    } else if (failed > 0) {
      this.#failed.push({ at, count: failed });
    }
  }

  /** Why to stop at `now`, as a sentence, or undefined. */
  verdict(now: number): string | undefined {
    const { allFailedFor, allFailedMinimum } = this.#guards;
    if (allFailedFor <= 0 || now - this.#aliveAt < allFailedFor) return undefined;
    this.#failed = this.#failed.filter((entry) => entry.at >= now - allFailedFor);
    const count = this.#failed.reduce((sum, entry) => sum + entry.count, 0);
    if (count < allFailedMinimum) return undefined;
    return `All ${count} attempts that ended in the last ${formatDuration(allFailedFor)} failed.`;
  }
}
