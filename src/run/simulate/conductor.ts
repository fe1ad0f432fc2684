import { setImmediate } from "node:timers/promises";
import type { Board } from "../../load/index.ts";
import type { Plan } from "../../plan/index.ts";
import type { Recorder } from "../../record/index.ts";
import type { Workload } from "../../workload/index.ts";
import { AskedSessions } from "../asked.ts";
import { EarlyEnd } from "../early-end.ts";
import { type End, EVENT_OF, FINISHED, KILLED, STOPPED } from "../end.ts";
import { ProgressFigures } from "../progress.ts";
import { loadSeries } from "../series.ts";
import { drainCap, warn } from "../warn.ts";
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
  readonly #early: EarlyEnd;
  readonly #figures: ProgressFigures;
  readonly #asked: AskedSessions;
  readonly #signals = new Signals();
  #end: End | undefined;
  /** Where the plan's calling for sessions ends: its last stage, or the stop before it. */
  #stopAt: number;
  #sent = 0;
  #recorded = Promise.resolve();
  #progressAt = Number.NEGATIVE_INFINITY;
  readonly #begun = performance.now();

  constructor(parts: SimulationParts) {
    const { plan, workload, board, options } = parts;
    this.#parts = parts;
    this.#early = new EarlyEnd(plan, board, options.until);
    this.#figures = new ProgressFigures(plan, workload, board);
    this.#asked = new AskedSessions(workload);
    this.#stopAt = Math.max(0, ...plan.stages.map((stage) => stage.from + stage.duration));
  }

  /** Resolves when every session has ended, or had its time to. */
  async drive(): Promise<End> {
    const { plan, world, recorder, options } = this.#parts;
    recorder.onFault((fault) => this.#finish({ cause: "internal", message: fault.message }));
    // What the attempts count is known before the recorder tells it; its own warnings are not.
    recorder.onTally(({ warnings }) => {
      for (const warning of warnings) warn(warning, recorder, world.now, options);
    });
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
    return this.#end ?? FINISHED;
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
    const before = this.#early.counted;
    for (const tally of world.tallies()) {
      this.#early.add(tally, now);
      this.#figures.add(tally, now);
    }
    const asked = this.#asked.by(Math.min(now, this.#stopAt));
    const gauges = world.gauges();
    const signals = this.#signals.untold(gauges, now);
    if (signals !== undefined) recorder.event(signals);
    const points = [...loadSeries(board, workload, asked, now), ...gaugeSeries(gauges, now)];
    this.#sent += points.length + this.#early.counted - before;
    recorder.series(points);
    if (this.#end !== undefined) return;
    const reason = this.#early.reason(now);
    if (reason !== undefined) this.#finish(reason);
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
    const { plan, world, board, recorder, options } = this.#parts;
    warn(drainCap(board.total("inFlight"), plan.generator.drain), recorder, world.now, options);
    await world.cancel();
  }

  #report(phase: "running" | "summarising"): void {
    const { world, options, plan } = this.#parts;
    const wall = performance.now() - this.#begun;
    if (phase !== "summarising" && wall - this.#progressAt < (options.progressEvery ?? 250)) return;
    this.#progressAt = wall;
    const draining = phase === "running" && world.now > this.#stopAt;
    const cost = plan.prices === undefined ? undefined : this.#early.cost;
    options.onProgress?.({ run: this.#figures.at(world.now, draining ? "draining" : phase, cost), wall });
  }
}
