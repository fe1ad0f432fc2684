import { setImmediate } from "node:timers/promises";
import { LiveThresholds } from "../../analyse/index.ts";
import type { Board } from "../../load/index.ts";
import type { Plan } from "../../plan/index.ts";
import type { Recorder, Tally } from "../../record/index.ts";
import type { Workload } from "../../workload/index.ts";
import { AskedSessions } from "../asked.ts";
import { spentBudget } from "../budget-watch.ts";
import { drainCap, type End, EVENT_OF } from "../conductor.ts";
import { DeadTargetGuard } from "../dead-target-guard.ts";
import { ProgressFigures } from "../progress.ts";
import { loadSeries } from "../series.ts";
import { Signals } from "./signals.ts";
import type { SimulateOptions } from "./types.ts";
import { gaugeSeries, type Worlds } from "./worlds.ts";

/** Virtual ms between looks at budget, guards and thresholds, and between points of a series. */
const LOOK = 1000;
/** Wall ms of simulating between breaths of the event loop: interrupts, the recorder's words, the terminal. */
const BREATH = 20;
/** Rows and points sent to the recorder between two waits for it; twice as many may be under way. */
const AHEAD = 32_768;

export interface SimulationParts {
  readonly plan: Plan;
  readonly workload: Workload;
  readonly world: Worlds;
  readonly board: Board;
  readonly recorder: Recorder;
  readonly options: SimulateOptions;
}

/** Watches a simulated run as the conductor does a live one, by virtual time: stages, budget, guards, aborting thresholds, interrupts. */
export class SimulationConductor {
  readonly #parts: SimulationParts;
  readonly #guard: DeadTargetGuard;
  readonly #aborting: LiveThresholds;
  readonly #figures: ProgressFigures;
  readonly #asked: AskedSessions;
  readonly #signals = new Signals();
  #end: End | undefined;
  /** Where the plan's calling for sessions ends: its last stage, or the stop before it. */
  #stopAt: number;
  #cost = 0;
  #tokens = 0;
  #counted = 0;
  #sent = 0;
  #recorded = Promise.resolve();
  #progressAt = Number.NEGATIVE_INFINITY;
  readonly #begun = performance.now();

  constructor(parts: SimulationParts) {
    const { plan, workload, board } = parts;
    this.#parts = parts;
    this.#guard = new DeadTargetGuard(plan.guards);
    this.#aborting = new LiveThresholds({ ...plan, slo: plan.slo.filter((threshold) => threshold.abortOnFail) });
    this.#figures = new ProgressFigures(plan, workload, board);
    this.#asked = new AskedSessions(workload);
    this.#stopAt = Math.max(0, ...plan.stages.map((stage) => stage.from + stage.duration));
  }

  /** Resolves when every session has ended, or had its time to. */
  async drive(): Promise<End> {
    const { plan, world, recorder, options } = this.#parts;
    recorder.onFault((fault) => this.#finish({ cause: "internal", message: fault.message }));
    for (const { name, kind, from, duration } of plan.stages) {
      world.at(from, () => {
        if (this.#end === undefined) recorder.event({ at: from, kind: "stage", name, detail: { kind, duration } });
      });
    }
    let breath = performance.now();
    for (let to = LOOK; !world.idle; to += LOOK) {
      await world.advance(Math.min(to, this.#cap));
      this.#look();
      if (world.now >= this.#cap && !world.idle) await this.#cutOff();
      if (performance.now() - breath < BREATH && this.#sent < AHEAD) continue;
      await this.#breathe();
      if (options.kill?.aborted === true) await this.#kill();
      else if (options.stop?.aborted === true) this.#finish(STOPPED);
      this.#report("running");
      breath = performance.now();
    }
    this.#report("summarising");
    return this.#end ?? { cause: "finished", message: undefined };
  }

  /** When open answers have had their time. */
  get #cap(): number {
    return this.#stopAt + this.#parts.plan.generator.drain;
  }

  async #breathe(): Promise<void> {
    await setImmediate();
    if (this.#sent < AHEAD) return;
    this.#sent = 0;
    await this.#recorded;
    this.#recorded = this.#parts.recorder.caughtUp();
  }

  #look(): void {
    const { world, board, recorder, workload } = this.#parts;
    const { now } = world;
    for (const tally of world.tallies()) {
      this.#guard.add(tally, now);
      this.#figures.add(tally, now);
      this.#aborting.add(tally, now);
      this.#count(tally);
    }
    const asked = this.#asked.by(Math.min(now, this.#stopAt));
    const gauges = world.gauges();
    const signals = this.#signals.untold(gauges, now);
    if (signals !== undefined) recorder.event(signals);
    const points = [...loadSeries(board, workload, asked, now), ...gaugeSeries(gauges, now)];
    this.#sent += points.length;
    recorder.series(points);
    this.#judge(now);
  }

  #count(tally: Tally): void {
    for (const cell of tally.cells) {
      const attempts = cell.outcomes.reduce((sum, count) => sum + count, 0);
      this.#cost += cell.cost;
      this.#counted += attempts;
      this.#sent += attempts;
      this.#tokens += cell.tokens.input + cell.tokens.output;
    }
  }

  /** Looks for a reason to end the run; the first found stands. */
  #judge(now: number): void {
    if (this.#end !== undefined) return;
    const { plan, board } = this.#parts;
    const spent = spentBudget(plan.budget, {
      cost: this.#cost,
      tokens: this.#tokens,
      counted: this.#counted,
      outstanding: Math.max(0, board.total("attemptsStarted") - this.#counted),
      elapsed: now,
      requestsGone: board.budgetHit,
    });
    if (spent !== undefined) this.#finish({ cause: "budget", message: spent });
    const dead = this.#guard.verdict(now);
    if (dead !== undefined) this.#finish({ cause: "guard", message: dead });
    const crossed = this.#aborting.failing(now);
    if (crossed.length > 0) {
      this.#finish({ cause: "threshold", message: crossed.map((t) => `${t.expression} does not hold.`).join(" ") });
    }
  }

  #finish(end: End): void {
    if (this.#end !== undefined) return;
    const { world, recorder } = this.#parts;
    this.#end = end;
    this.#stopAt = Math.min(this.#stopAt, world.now);
    recorder.event({ at: world.now, kind: EVENT_OF[end.cause], name: end.cause, detail: end.message });
    world.stop();
  }

  async #kill(): Promise<void> {
    const { world, recorder } = this.#parts;
    if (this.#end?.cause === "killed") return;
    this.#end = KILLED;
    recorder.event({ at: world.now, kind: "interrupt", name: "killed" });
    await world.cancel();
  }

  async #cutOff(): Promise<void> {
    const { plan, world, board, recorder } = this.#parts;
    const { code, ...detail } = drainCap(board.total("inFlight"), plan.generator.drain);
    recorder.event({ at: world.now, kind: "warning", name: code, detail });
    await world.cancel();
  }

  #report(phase: "running" | "summarising"): void {
    const { world, options, plan } = this.#parts;
    const wall = performance.now() - this.#begun;
    if (phase !== "summarising" && wall - this.#progressAt < (options.progressEvery ?? 250)) return;
    this.#progressAt = wall;
    const draining = phase === "running" && world.now > this.#stopAt;
    const cost = plan.prices === undefined ? undefined : this.#cost;
    options.onProgress?.({ run: this.#figures.at(world.now, draining ? "draining" : phase, cost), wall });
  }
}

const STOPPED: End = { cause: "interrupted", message: "Stopped by hand; open answers were given time to end." };
const KILLED: End = { cause: "killed", message: "Stopped by hand, twice: open answers were cut off." };
