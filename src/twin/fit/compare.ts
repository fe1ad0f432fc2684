import type { FitResult } from "./fit.ts";
import { type Measure, measures } from "./measures.ts";
import { predict, settingOf } from "./model.ts";
import type { Predicted } from "./replay.ts";
import type { Episode } from "./types.ts";

/** Serves other requests by a fitted engine: its answer, and its figures beside what was measured. */
export function compare(
  { engine, overhead = 0, replicas }: FitResult,
  episodes: readonly Episode[],
): { readonly predicted: readonly Predicted[]; readonly measures: readonly Measure[] } {
  const predicted = predict(settingOf({ spec: engine, replicas, hitRate: 0, episodes }), {
    costs: engine.costs,
    overhead,
  });
  return { predicted, measures: measures(episodes, predicted, overhead, () => true) };
}
