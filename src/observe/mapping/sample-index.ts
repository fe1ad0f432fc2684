import type { Sample } from "../exposition/types.ts";
import type { Where } from "../servers/types.ts";

const TOTAL = "_total";

/** The samples of one scrape by name. */
export class SampleIndex {
  readonly samples: readonly Sample[];
  readonly #byName = new Map<string, Sample[]>();

  constructor(samples: readonly Sample[]) {
    this.samples = samples;
    for (const sample of samples) {
      const same = this.#byName.get(sample.name);
      if (same === undefined) this.#byName.set(sample.name, [sample]);
      else same.push(sample);
    }
  }

  /** Whether a name is there, or for a name that ends in `*` one that begins so. */
  has(pattern: string): boolean {
    if (!pattern.endsWith("*")) return this.values(pattern).length > 0 || this.part(pattern, "count").length > 0;
    const start = pattern.slice(0, -1);
    for (const name of this.#byName.keys()) if (name.startsWith(start)) return true;
    return false;
  }

  /** Samples of a gauge or counter. A counter answers to its name with and without `_total`: the two formats differ there. */
  values(name: string): readonly Sample[] {
    const own = this.#byName.get(name);
    if (own !== undefined) return own[0]?.part === "quantile" ? [] : own;
    const other = name.endsWith(TOTAL) ? name.slice(0, -TOTAL.length) : `${name}${TOTAL}`;
    const found = this.#byName.get(other) ?? [];
    return found.filter(({ type }) => type === "counter");
  }

  /** Sums or counts of a histogram or summary; where no type was told, those whose name says so. */
  part(family: string, part: "sum" | "count"): readonly Sample[] {
    const found = this.#byName.get(`${family}_${part}`) ?? this.#byName.get(`${family}_g${part}`) ?? [];
    return found.filter((sample) => sample.part === part || sample.type === "unknown");
  }
}

export function fits({ labels }: Sample, where: Where): boolean {
  return Object.entries(where).every(([label, wanted]) => {
    const value = labels.get(label) ?? "";
    if (typeof wanted === "string") return value === wanted;
    return wanted instanceof RegExp ? wanted.test(value) : wanted.includes(value);
  });
}
