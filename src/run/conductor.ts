import type { Clock } from "../base/index.ts";
import type { Crew } from "../load/index.ts";
import type { ExportedPoint, Exporter } from "../observe/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Recorder, Tally } from "../record/index.ts";
import type { Workload } from "../workload/index.ts";
import { AskedSessions } from "./asked.ts";
import { CpuWatch } from "./cpu-watch.ts";
import { EarlyEnd } from "./early-end.ts";
import { type End, EVENT_OF, FINISHED, KILLED, STOPPED } from "./end.ts";
import { exportedPoints } from "./exported.ts";
import { ProgressFigures } from "./progress.ts";
import { boardSeries } from "./series.ts";
import { Spreads } from "./spreads.ts";
import type { Progress, RunOptions } from "./types.ts";
import { drainCap, warn } from "./warn.ts";

/** ms between looks at budget, guards and stages. */
const LOOK = 50;
const SECOND = 1000;
/** ms that cancelled attempts may take to be written down. */
const LAST_WORDS = 3000;
/** ms that the recorder may take to count the last attempts for those who are told. */
const LAST_TALLY = 1000;

export interface ConductorParts {
  readonly plan: Plan;
  readonly workload: Workload;
  readonly crew: Crew;
  readonly recorder: Recorder;
  /** The run's clock: zero is the epoch that the workers were given. */
  readonly clock: Clock;
  /** Told once a second. */
  readonly exporter: Exporter | undefined;
  readonly options: RunOptions;
}

/**
 * Watches a run from its first second to its last attempt: stages, budget, guards, aborting thresholds, interrupts. It touches no socket
 * of the target and no row; it reads the board and the recorder's tallies.
 */
export class Conductor {
  readonly #parts: ConductorParts;
  readonly #early: EarlyEnd;
  readonly #figures: ProgressFigures;
  readonly #asked: AskedSessions;
  readonly #cpu = new CpuWatch();
  readonly #spreads = new Spreads();
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
  /** Called when the recorder has counted more. */
  #onTally: () => void = () => {};

  constructor(parts: ConductorParts) {
    this.#parts = parts;
    this.#early = new EarlyEnd(parts.plan, parts.crew.board, parts.options.until);
    this.#asked = new AskedSessions(parts.workload);
    this.#figures = new ProgressFigures(parts.plan, parts.workload, parts.crew.board);
    parts.recorder.onTally((tally) => this.#tally(tally));
    parts.recorder.onFault((fault) => this.#finish({ cause: "internal", message: fault.message }));
  }

  /** Resolves when every session has ended and the workers are done; rejects for a fault of our own in a worker. */
  async drive(): Promise<End> {
    const { crew, options } = this.#parts;
    const onStop = (): void => this.#finish(STOPPED);
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
    await this.#tellLast();
    return this.#end ?? FINISHED;
  }

  /** Waits for the workers to run dry: stages first, then the drain, then the cap on it. */
  async #idle(): Promise<void> {
    const { crew, plan, recorder, clock, options } = this.#parts;
    const idle = crew.idle().then(() => "idle" as const);
    if ((await Promise.race([idle, this.#drained()])) === "idle") return;
    if (this.#end?.cause !== "killed") {
      warn(drainCap(crew.board.total("inFlight"), plan.generator.drain), recorder, clock.now(), options);
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
    const reason = this.#early.reason(now);
    if (reason !== undefined) this.#finish(reason);
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
    const { clock, exporter, recorder, options } = this.#parts;
    const at = clock.now();
    this.#early.add(tally, at);
    this.#figures.add(tally, at);
    if (exporter !== undefined) this.#spreads.add(tally);
    for (const warning of tally.warnings) warn(warning, recorder, at, options);
    this.#onTally();
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
    this.#end = KILLED;
    recorder.event({ at: clock.now(), kind: "interrupt", name: "killed" });
    crew.stop();
    this.#onCap();
  }

  #writeSecond(): void {
    const { clock, crew, exporter, recorder, workload } = this.#parts;
    const now = clock.now();
    exporter?.tell(this.#told(now));
    recorder.series(
      boardSeries(crew.board, workload, this.#asked.by(Math.min(now, this.#askedUntil)), this.#cpu.cores(now), now),
    );
    this.#second = Math.floor(now / SECOND);
  }

  /** Those who are told get the last attempts too, once the recorder has counted them. */
  async #tellLast(): Promise<void> {
    const { clock, crew, exporter } = this.#parts;
    if (exporter === undefined) return;
    const counted = new Promise<void>((resolve) => {
      this.#onTally = () => {
        if (this.#figures.counted >= crew.board.total("attemptsEnded")) resolve();
      };
    });
    this.#onTally();
    await Promise.race([counted, new Promise((resolve) => setTimeout(resolve, LAST_TALLY).unref())]);
    exporter.tell(this.#told(clock.now()));
  }

  #told(now: number): readonly ExportedPoint[] {
    return [...exportedPoints(this.#progress(now, "running"), this.#parts.crew.board), ...this.#spreads.points()];
  }

  #report(phase: "running" | "draining" | "summarising"): void {
    const { clock, options } = this.#parts;
    const now = clock.now();
    if (options.onProgress === undefined) return;
    if (phase !== "summarising" && now - this.#progressAt < (options.progressEvery ?? 250)) return;
    this.#progressAt = now;
    options.onProgress(this.#progress(now, phase));
  }

  #progress(now: number, phase: Progress["phase"]): Progress {
    return this.#figures.at(now, phase, this.#parts.plan.prices === undefined ? undefined : this.#early.cost);
  }
}
