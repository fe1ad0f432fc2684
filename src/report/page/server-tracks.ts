import { binsOf, partNames, readServers, type ServerSeries } from "../../analyse/index.ts";
import { SERVER_CONCEPTS } from "../../base/index.ts";
import type { RunReader } from "../../record/index.ts";
import type { Grid } from "./grid.ts";
import { thinned } from "./thin.ts";
import type { Formula, Track } from "./types.ts";

/** Lines that one figure can hold, and series that the page can. */
const MOST_REPLICAS = 8;
const MOST_TRACKS = 160;

export interface ServerTracks {
  readonly tracks: readonly Track[];
  readonly formulas: Readonly<Record<string, Formula>>;
  readonly leftOut: number;
  /** What parts that bear an address alone are called. */
  readonly names: Readonly<Record<string, string>>;
}

/** What observed servers told, by concept, part and replica; of a part with many replicas their fold. Series that only ever said 0 are left out. */
export async function serverTracks(run: RunReader, grid: Grid): Promise<ServerTracks> {
  const bins = binsOf(grid.bins * grid.width);
  const told = (await readServers(run, bins)).filter(({ values }) =>
    values.some((value) => value !== 0 && !Number.isNaN(value)),
  );
  const groups = new Map<string, ServerSeries[]>();
  for (const series of told) {
    const key = JSON.stringify([series.concept, series.part]);
    groups.set(key, [...(groups.get(key) ?? []), series]);
  }
  const shown = SERVER_CONCEPTS.flatMap((concept) =>
    [...groups.values()]
      .filter(([first]) => first?.concept === concept.name)
      .flatMap((group) => (group.length > MOST_REPLICAS ? [folded(group, concept.fold)] : group))
      .map((series) => ({ concept, series })),
  );
  const kept = shown.slice(0, MOST_TRACKS);
  return {
    leftOut: shown.length - kept.length,
    names: partNames(told),
    tracks: kept.map(({ concept, series: { part, replica, values } }) => ({
      id: concept.name,
      title: concept.meaning,
      unit: concept.kind === "counter" ? `${concept.unit}/s` : concept.unit,
      group: "servers",
      part,
      ...(replica === undefined ? {} : { replica }),
      values: thinned({ width: bins.width, values }, grid),
    })),
    formulas: Object.fromEntries(
      kept.map(({ concept: { name, meaning, kind, unit } }) => [
        name,
        {
          title: name,
          formula: kind === "counter" ? `growth a second of: ${meaning}` : meaning,
          unit: kind === "counter" ? `${unit}/s` : unit,
        },
      ]),
    ),
  };
}

/** Many replicas as one line; its name says how they were put together. */
function folded(group: readonly ServerSeries[], fold: "sum" | "mean" | "max"): ServerSeries {
  const [first] = group;
  if (first === undefined) throw new RangeError("no series to fold");
  const values = first.values.map((_, i) => {
    const there = group.map((series) => series.values[i] ?? Number.NaN).filter((value) => !Number.isNaN(value));
    if (there.length === 0) return Number.NaN;
    if (fold === "max") return Math.max(...there);
    const sum = there.reduce((total, value) => total + value, 0);
    return fold === "sum" ? sum : sum / there.length;
  });
  return { ...first, replica: `${fold} of ${group.length}`, values };
}
