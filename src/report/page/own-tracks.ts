import type { RunReader } from "../../record/index.ts";
import type { Grid } from "./grid.ts";
import { thinned } from "./thin.ts";
import type { Track } from "./types.ts";

/** ms between two points of the run's own series. */
const BEAT = 1000;

interface Entry {
  readonly series: string;
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly group: "load" | "generator";
  /** A counter is shown as its growth a second. */
  readonly counter?: true;
  readonly formula: string;
}

/** What the run counted of itself, and how the page shows it; of several workers the worst. */
const ENTRIES: readonly Entry[] = [
  {
    series: "load.rate",
    id: "load.asked",
    title: "asked for",
    unit: "sessions/s",
    group: "load",
    formula: "what the plan asks for at that time",
  },
  {
    series: "load.users",
    id: "load.users",
    title: "users asked for",
    unit: "users",
    group: "load",
    formula: "users that the plan keeps busy at that time",
  },
  {
    series: "sessions.started",
    id: "sessions.started",
    title: "started",
    unit: "sessions/s",
    group: "load",
    counter: true,
    formula: "growth of sessions.started a second",
  },
  {
    series: "attempts.inFlight",
    id: "attempts.inFlight",
    title: "in flight",
    unit: "requests",
    group: "load",
    formula: "requests begun and not yet ended",
  },
  {
    series: "sessions.queued",
    id: "sessions.queued",
    title: "sessions that wait for a free user",
    unit: "sessions",
    group: "load",
    formula: "sessions that are due and wait for the plan's cap on users",
  },
  {
    series: "attempts.waitingForSocket",
    id: "attempts.waitingForSocket",
    title: "requests that wait for a socket",
    unit: "requests",
    group: "generator",
    formula: "requests for which the plan's cap on connections leaves none",
  },
  {
    series: "generator.loop.utilisation",
    id: "generator.loop",
    title: "event loop busy",
    unit: "0 to 1",
    group: "generator",
    formula: "share of the second in which the busiest worker's event loop was busy",
  },
  {
    series: "generator.loop.delay.p99",
    id: "generator.loop.delay",
    title: "event-loop delay, p99",
    unit: "ms",
    group: "generator",
    formula: "lateness of the worst worker's ticks in the second, p99",
  },
  {
    series: "generator.cpu",
    id: "generator.cpu",
    title: "CPU of the generator",
    unit: "cores",
    group: "generator",
    formula: "CPU time of the whole process a second",
  },
  {
    series: "bytes.in",
    id: "bytes.in",
    title: "bytes received",
    unit: "bytes/s",
    group: "generator",
    counter: true,
    formula: "growth of bytes.in a second",
  },
];

/** The run's own series as tracks; those that only ever said 0 are left out, but for the load's. */
export async function ownTracks(
  run: RunReader,
  grid: Grid,
): Promise<{ readonly tracks: readonly Track[]; readonly formulas: readonly Entry[] }> {
  const names = ENTRIES.map(({ series }) => `'${series}'`).join(", ");
  const { rows } = await run.query(
    `SELECT name, floor(time / ${BEAT} + 0.5)::INTEGER AS beat, max(value) FROM series WHERE name IN (${names}) GROUP BY name, beat ORDER BY name, beat`,
  );
  const beats = Math.ceil((grid.bins * grid.width) / BEAT);
  const columns = new Map<string, Float64Array>();
  for (const [name, beat, value] of rows) {
    if (typeof name !== "string") continue;
    const column = columns.get(name) ?? new Float64Array(beats).fill(Number.NaN);
    columns.set(name, column);
    column[Math.min(beats - 1, Number(beat))] = Number(value);
  }
  const shown = ENTRIES.flatMap((entry) => {
    const column = columns.get(entry.series);
    if (column === undefined) return [];
    const values = entry.counter === true ? growth(column) : column;
    const always = entry.id === "sessions.started" || entry.id === "attempts.inFlight";
    return always || values.some((value) => value > 0) ? [{ entry, values }] : [];
  });
  return {
    tracks: shown.map(({ entry: { id, title, unit, group }, values }) => ({
      id,
      title,
      unit,
      group,
      values: thinned({ width: BEAT, values }, grid),
    })),
    formulas: shown.map(({ entry }) => entry),
  };
}

/** A counter's growth a second from beat to beat; one that falls began again at zero. */
function growth(counter: Float64Array): Float64Array {
  const out = new Float64Array(counter.length).fill(Number.NaN);
  let [last, lastAt] = [0, 0];
  for (const [i, value] of counter.entries()) {
    if (Number.isNaN(value)) continue;
    const grown = value < last ? value : value - last;
    if (i > 0) out[i] = (grown / Math.max(1, i - lastAt)) * (1000 / BEAT);
    [last, lastAt] = [value, i];
  }
  return out;
}
