import type { SeriesPoint } from "../../record/index.ts";
import { EXPORTED, OBSERVED } from "./metrics.ts";
import { prometheusSeries, seriesWithout } from "./prometheus-series.ts";
import type { ExportedPoint, Labels, MetricNow, Snapshot } from "./types.ts";

/** ms after which an observed series that nobody told again is no longer true. */
const FRESH = 10_000;

interface Latest {
  /** ms of the run */
  readonly at: number;
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** The newest value of each observed series. */
export class LatestObserved {
  /** By name and labels; the observer bounds how many there are. */
  readonly #latest = new Map<string, Latest>();

  add(points: readonly SeriesPoint[]): void {
    for (const point of points) {
      if (!OBSERVED.has(point.name)) continue;
      const key = `${point.name}${point.labels}`;
      const labels = this.#latest.get(key)?.labels ?? readLabels(point.labels);
      this.#latest.set(key, { at: point.at, name: point.name, labels, value: point.value });
    }
  }

  /** Of each metric what is still true, by the newest point's time. */
  metrics(): readonly MetricNow[] {
    let now = Number.NEGATIVE_INFINITY;
    for (const { at } of this.#latest.values()) now = Math.max(now, at);
    const series = new Map<string, { labels: Labels; value: number }[]>();
    for (const [key, { at, name, labels, value }] of this.#latest) {
      if (at < now - FRESH) {
        this.#latest.delete(key);
        continue;
      }
      const same = series.get(name) ?? [];
      same.push({ labels, value });
      series.set(name, same);
    }
    return [...OBSERVED].flatMap(([name, kind]) => {
      const found = series.get(name);
      return found === undefined ? [] : [{ ...kind, series: found }];
    });
  }
}

/** Before anything was told. */
export const NOTHING: Snapshot = { at: 0, metrics: [], gone: [] };

/** The run's own points by their metric, in the table's order, then what is observed. */
export function snapshotOf(
  points: readonly ExportedPoint[],
  observed: readonly MetricNow[],
  at: number,
  before: Snapshot = NOTHING,
): Snapshot {
  const own = EXPORTED.map((kind): MetricNow => {
    const mine = points.filter(({ name }) => name === kind.name);
    if (kind.kind === "histogram") {
      const series = mine.flatMap((point) =>
        "spread" in point ? [{ labels: point.labels ?? {}, spread: point.spread }] : [],
      );
      return { ...kind, series };
    }
    const series = mine.flatMap((point) =>
      "value" in point && Number.isFinite(point.value) ? [{ labels: point.labels ?? {}, value: point.value }] : [],
    );
    return { ...kind, series };
  });
  const metrics = [...own.filter(({ series }) => series.length > 0), ...observed];
  const gone = seriesWithout(before.metrics.flatMap(prometheusSeries), metrics.flatMap(prometheusSeries));
  return { at, metrics, gone };
}

/** `{part="llm",server="vllm"}`, the labels of a series as the record keeps them. */
function readLabels(text: string): Labels {
  const pairs = text.matchAll(/(?:^\{|,)([^=,{}"]+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries(
    [...pairs].map(([, name = "", value = ""]) => [
      name,
      value.replaceAll(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char)),
    ]),
  );
}
