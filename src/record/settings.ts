import { type Fault, isStreamed, PROTOCOLS } from "../base/index.ts";
import type { Plan, Prices } from "../plan/index.ts";
import type { AnswerLimit } from "./limits.ts";
import type { SeriesPoint, Tally } from "./messages.ts";

/** What the recorder needs of a plan; a whole `Plan` (or its public form) fits. */
export interface RecordedPlan {
  readonly stages: readonly { readonly name: string }[];
  readonly workload: { readonly personas: readonly { readonly name: string }[] };
  readonly target: { readonly protocol: Plan["target"]["protocol"] };
  readonly slo: Plan["slo"];
  readonly prices?: Prices;
}

/** What the recorder's thread is started with: plain data. */
export interface RecorderSettings {
  readonly folder: string;
  readonly stages: readonly string[];
  readonly personas: readonly string[];
  readonly streams: boolean;
  readonly prices: Prices | undefined;
  readonly limits: readonly AnswerLimit[];
  readonly secrets: readonly string[];
  /** ms */
  readonly tallyEvery: number;
  readonly segmentEvery: number;
  /** Rows after which a segment is closed before its time. */
  readonly segmentRows: number;
}

export type ConductorToRecorder =
  | { readonly kind: "series"; readonly points: readonly SeriesPoint[] }
  /** To be answered with `reached` once all that came before it is taken in. */
  | { readonly kind: "mark" }
  | { readonly kind: "close" };

export type RecorderToConductor =
  | { readonly kind: "ready" }
  | { readonly kind: "tally"; readonly tally: Tally }
  | { readonly kind: "reached" }
  /** Writing failed; told once, at once. */
  | { readonly kind: "fault"; readonly fault: Fault }
  /** Everything is durable, but for `lost` rows that could not be written. */
  | { readonly kind: "closed"; readonly lost: number };

/** Whether answers come as streams; a protocol that is not known is taken for one that does. */
export function streams(protocol: string): boolean {
  const known = PROTOCOLS.find((name) => name === protocol);
  return known === undefined || isStreamed(known);
}
