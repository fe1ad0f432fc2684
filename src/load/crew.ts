import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import type { MessagePort, Worker } from "node:worker_threads";
import { PlimsollError, startThread } from "../base/index.ts";
import type { Plan } from "../plan/index.ts";
import { Board } from "./board.ts";
import type { Calibration, FromWorker, ToWorker, WorkerStart } from "./messages.ts";

export interface CrewOptions {
  readonly plan: Plan;
  readonly workers: number;
  /** One port to the recorder for each worker; they are transferred. */
  readonly ports: readonly MessagePort[];
  /** URL of the conductor's calibration server; absent: no noise floor is measured. */
  readonly calibration: string | undefined;
}

/** ms that a thread may take to end by itself. */
const LAST_WORDS = 1000;

/** The load workers of one run, as the conductor holds them. */
export class Crew {
  readonly board: Board;
  readonly #workers: readonly Worker[];
  readonly #ready: Promise<readonly (Calibration | undefined)[]>;
  readonly #idle: Promise<void>;
  readonly #closed: Promise<void>;
  #fail: (error: Error) => void = () => {};
  /** Rejects when a worker dies of a fault of our own. */
  readonly failed: Promise<never>;

  constructor(options: CrewOptions) {
    this.board = new Board(options.workers);
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // Whoever awaits something of the crew races it against `failed`; until then a rejection must not count as unhandled.
    this.failed.catch(() => {});
    this.#workers = options.ports.map((recorder, worker) => {
      const start: WorkerStart = {
        worker,
        workers: options.workers,
        plan: options.plan,
        board: this.board.buffer,
        recorder,
        calibration: options.calibration,
      };
      return startThread(import.meta.url, "worker-main", {
        workerData: start,
        transferList: [recorder],
        name: `plimsoll-load-${worker}`,
      });
    });
    for (const worker of this.#workers) {
      worker.on("error", (error) => this.#fail(error));
      worker.on("message", (message: FromWorker) => {
        if (message.kind === "failed") this.#fail(new PlimsollError(message.faults, message.exitCode));
      });
    }
    this.#ready = this.#each("ready").then((all) => all.map((m) => (m.kind === "ready" ? m.calibration : undefined)));
    this.#idle = this.#each("idle").then(() => {});
    this.#closed = this.#each("closed").then(() => {});
  }

  ready(): Promise<readonly (Calibration | undefined)[]> {
    return Promise.race([this.#ready, this.failed]);
  }

  /** Every worker has stopped and its last session has ended. */
  idle(): Promise<void> {
    return Promise.race([this.#idle, this.failed]);
  }

  go(epoch: number): void {
    this.#tell({ kind: "go", epoch });
  }

  stop(): void {
    this.#tell({ kind: "stop" });
  }

  cancel(): void {
    this.#tell({ kind: "cancel" });
  }

  /** Has the last rows sent to the recorder, then ends the threads. */
  async close(): Promise<void> {
    const ended = Promise.all(this.#workers.map((worker) => once(worker, "exit")));
    this.#tell({ kind: "close" });
    await Promise.race([this.#closed, this.failed]);
    await Promise.race([ended, setTimeout(LAST_WORDS, undefined, { ref: false })]);
    await this.terminate();
  }

  async terminate(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #tell(message: ToWorker): void {
    for (const worker of this.#workers) worker.postMessage(message);
  }

  #each(kind: FromWorker["kind"]): Promise<readonly FromWorker[]> {
    return Promise.all(
      this.#workers.map(
        (worker) =>
          new Promise<FromWorker>((resolve) => {
            worker.on("message", (message: FromWorker) => {
              if (message.kind === kind) resolve(message);
            });
          }),
      ),
    );
  }
}
