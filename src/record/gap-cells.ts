import { BUCKETS, bucketOf, toSparse } from "../stats/index.ts";
import type { WorkerToRecorder } from "./messages.ts";

export type GapsMessage = Extract<WorkerToRecorder, { kind: "gaps" }>;

/** Fills the `GapSink` of protocols/: true gaps (ms) at the run's time (ms) of the later event, `count` (1) of them. */
interface Sink {
  gap(ms: number, at: number, count?: number): void;
}

/** Empty arrays kept for the next second. */
const SPARE = 64;

/**
 * The worker's gap histograms: one dense array of counts per second, stage and persona, so that a gap costs one increment.
 * A gap that comes late for a second already flushed opens that second again; the recorder adds both parts.
 */
export class GapCells {
  readonly #worker: number;
  readonly #personas: number;
  readonly #seconds = new Map<number, Map<number, Uint32Array<ArrayBuffer>>>();
  readonly #sinks = new Map<number, Sink>();
  readonly #spare: Uint32Array<ArrayBuffer>[] = [];
  /** Changes at every flush: sinks then look their arrays up anew. */
  #generation = 0;

  /** `personas`: how many the plan has. */
  constructor(worker: number, personas: number) {
    this.#worker = worker;
    this.#personas = personas;
  }

  /** `stage` and `persona` are indexes into the plan. */
  gap(stage: number, persona: number, ms: number, at: number): void {
    this.sink(stage, persona).gap(ms, at);
  }

  /** The one sink of a pair; made at its first use. */
  sink(stage: number, persona: number): Sink {
    const pair = stage * this.#personas + persona;
    const known = this.#sinks.get(pair);
    if (known) return known;
    let generation = -1;
    let second = -1;
    let counts = new Uint32Array(0);
    const sink: Sink = {
      gap: (ms, at, count = 1) => {
        const now = Math.floor(at / 1000);
        if (now !== second || generation !== this.#generation) {
          counts = this.#cell(now, pair);
          second = now;
          generation = this.#generation;
        }
        const bucket = bucketOf(ms);
        counts[bucket] = (counts[bucket] ?? 0) + count;
      },
    };
    this.#sinks.set(pair, sink);
    return sink;
  }

  /** Hands out every second before this one (Infinity: all), in order. */
  flush(beforeSecond: number): { readonly message: GapsMessage; readonly transfer: ArrayBuffer[] }[] {
    const due = [...this.#seconds.keys()].filter((second) => second < beforeSecond).sort((a, b) => a - b);
    if (due.length > 0) this.#generation++;
    return due.map((second) => {
      const transfer: ArrayBuffer[] = [];
      const cells = [...(this.#seconds.get(second) ?? [])].map(([pair, counts]) => {
        const sparse = toSparse(counts);
        for (const { buffer } of [sparse.buckets, sparse.counts])
          if (buffer instanceof ArrayBuffer) transfer.push(buffer);
        if (this.#spare.length < SPARE) this.#spare.push(counts.fill(0));
        return { stage: Math.floor(pair / this.#personas), persona: pair % this.#personas, ...sparse };
      });
      this.#seconds.delete(second);
      return { message: { kind: "gaps", worker: this.#worker, second, cells }, transfer };
    });
  }

  #cell(second: number, pair: number): Uint32Array<ArrayBuffer> {
    let pairs = this.#seconds.get(second);
    if (!pairs) {
      pairs = new Map();
      this.#seconds.set(second, pairs);
    }
    const known = pairs.get(pair);
    if (known) return known;
    const counts = this.#spare.pop() ?? new Uint32Array(BUCKETS);
    pairs.set(pair, counts);
    return counts;
  }
}
