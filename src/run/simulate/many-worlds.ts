import { once } from "node:events";
import type { MessagePort, Worker } from "node:worker_threads";
import { startThread } from "../../base/index.ts";
import type { Board } from "../../load/index.ts";
import type { Plan } from "../../plan/index.ts";
import type { RunEvent, Tally } from "../../record/index.ts";
import type { StackGauge, StackSpec } from "../../twin/index.ts";
import type { FromThread, ThreadStart, ToThread } from "./thread-messages.ts";
import type { Worlds } from "./worlds.ts";

export interface ManyParts {
  readonly plan: Plan;
  readonly spec: StackSpec;
  readonly fastForward: boolean;
  readonly board: Board;
  /** One port to the recorder for each thread; they are transferred. */
  readonly ports: readonly MessagePort[];
  readonly event: (event: RunEvent) => void;
}

/** Each thread simulates the replicas that are its own; they go through virtual time second by second, side by side. */
export class ManyWorlds implements Worlds {
  readonly #workers: readonly Worker[];
  readonly #event: (event: RunEvent) => void;
  readonly #waiting: { readonly time: number; readonly run: () => void }[] = [];
  #said: readonly FromThread[] = [];
  #tallies: Tally[] = [];
  #told: Promise<unknown> = Promise.resolve();
  readonly #failed: Promise<never>;

  constructor({ plan, spec, fastForward, board, ports, event }: ManyParts) {
    this.#event = event;
    const { source, name, seed, entry } = spec;
    this.#workers = ports.map((recorder, thread) => {
      const start: ThreadStart = {
        thread,
        threads: ports.length,
        plan,
        stack: { ...source, name, seed, entry },
        fastForward,
        board: board.buffer,
        recorder,
      };
      return startThread(import.meta.url, "simulation-thread", {
        workerData: start,
        transferList: [recorder],
        name: `plimsoll-simulate-${thread}`,
      });
    });
    this.#failed = new Promise((_, reject) => {
      for (const worker of this.#workers) worker.once("error", reject);
    });
    // It is raced against below; until then a rejection must not count as unhandled.
    this.#failed.catch(() => {});
  }

  get now(): number {
    return Math.max(0, ...this.#said.map(({ now }) => now));
  }
  get idle(): boolean {
    return this.#said.length > 0 && this.#said.every(({ idle }) => idle);
  }

  at(time: number, run: () => void): void {
    this.#waiting.push({ time, run });
    this.#waiting.sort((a, b) => a.time - b.time);
  }

  async advance(to: number): Promise<void> {
    await this.#tell({ kind: "advance", to });
    while ((this.#waiting[0]?.time ?? Number.POSITIVE_INFINITY) <= this.now) this.#waiting.shift()?.run();
  }

  stop(): void {
    this.#told = this.#tell({ kind: "stop" });
    this.#told.catch(() => {});
  }

  cancel(): Promise<void> {
    return this.#tell({ kind: "cancel" });
  }

  tallies(): readonly Tally[] {
    const tallies = this.#tallies;
    this.#tallies = [];
    return tallies;
  }

  /** Of the pool as a whole the sum, and each replica's own. */
  gauges(): readonly StackGauge[] {
    const whole = new Map<string, StackGauge>();
    const own: StackGauge[] = [];
    for (const { gauges } of this.#said) {
      for (const gauge of gauges) {
        if (gauge.replica !== undefined) own.push(gauge);
        else {
          const key = `${gauge.part} ${gauge.name}`;
          const sum = whole.get(key);
          if (sum === undefined) whole.set(key, gauge);
          // Every thread knows of all replicas, and of its own calls.
          else if (!gauge.name.startsWith("replicas")) whole.set(key, { ...gauge, value: sum.value + gauge.value });
        }
      }
    }
    return [...whole.values(), ...own.sort((a, b) => (a.replica ?? 0) - (b.replica ?? 0))];
  }

  async close(): Promise<void> {
    const ended = Promise.all(this.#workers.map((worker) => once(worker, "exit")));
    await this.#tell({ kind: "close" });
    await ended;
  }

  async terminate(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  /** Every thread's answer to a word; words are told one after the other. */
  async #tell(message: ToThread): Promise<void> {
    await this.#told;
    const answers = this.#workers.map((worker) => new Promise<FromThread>((said) => worker.once("message", said)));
    for (const worker of this.#workers) worker.postMessage(message);
    this.#said = await Promise.race([Promise.all(answers), this.#failed]);
    for (const [thread, { tallies, events }] of this.#said.entries()) {
      this.#tallies.push(...tallies);
      // Each thread builds the whole stack: its replicas start in all of them.
      for (const event of thread === 0 ? events : []) this.#event(event);
    }
  }
}
