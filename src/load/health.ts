import { performance } from "node:perf_hooks";
import { Histogram } from "../stats/index.ts";
import type { Board } from "./board.ts";

/**
 * A worker's watch on itself: how late its own ticks are and how busy its event loop is. A tick is asked for on a fixed grid of the
 * clock; its lateness is what a socket event waits for, at that moment, before anyone looks at it.
 */
export class Health {
  readonly #board: Board;
  readonly #worker: number;
  #delays = new Histogram();
  #second = 0;
  #use = performance.eventLoopUtilization();

  constructor(board: Board, worker: number) {
    this.#board = board;
    this.#worker = worker;
  }

  /** @param late ms by which the tick came after its time */
  tick(now: number, late: number): void {
    this.#delays.record(late);
    const second = Math.floor(now / 1000);
    if (second === this.#second) return;
    this.#second = second;
    const use = performance.eventLoopUtilization();
    const board = this.#board;
    const worker = this.#worker;
    board.set(worker, "loopUse", performance.eventLoopUtilization(use, this.#use).utilization);
    board.set(worker, "loopDelayP50", this.#delays.quantile(0.5));
    board.set(worker, "loopDelayP99", this.#delays.quantile(0.99));
    board.set(worker, "loopDelayMax", this.#delays.max);
    board.set(worker, "heapBytes", process.memoryUsage().heapUsed);
    this.#use = use;
    this.#delays = new Histogram();
  }
}
