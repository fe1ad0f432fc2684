import type { SeriesPoint } from "../record/index.ts";
import type { ObserveEventName } from "./event-names.ts";

/**
 * What an observer tells while a run lasts. Points are named by SERVER_CONCEPTS, with the labels `part` (the source's name in the plan, else
 * its host and port), `server` (the kind that was recognised: vllm, sglang, redis, ...) and `replica` where the source tells of several, sorted by
 * key. What no table recognises keeps its own name behind `raw.`, bounded in number.
 */
export interface ObserverEvents {
  points(points: readonly SeriesPoint[]): void;
  /** A source was recognised, was lost, came back, was given up; a counter began again. */
  event(event: {
    readonly at: number;
    readonly name: ObserveEventName;
    readonly detail: Readonly<Record<string, unknown>>;
  }): void;
}

export interface Observer {
  /** The run's zero is known (a reading of the machine's monotonic clock, ms): what was told before it lies below zero, and the beat begins. */
  go(epoch: number): void;
  /** Scrapes once more, and ends. */
  stop(): Promise<void>;
}
