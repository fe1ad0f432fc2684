import { Histogram } from "../../stats/index.ts";
import { Buckets } from "./metrics/buckets.ts";

/** Bounds in seconds. */
const BOUNDS = [
  0.0005, 0.001, 0.0015, 0.002, 0.0025, 0.003, 0.0035, 0.004, 0.0045, 0.005, 0.006, 0.0075, 0.01, 0.015, 0.025, 0.05,
  0.1, 0.25, 0.5, 1, 2.5,
];
/** Spans that a warning looks back on, ms each. */
const WINDOW = 2_000;
/** ms that pass between two warnings. */
const SILENCE = 60_000;
/** Fewer writes than this in a window say nothing about a percentile. */
const FEWEST = 100;

/** How late the twin itself was, ms. */
export interface LatenessReport {
  /** A write later than this, ms, is counted late. */
  readonly bound: number;
  readonly writes: number;
  readonly late: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Windows whose p99 passed the bound, of all windows that had enough writes. */
  readonly lateWindows: number;
  readonly windows: number;
}

/**
 * The twin's own lateness: how long after its due time each piece of an answer was written. It is the machine's, never the model's; clients see both,
 * so it has to be known.
 */
export class Lateness {
  /** A write later than this, ms, is counted late; a window whose p99 is beyond is told, once a minute at most. */
  readonly bound: number;
  readonly buckets = new Buckets(BOUNDS);
  #late = 0;
  readonly #all = new Histogram();
  #window = new Histogram();
  #windowEnd: number;
  #windows = 0;
  #lateWindows = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  readonly #tell: (p99: number, writes: number) => void;

  constructor(bound: number, start: number, tell: (p99: number, writes: number) => void) {
    this.bound = bound;
    this.#windowEnd = start + WINDOW;
    this.#tell = tell;
  }

  get late(): number {
    return this.#late;
  }

  /** A write that was due at `due` happens at `now`, ms. */
  wrote(due: number, now: number): void {
    if (now >= this.#windowEnd) this.#turn(now);
    const ms = Math.max(0, now - due);
    if (ms > this.bound) this.#late++;
    this.buckets.observe(ms / 1000);
    this.#all.record(ms);
    this.#window.record(ms);
  }

  report(): LatenessReport {
    const all = this.#all;
    return {
      bound: this.bound,
      writes: all.n,
      late: this.#late,
      p50: all.quantile(0.5),
      p99: all.quantile(0.99),
      max: all.max,
      lateWindows: this.#lateWindows,
      windows: this.#windows,
    };
  }

  #turn(now: number): void {
    const { n } = this.#window;
    if (n >= FEWEST) {
      this.#windows++;
      const p99 = this.#window.quantile(0.99);
      if (p99 > this.bound) {
        this.#lateWindows++;
        if (now >= this.#toldAt + SILENCE) {
          this.#toldAt = now;
          this.#tell(p99, n);
        }
      }
    }
    if (n > 0) this.#window = new Histogram();
    this.#windowEnd = now + WINDOW;
  }
}
