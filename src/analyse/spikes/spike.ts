import { median } from "../../stats/index.ts";
import type { Servers } from "../bottleneck/scene/servers.ts";
import type { Column, Facts } from "../facts/types.ts";
import type { Evidence } from "../verdict/schema.ts";
import { AROUND, type Stretch } from "./detect.ts";

/** What latency rose: to the first token, or between tokens. */
export type Latency = "ttft" | "itl";

/** Attempts of a spike and around it, as the client saw them; NaN where nothing was measured. Times in ms. */
export interface Attempts {
  /** Attempts that were slow, of how many that were there. */
  readonly slow: number;
  readonly all: number;
  readonly inputTokens: Pair;
  readonly outputTokens: Pair;
  readonly startLag: Pair;
  readonly connect: Pair;
  /** Longest prompt that was sent in the spike, and around it. */
  readonly longestPrompt: Pair;
  /** Share of the slow attempts on the replica that has most of them, and of the others on the same. */
  readonly replica: Pair & { readonly name?: string; readonly since?: number };
}

/** The slow attempts (or the spike), and the others (or the time around). */
export interface Pair {
  readonly slow: number;
  readonly others: number;
}

export interface Spike extends Stretch {
  readonly latency: Latency;
  readonly attempts: Attempts;
}

export interface Scene {
  readonly facts: Facts;
  readonly servers: Servers;
  readonly spike: Spike;
}

/** One possible cause of a spike, weighed. */
export interface Clue {
  /** 0: nothing speaks for it; 1: it explains the whole rise. */
  readonly weight: number;
  readonly evidence: readonly Evidence[];
  readonly component?: string;
}

export interface Cause {
  readonly name: string;
  /** Completes "because ...". */
  readonly because: string;
  readonly advice: { readonly do: string; readonly why: string };
  /** Undefined where its inputs are missing. */
  weigh(scene: Scene): Clue | undefined;
}

/** ms by which the spike is above the usual. */
export function rise({ spike }: Scene): number {
  return spike.peak - spike.usual;
}

/** A column in the spike and in the bins around it, by its greatest value (or its least) and by their median. */
export function compare({ spike }: Scene, column: Column | undefined, pick: "max" | "min" = "max"): Pair | undefined {
  if (column === undefined) return undefined;
  // What made the first slow answer slow can lie a bin before it.
  const inside = column.slice(Math.max(0, spike.from - 1), spike.to).filter(Number.isFinite);
  const around = [
    ...column.slice(Math.max(0, spike.from - AROUND), Math.max(0, spike.from - 1)),
    ...column.slice(spike.to + 1, spike.to + AROUND),
  ].filter(Number.isFinite);
  if (inside.length === 0 || around.length === 0) return undefined;
  return { slow: pick === "max" ? Math.max(...inside) : Math.min(...inside), others: median(around) };
}

export function share(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0;
}

export function told(measure: string, unit: string, pair: Pair, speaks: Evidence["speaks"], words: string): Evidence {
  return {
    measure,
    unit,
    ...(Number.isFinite(pair.others) ? { before: pair.others } : {}),
    ...(Number.isFinite(pair.slow) ? { after: pair.slow } : {}),
    speaks,
    words,
  };
}
