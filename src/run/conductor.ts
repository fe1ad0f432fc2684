import type { LiveThresholds } from "../analyse/index.ts";
import { type Clock, formatDuration, type Warning } from "../base/index.ts";
import type { Crew } from "../load/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Recorder, Tally } from "../record/index.ts";
import type { Workload } from "../workload/index.ts";
import { AskedSessions } from "./asked.ts";
import { spentBudget } from "./budget-watch.ts";
import { CpuWatch } from "./cpu-watch.ts";
import { DeadTargetGuard } from "./dead-target-guard.ts";
import { ProgressFigures } from "./progress.ts";
import { boardSeries } from "./series.ts";
import type { RunOptions } from "./types.ts";

/** ms between looks at budget, guards and stages. */
const LOOK = 50;
const SECOND = 1000;
/** ms that cancelled attempts may take to be written down. */
const LAST_WORDS = 3000;

/** Why a run ended; the detail of the `end` event. */
export interface End {
  readonly cause: "finished" | "interrupted" | "killed" | "budget" | "guard" | "threshold" | "internal";
  readonly message: string | undefined;
}

export interface ConductorParts {
  readonly plan: Plan;
  readonly workload: Workload;
  readonly crew: Crew;
  readonly recorder: Recorder;
  /** The thresholds that end the run when they fail. */
  readonly aborting: LiveThresholds;
  /** The run's clock: zero is the epoch that the workers were given. */
  readonly clock: Clock;
  readonly options: RunOptions;
}

/**
 * Watches a run from its first second to its last attempt: stages, budget, guards, aborting thresholds, interrupts. It touches no socket
 * of the target and no row; it reads the board and the recorder's tallies.
 */
export class Conductor {
  readonly #parts: ConductorParts;
  readonly #guard: DeadTargetGuard;
  readonly #figures: ProgressFigures;
  readonly #asked: AskedSessions;
  readonly #cpu = new CpuWatch();
  #end: End | undefined;
  #stage = -1;
  /** When the workers were told to stop, or ran to their plan's end. */
  #stopAt = Number.POSITIVE_INFINITY;
  /** Called when open answers have had their time. */
  #onCap: () => void = () => {};
  /** Where the plan's calling for sessions ends: its last stage, or the stop before it. */
  #askedUntil = Number.POSITIVE_INFINITY;
  #second = 0;
  #progressAt = Number.NEGATIVE_INFINITY;
  #cost = 0;
  #tokens = 0;
  /** Attempts in the tallies so far. */
  #counted = 0;

  constructor(parts: ConductorParts) {
    this.#parts = parts;
    this.#guard = new DeadTargetGuard(parts.plan.guards);
    this.#asked = new AskedSessions(parts.workload);
    this.#figures = new ProgressFigures(parts.plan, parts.workload, parts.crew.board);
    parts.recorder.onTally((tally) => this.#tally(tally));
    parts.recorder.onFault((fault) => this.#finish({ cause: "internal", message: fault.message }));
  }

  /** Resolves when every session has ended and the workers are done; rejects for a fault of our own in a worker. */
  async drive(): Promise<End> {
    const { crew, options } = this.#parts;
    const onStop = (): void =>
      this.#finish({ cause: "interrupted", message: "Stopped by hand; open answers were given time to end." });
    const onKill = (): void => this.#kill();
    options.stop?.addEventListener("abort", onStop);
    options.kill?.addEventListener("abort", onKill);
    if (options.stop?.aborted === true) onStop();
    if (options.kill?.aborted === true) onKill();
    const looks = setInterval(() => this.#look(), LOOK);
    try {
      await this.#idle();
      this.#judge(this.#parts.clock.now());
    } finally {
      clearInterval(looks);
      options.stop?.removeEventListener("abort", onStop);
      options.kill?.removeEventListener("abort", onKill);
    }
    this.#writeSecond();
    this.#report("summarising");
    await crew.close();
    return this.#end ?? { cause: "finished", message: undefined };
  }

  /** Waits for the workers to run dry: stages first, then the drain, then the cap on it. */
  async #idle(): Promise<void> {
    const { crew, plan, recorder, clock } = this.#parts;
    const idle = crew.idle().then(() => "idle" as const);
    if ((await Promise.race([idle, this.#drained()])) === "idle") return;
    if (this.#end?.cause !== "killed") {
      const { code, ...detail } = drainCap(crew.board.total("inFlight"), plan.generator.drain);
      recorder.event({ at: clock.now(), kind: "warning", name: code, detail });
    }
    crew.cancel();
    await Promise.race([idle, new Promise((resolve) => setTimeout(resolve, LAST_WORDS).unref())]);
  }

  /** Resolves when open answers have had their time. */
  #drained(): Promise<"cap"> {
    return new Promise((resolve) => {
      this.#onCap = () => resolve("cap");
    });
  }

  #look(): void {
    const { plan, clock } = this.#parts;
    const now = clock.now();
    this.#enterStages(now);
    this.#judge(now);
    if (now >= this.#planned() && this.#stopAt === Number.POSITIVE_INFINITY) this.#stopAt = now;
    if (now >= this.#stopAt + plan.generator.drain) this.#onCap();
    if (Math.floor(now / SECOND) > this.#second) this.#writeSecond();
    this.#report(this.#stopAt === Number.POSITIVE_INFINITY ? "running" : "draining");
  }

  /** Looks for a reason to end the run; the first found stands. */
  #judge(now: number): void {
    if (this.#end !== undefined) return;
    const { plan, crew, aborting } = this.#parts;
    const spent = spentBudget(plan.budget, {
      cost: this.#cost,
      tokens: this.#tokens,
      counted: this.#counted,
      outstanding: Math.max(0, crew.board.total("attemptsStarted") - this.#counted),
      elapsed: now,
      requestsGone: crew.board.budgetHit,
    });
    if (spent !== undefined) this.#finish({ cause: "budget", message: spent });
    const dead = this.#guard.verdict(now);
    if (dead !== undefined) this.#finish({ cause: "guard", message: dead });
    const crossed = aborting.failing(now);
    if (crossed.length > 0) {
      this.#finish({ cause: "threshold", message: crossed.map((t) => `${t.expression} does not hold.`).join(" ") });
    }
  }

  #planned(): number {
    const last = this.#parts.plan.stages.at(-1);
    return last === undefined ? 0 : last.from + last.duration;
  }

  #enterStages(now: number): void {
    const { plan, recorder } = this.#parts;
    for (;;) {
      const next = plan.stages[this.#stage + 1];
      if (next === undefined || next.from > now || this.#end !== undefined) return;
      this.#stage++;
      recorder.event({ at: now, kind: "stage", name: next.name, detail: { kind: next.kind, duration: next.duration } });
    }
  }

  #tally(tally: Tally): void {
    const { clock, aborting, recorder, options } = this.#parts;
    const at = clock.now();
    this.#guard.add(tally, at);
    this.#figures.add(tally, at);
    aborting.add(tally, at);
    for (const cell of tally.cells) {
      this.#cost += cell.cost;
      this.#counted += cell.outcomes.reduce((sum, count) => sum + count, 0);
      this.#tokens += cell.tokens.input + cell.tokens.output;
    }
    for (const warning of tally.warnings) warn(warning, recorder, at, options);
  }

  #finish(end: End): void {
    if (this.#end !== undefined) return;
    const { clock, crew, recorder } = this.#parts;
    this.#end = end;
    this.#stopAt = clock.now();
    this.#askedUntil = this.#stopAt;
    recorder.event({ at: this.#stopAt, kind: EVENT_OF[end.cause], name: end.cause, detail: end.message });
    crew.stop();
  }

  #kill(): void {
    const { clock, crew, recorder } = this.#parts;
    this.#end = { cause: "killed", message: "Stopped by hand, twice: open answers were cut off." };
    recorder.event({ at: clock.now(), kind: "interrupt", name: "killed" });
    crew.stop();
    this.#onCap();
  }

  #writeSecond(): void {
    const { clock, crew, recorder, workload } = this.#parts;
    const now = clock.now();
    recorder.series(
      boardSeries(crew.board, workload, this.#asked.by(Math.min(now, this.#askedUntil)), this.#cpu.cores(now), now),
    );
    this.#second = Math.floor(now / SECOND);
  }

  #report(phase: "running" | "draining" | "summarising"): void {
    const { clock, options } = this.#parts;
    const now = clock.now();
    if (options.onProgress === undefined) return;
    if (phase !== "summarising" && now - this.#progressAt < (options.progressEvery ?? 250)) return;
    this.#progressAt = now;
    options.onProgress(this.#figures.at(now, phase, this.#parts.plan.prices === undefined ? undefined : this.#cost));
  }
}

/** Of what kind the event is that an end leaves. */
export const EVENT_OF = {
  finished: "end",
  interrupted: "interrupt",
  killed: "interrupt",
  budget: "budget",
  guard: "guard",
  threshold: "guard",
  internal: "warning",
} as const;

export function warn(warning: Warning, recorder: Recorder, at: number, options: RunOptions): void {
  const { code, ...detail } = warning;
  recorder.event({ at, kind: "warning", name: code, detail });
  options.onWarning?.(warning);
}

/** @param drain ms */
export function drainCap(open: number, drain: number): Warning {
  return {
    code: "DRAIN_CAP",
    message: `${open} answers were still open ${formatDuration(drain)} after the last stage and were cut off. They count as cancelled, with the time so far.`,
    hint: "Set generator.drain to a longer time to let them end.",
  };
}
