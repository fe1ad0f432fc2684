import { METRICS } from "../../base/index.ts";
import type { MetricCells } from "./cells.ts";
import type { Grid } from "./grid.ts";
import type { Formula, Track } from "./types.ts";
import { movingPercentiles } from "./windows.ts";

const SHARES: Readonly<Record<string, number>> = { p50: 0.5, p95: 0.95, p99: 0.99 };
/** What is drawn of each metric over time. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  itl: ["p50", "p99"],
  ttft: ["p50", "p95", "p99"],
  startLag: ["p99"],
};
const STANDARD: readonly string[] = ["p50", "p95"];

const WINDOW =
  "of the attempts that were due in that second, or in the fewest seconds around it that carry the percentile";

/** Percentiles over time, and the greatest value of each bin. */
export function latencyTracks(
  metrics: readonly MetricCells[],
  grid: Grid,
): { readonly tracks: readonly Track[]; readonly formulas: Readonly<Record<string, Formula>> } {
  const tracks: Track[] = [];
  const formulas: Record<string, Formula> = {};
  for (const cells of metrics) {
    const { metric } = cells;
    const title = METRICS.find(({ name }) => name === metric)?.title ?? metric;
    const names = SHOWN[metric] ?? STANDARD;
    const moving = movingPercentiles(
      cells,
      grid,
      names.map((name) => SHARES[name] ?? 0.5),
    );
    const group = metric === "startLag" ? "generator" : metric === "itl" || metric === "tpot" ? "tokens" : "latency";
    const add = (name: string, values: Track["values"], formula: string): void => {
      if (values.every((value) => value === null)) return;
      const id = `${metric}.${name}`;
      tracks.push({ id, title: `${title}, ${name}`, unit: "ms", group, values });
      formulas[id] = { title: `${title}, ${name}`, formula, unit: "ms" };
    };
    for (const name of names) add(name, moving.percentiles.get(SHARES[name] ?? 0.5) ?? [], `${name} ${WINDOW}`);
    add("max", moving.greatest, "the greatest of the attempts that were due in that second, exact");
  }
  return { tracks, formulas };
}
