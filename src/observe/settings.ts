import type { ObservedPage, ObservedProcess, ObservedServer } from "../plan/index.ts";
import type { SeriesPoint } from "../record/index.ts";
import type { Reach } from "./sources/http.ts";
import type { ObserverEvents } from "./types.ts";

/** What the observer's thread is started with: plain data. */
export interface ObserverSettings {
  /** ms between looks. */
  readonly every: number;
  readonly pages: readonly (ObservedPage & { readonly where: string })[];
  readonly server?: ObservedServer & { readonly where: string; readonly others: readonly string[] };
  readonly processes: readonly ObservedProcess[];
  /** Where to look for a metrics page that nobody named; absent: nowhere. */
  readonly discover?: Reach & { readonly name: string; readonly target: string };
}

/** A point or an event whose time is on the machine's monotonic clock until the run's zero is known. */
export interface Told {
  readonly points: readonly SeriesPoint[];
  readonly events: readonly Parameters<ObserverEvents["event"]>[0][];
}

export type ToObserver =
  /** The run's zero, on the machine's monotonic clock: the beat begins. */
  { readonly kind: "go"; readonly epoch: number } | { readonly kind: "stop" };

export type FromObserver =
  /** Discovery and the baseline are done. */
  { readonly kind: "ready" } | ({ readonly kind: "told" } & Told) | { readonly kind: "stopped" };
