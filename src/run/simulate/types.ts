import type { Warning } from "../../base/index.ts";
import type { Progress } from "../types.ts";

export interface SimulateOptions {
  /** Called at most `1000 / progressEvery` times a wall second. */
  readonly onProgress?: (progress: SimulationProgress) => void;
  /** Wall ms between progress calls; default 250. */
  readonly progressEvery?: number;
  readonly onWarning?: (warning: Warning) => void;
  /** Called once, when the run folder exists. */
  readonly onFolder?: (folder: string) => void;
  /** First abort: no new sessions, drain in virtual time, summarise, exit code 105. */
  readonly stop?: AbortSignal;
  /** Second: end at once; the run folder stays readable. */
  readonly kill?: AbortSignal;
  /** Let runs of equal decode steps pass in one jump; default true. */
  readonly fastForward?: boolean;
  /** Names of weaknesses that the stack was given, for the folder's record. */
  readonly weaknesses?: readonly string[];
  /** How the run was called, for the folder's record. */
  readonly calledAs?: string;
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
  /** Why not more threads, as a sentence. */
  readonly why: string;
}
