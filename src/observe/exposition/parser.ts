import { familyType, type Place, placeOf } from "./family.ts";
import { Lines } from "./lines.ts";
import { type ExpositionLimits, excerpt, LIMITS, Refusal } from "./refusal.ts";
import { cutSample, readSeries, type SeriesText } from "./series-line.ts";
import type { FamilyType, Sample } from "./types.ts";

export type TextFormat = "prometheus" | "openmetrics";

/** Series as they were written, read once: a server writes the same ones at every scrape. Bounded; forgets all when full. */
export class SeriesMemory {
  readonly #limits: ExpositionLimits;
  readonly #known = new Map<string, SeriesText>();
  #length = 0;

  constructor(limits: ExpositionLimits = LIMITS) {
    this.#limits = limits;
  }

  read(series: string): SeriesText {
    const known = this.#known.get(series);
    if (known !== undefined) return known;
    const read = readSeries(series);
    if (this.#known.size >= this.#limits.series || this.#length >= this.#limits.bytes) {
      this.#known.clear();
      this.#length = 0;
    }
    this.#known.set(series, read);
    this.#length += series.length;
    return read;
  }
}

/**
 * Reads Prometheus text or OpenMetrics text as its bytes come, cut anywhere. Throws {@link Refusal} at the first thing that is wrong or
 * beyond the limits; then nothing of the answer counts.
 */
export class ExpositionParser {
  readonly #format: TextFormat;
  readonly #limits: ExpositionLimits;
  readonly #memory: SeriesMemory;
  readonly #lines: Lines;
  readonly #types = new Map<string, FamilyType>();
  readonly #places = new Map<string, Place>();
  readonly #samples: Sample[] = [];
  readonly #seen = new Set<string>();
  #bytes = 0;
  #hasEnded = false;

  constructor(format: TextFormat, limits: ExpositionLimits = LIMITS, memory = new SeriesMemory(limits)) {
    this.#format = format;
    this.#limits = limits;
    this.#memory = memory;
    this.#lines = new Lines(limits.lineBytes);
  }

  push(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#limits.bytes) {
      throw new Refusal("too-large", `the answer is larger than ${this.#limits.bytes} bytes`);
    }
    this.#lines.push(bytes, this.#line);
  }

  /** The samples, in the order in which they came; of a series that came twice the first. */
  end(): readonly Sample[] {
    const last = this.#lines.end();
    if (last !== undefined) this.#line(last);
    if (this.#format === "openmetrics" && !this.#hasEnded) {
      throw new Refusal("cut-short", "the answer ends without `# EOF`");
    }
    return this.#samples;
  }

  readonly #line = (line: string): void => {
    if (line.trim() === "") return;
    if (this.#hasEnded) throw new Refusal("malformed", `something after \`# EOF\`: ${excerpt(line)}`);
    if (line.startsWith("#")) this.#comment(line);
    else this.#sample(line);
  };

  #comment(line: string): void {
    if (this.#format === "openmetrics" && line === "# EOF") {
      this.#hasEnded = true;
      return;
    }
    const match = /^#[ \t]+TYPE[ \t]+("(?:[^"\\]|\\.)*"|\S+)[ \t]+(\S+)[ \t]*$/.exec(line);
    if (match === null) {
      if (/^#[ \t]+TYPE[ \t]/.test(line))
        throw new Refusal("malformed", `a type that cannot be read: ${excerpt(line)}`);
      return;
    }
    const [, written = "", word = ""] = match;
    const name = written.startsWith('"') ? readSeries(`{${written}}`).name : written;
    const type = familyType(word);
    if (type === undefined) throw new Refusal("malformed", `an unknown type: ${excerpt(line)}`);
    if (this.#types.size >= this.#limits.series) throw this.#tooMany();
    this.#types.set(name, type);
    this.#places.clear();
  }

  #sample(line: string): void {
    const { series, value } = cutSample(line.trimStart());
    if (this.#seen.has(series)) return;
    if (this.#samples.length >= this.#limits.series) throw this.#tooMany();
    this.#seen.add(series);
    const { name, labels } = this.#memory.read(series);
    this.#samples.push({ name, ...this.#place(name), labels, value });
  }

  #place(name: string): Place {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = placeOf(name, this.#types);
    this.#places.set(name, place);
    return place;
  }

  #tooMany(): Refusal {
    return new Refusal("too-many-series", `more than ${this.#limits.series} series`);
  }
}
