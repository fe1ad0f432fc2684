import { LiveThresholds } from "../analyse/index.ts";
import type { Board } from "../load/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Tally } from "../record/index.ts";
import { spentBudget } from "./budget-watch.ts";
import { DeadTargetGuard } from "./dead-target-guard.ts";
import type { End } from "./end.ts";
import type { Until } from "./types.ts";

/** Says from the tallies when a run has to end before its plan does: its budget is spent, its target is dead, a threshold that aborts is crossed, or its caller has seen enough. */
export class EarlyEnd {
  readonly #budget: Plan["budget"];
  readonly #board: Board;
  readonly #guard: DeadTargetGuard;
  readonly #aborting: LiveThresholds;
  readonly #until: Until | undefined;
  #cost = 0;
  #tokens = 0;
  #counted = 0;

  constructor(plan: Plan, board: Board, until?: Until) {
    this.#until = until;
    this.#budget = plan.budget;
    this.#board = board;
    this.#guard = new DeadTargetGuard(plan.guards);
    this.#aborting = new LiveThresholds({ ...plan, slo: plan.slo.filter(({ abortOnFail }) => abortOnFail) });
  }

  /** Dollars of the attempts so far. */
  get cost(): number {
    return this.#cost;
  }

  /** Attempts in the tallies so far. */
  get counted(): number {
    return this.#counted;
  }

  /** Takes the deltas of one tally, told at a time (ms of the run). */
  add(tally: Tally, at: number): void {
    this.#guard.add(tally, at);
    this.#aborting.add(tally, at);
    this.#until?.add(tally, at);
    for (const cell of tally.cells) {
      this.#cost += cell.cost;
      this.#counted += cell.outcomes.reduce((sum, count) => sum + count, 0);
      this.#tokens += cell.tokens.input + cell.tokens.output;
    }
  }

  /** Why to end the run at `now`; undefined: let it go on. */
  reason(now: number): End | undefined {
    const spent = spentBudget(this.#budget, {
      cost: this.#cost,
      tokens: this.#tokens,
      counted: this.#counted,
      outstanding: Math.max(0, this.#board.total("attemptsStarted") - this.#counted),
      elapsed: now,
      requestsGone: this.#board.budgetHit,
    });
    if (spent !== undefined) return { cause: "budget", message: spent };
    const dead = this.#guard.verdict(now);
    if (dead !== undefined) return { cause: "guard", message: dead };
    const crossed = this.#aborting.failing(now);
    if (crossed.length === 0) {
      const enough = this.#until?.enough(now, this.#board.total("inFlight"));
      return enough === undefined ? undefined : { cause: "enough", message: enough };
    }
    return { cause: "threshold", message: crossed.map((t) => `${t.expression} does not hold.`).join(" ") };
  }
}
