import { OUTCOMES, type Outcome } from "../base/index.ts";
import type { Board } from "../load/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Tally } from "../record/index.ts";
import type { Workload } from "../workload/index.ts";
import { Recent } from "./recent.ts";
import type { Progress } from "./types.ts";

/** ms over which the reached rate is taken. */
const RATE_WINDOW = 5000;

/** Loop use and lateness (ms) from which the generator is called strained, then limited; the summary's bounds are in analyse/. */
const STRAINED = { use: 0.7, delay: 8 };
const LIMITED = { use: 0.9, delay: 20 };

/** Keeps what the terminal shows, and makes a {@link Progress} of it. */
export class ProgressFigures {
  readonly #plan: Plan;
  readonly #workload: Workload;
  readonly #board: Board;
  readonly #recent = new Recent();
  readonly #outcomes = new Array<number>(OUTCOMES.length).fill(0);
  #starts: { readonly at: number; readonly count: number }[] = [];

  constructor(plan: Plan, workload: Workload, board: Board) {
    this.#plan = plan;
    this.#workload = workload;
    this.#board = board;
  }

  add(tally: Tally, at: number): void {
    this.#recent.add(tally, at);
    for (const cell of tally.cells) {
      cell.outcomes.forEach((count, i) => {
        this.#outcomes[i] = (this.#outcomes[i] ?? 0) + count;
      });
    }
  }

  /** Attempts whose outcome is counted. */
  get counted(): number {
    return this.#outcomes.reduce((sum, count) => sum + count, 0);
  }

  at(now: number, phase: Progress["phase"], cost: number | undefined): Progress {
    const { stages } = this.#plan;
    const board = this.#board;
    const found = stages.findLastIndex((stage) => stage.from <= now);
    const index = Math.max(0, found);
    const stage = stages[index];
    const last = stages.at(-1);
    const unit = stage?.unit ?? "sessions/s";
    return {
      phase,
      elapsed: now,
      planned: last === undefined ? 0 : last.from + last.duration,
      stage: {
        name: stage?.name ?? "",
        kind: stage?.kind ?? "",
        index,
        count: stages.length,
        elapsed: Math.max(0, now - (stage?.from ?? 0)),
        duration: stage?.duration ?? 0,
      },
      load: {
        unit,
        asked: phase !== "running" ? 0 : unit === "users" ? this.#workload.usersAt(now) : this.#workload.rateAt(now),
        reached: unit === "users" ? board.total("sessionsOpen") : this.#rate(now),
      },
      inFlight: board.total("inFlight"),
      sessions: board.total("sessionsOpen"),
      started: board.total("attemptsStarted"),
      ended: board.total("attemptsEnded"),
      outcomes: this.#outcomeCounts(),
      recent: {
        ttft: this.#recent.figures("ttft"),
        itl: this.#recent.figures("itl"),
        response: this.#recent.figures("response"),
        startLag: this.#recent.figures("startLag"),
      },
      tokensPerSecond: this.#recent.tokensPerSecond(now),
      cost,
      generator: { word: this.#word(), loop: board.worst("loopUse") },
    };
  }

  #rate(now: number): number {
    this.#starts.push({ at: now, count: this.#board.total("sessionsStarted") });
    this.#starts = this.#starts.filter((start) => start.at >= now - RATE_WINDOW);
    const first = this.#starts[0];
    const latest = this.#starts.at(-1);
    if (first === undefined || latest === undefined || latest.at === first.at) return 0;
    return ((latest.count - first.count) / (latest.at - first.at)) * 1000;
  }

  #outcomeCounts(): Partial<Record<Outcome, number>> {
    const counts: Partial<Record<Outcome, number>> = {};
    OUTCOMES.forEach((outcome, i) => {
      const count = this.#outcomes[i] ?? 0;
      if (count > 0) counts[outcome.name] = count;
    });
    return counts;
  }

  #word(): Progress["generator"]["word"] {
    const use = this.#board.worst("loopUse");
    const delay = this.#board.worst("loopDelayP99");
    if (use > LIMITED.use || delay > LIMITED.delay) return "limited";
    return use > STRAINED.use || delay > STRAINED.delay ? "strained" : "well";
  }
}
