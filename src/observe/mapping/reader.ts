import { SERVER_CONCEPTS } from "../../base/index.ts";
import type { SeriesPoint } from "../../record/index.ts";
import type { Sample } from "../exposition/types.ts";
import type { ServerEntry } from "../servers/types.ts";
import { Evaluator } from "./evaluate.ts";
import { labelText } from "./labels.ts";
import { type Recognised, recognise, UNKNOWN_SERVER } from "./recognise.ts";
import { SampleIndex } from "./sample-index.ts";

/** What a scrape of one part says. */
export interface Reading {
  readonly points: readonly SeriesPoint[];
  /** Servers that were recognised at this scrape and not before. */
  readonly recognised: readonly ServerEntry[];
  /** Counters that are lower than at the scrape before: the server began again. */
  readonly resets: readonly string[];
  /** Series that were left out at this scrape for the first time, since a part has its most. */
  readonly leftOut: number;
}

export interface SeriesBounds {
  /** Series of concepts, and of raw names, that one part may have. */
  readonly concepts: number;
  readonly raw: number;
  /** Characters of a series' name and of its labels. */
  readonly text: number;
}

export const SERIES_BOUNDS: SeriesBounds = { concepts: 2000, raw: 2000, text: 500 };

/** How many series the parts of a run may still have together: the record's dictionary holds their names, and those of the load beside them. */
export interface SeriesRoom {
  left: number;
}

export const seriesRoom = (left = 20_000): SeriesRoom => ({ left });

const COUNTERS: ReadonlySet<string> = new Set(
  SERVER_CONCEPTS.filter(({ kind }) => kind === "counter").map(({ name }) => name),
);

/**
 * Turns the scrapes of one part into points: what tables recognise by its concept, at every scrape; the rest behind `raw.`, whenever it
 * has changed. A server that was recognised once stays so.
 */
export class PartReader {
  readonly #part: string;
  readonly #table: readonly ServerEntry[];
  readonly #room: SeriesRoom;
  readonly #bounds: SeriesBounds;
  readonly #evaluator = new Evaluator();
  #recognised: readonly Recognised[] = [];
  /** Last value by series. */
  readonly #concepts = new Map<string, number>();
  readonly #raw = new Map<string, number>();
  /** Labels of raw series as text, by the labels as they were read: those of a series are one object at every scrape. */
  readonly #rawLabels = new WeakMap<Sample["labels"], string>();
  readonly #leftOut = new Set<string>();

  constructor(
    part: string,
    table: readonly ServerEntry[],
    room: SeriesRoom = seriesRoom(),
    bounds: SeriesBounds = SERIES_BOUNDS,
  ) {
    this.#part = part;
    this.#table = table;
    this.#room = room;
    this.#bounds = bounds;
  }

  /** The label `server` of what tells of the part itself. */
  get server(): string {
    return this.#recognised[0]?.server ?? UNKNOWN_SERVER;
  }

  get entries(): readonly ServerEntry[] {
    return this.#recognised.map(({ entry }) => entry);
  }

  /** @param at ms of the run */
  read(samples: readonly Sample[], at: number): Reading {
    const index = new SampleIndex(samples);
    const recognised = this.#recognise(index);
    const used = new Set<Sample>();
    const points: SeriesPoint[] = [];
    const resets: string[] = [];
    const leftOutBefore = this.#leftOut.size;
    for (const known of this.#recognised) this.#readConcepts(known, { index, at, used, points, resets });
    for (const sample of samples) {
      if (used.has(sample)) continue;
      const point = this.#rawPoint(sample, at);
      if (point !== undefined) points.push(point);
    }
    return { points, recognised, resets: [...new Set(resets)], leftOut: this.#leftOut.size - leftOutBefore };
  }

  #recognise(index: SampleIndex): readonly ServerEntry[] {
    const known = new Set(this.entries);
    const now = recognise(index, this.#table);
    const fresh = now.filter(({ entry }) => !known.has(entry));
    if (fresh.length > 0) {
      const kept = this.#recognised.filter(({ entry }) => !now.some((other) => other.entry === entry));
      this.#recognised = [...now, ...kept];
    }
    return fresh.map(({ entry }) => entry);
  }

  #readConcepts(
    { entry, server }: Recognised,
    scrape: {
      readonly index: SampleIndex;
      readonly at: number;
      readonly used: Set<Sample>;
      readonly points: SeriesPoint[];
      readonly resets: string[];
    },
  ): void {
    const { index, at, used, points, resets } = scrape;
    const use = (sample: Sample): void => {
      used.add(sample);
    };
    const replicaOf = (sample: Sample): string =>
      entry.replica.flatMap((label) => sample.labels.get(label) || []).join("/");
    for (const map of entry.maps) {
      for (const [replica, value] of this.#evaluator.concept(map, { index, at: at / 1000, replicaOf, use })) {
        if (!Number.isFinite(value)) continue;
        const labels = this.labels(server, replica);
        const key = `${map.to}${labels}`;
        const before = this.#concepts.get(key);
        if (!this.#fits(labels, key) || !this.#admit(this.#concepts, key, this.#bounds.concepts)) continue;
        this.#concepts.set(key, value);
        if (before !== undefined && value < before && COUNTERS.has(map.to)) resets.push(map.to);
        points.push({ at, name: map.to, labels, value });
      }
    }
  }

  /** Labels of a concept of this part. */
  labels(server: string, replica: string): string {
    return labelText([
      ["part", this.#part],
      ["server", server],
      ...(replica === "" ? [] : [["replica", replica] as const]),
    ]);
  }

  #rawPoint({ name, labels: own, value }: Sample, at: number): SeriesPoint | undefined {
    if (!Number.isFinite(value)) return undefined;
    const labels = this.#rawLabelText(own);
    const key = `${name}${labels}`;
    if (this.#raw.get(key) === value || !this.#fits(name, key) || !this.#fits(labels, key)) return undefined;
    if (!this.#admit(this.#raw, key, this.#bounds.raw)) return undefined;
    this.#raw.set(key, value);
    return { at, name: `raw.${name}`, labels, value };
  }

  /** A label of theirs that is called as ours is told as `exported_part`, as Prometheus does. */
  #rawLabelText(own: Sample["labels"]): string {
    const known = this.#rawLabels.get(own);
    if (known !== undefined) return known;
    const theirs = [...own].map(([key, text]) => [key === "part" ? "exported_part" : key, text] as const);
    const text = labelText([["part", this.#part], ...theirs]);
    this.#rawLabels.set(own, text);
    return text;
  }

  #fits(text: string, key: string): boolean {
    if (text.length <= this.#bounds.text) return true;
    this.#leave(key);
    return false;
  }

  #admit(series: ReadonlyMap<string, number>, key: string, most: number): boolean {
    if (series.has(key)) return true;
    if (series.size >= most || this.#room.left <= 0) {
      this.#leave(key);
      return false;
    }
    this.#room.left--;
    return true;
  }

  #leave(key: string): void {
    // Counted once each, and not for ever: a server may invent names without end.
    if (this.#leftOut.size < this.#bounds.raw) this.#leftOut.add(key.slice(0, this.#bounds.text));
  }
}
