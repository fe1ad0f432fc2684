import type { Progress, RunOptions } from "../types.ts";

/** As of a live run, its times being wall ms; the drain after a first abort passes in virtual time. */
export interface SimulateOptions
  extends Pick<RunOptions, "progressEvery" | "onWarning" | "onFolder" | "stop" | "kill" | "until" | "calledAs"> {
  /** Called at most `1000 / progressEvery` times a wall second. */
  readonly onProgress?: (progress: SimulationProgress) => void;
  /** Let runs of equal decode steps pass in one jump; default true. */
  readonly fastForward?: boolean;
  /** Names of weaknesses that the stack was given, for the folder's record. */
  readonly weaknesses?: readonly string[];
}

/** A look at a simulated run; `run.elapsed` is virtual ms. */
export interface SimulationProgress {
  readonly run: Progress;
  /** Wall ms since the simulation began. */
  readonly wall: number;
}

/** How the simulating went. */
export interface SimulationFacts {
  /** Virtual ms. */
  readonly virtual: number;
  /** Wall ms of the simulation itself, then of closing the record and summarising. */
  readonly wall: number;
  readonly summarising: number;
  readonly threads: number;
  /** Why not more threads, as the end of a sentence. */
  readonly why: string;
}
