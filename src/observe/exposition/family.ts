import type { FamilyType, SamplePart } from "./types.ts";

/** The types that `# TYPE` may name, in both formats. */
const TYPES: ReadonlyMap<string, FamilyType> = new Map([
  ["counter", "counter"],
  ["gauge", "gauge"],
  ["histogram", "histogram"],
  ["gaugehistogram", "gaugehistogram"],
  ["summary", "summary"],
  ["info", "info"],
  ["stateset", "stateset"],
  ["unknown", "unknown"],
  ["untyped", "unknown"],
]);

export function familyType(word: string): FamilyType | undefined {
  return TYPES.get(word.toLowerCase());
}

interface Suffix {
  readonly text: string;
  readonly part: SamplePart;
  /** Types whose families have samples of this suffix. */
  readonly of: readonly FamilyType[];
}

const SUFFIXES: readonly Suffix[] = [
  { text: "_bucket", part: "bucket", of: ["histogram", "gaugehistogram"] },
  { text: "_sum", part: "sum", of: ["histogram", "summary"] },
  { text: "_count", part: "count", of: ["histogram", "summary"] },
  { text: "_gsum", part: "sum", of: ["gaugehistogram"] },
  { text: "_gcount", part: "count", of: ["gaugehistogram"] },
  { text: "_total", part: "value", of: ["counter"] },
  { text: "_created", part: "created", of: ["counter", "histogram", "summary"] },
  { text: "_info", part: "value", of: ["info"] },
];

export interface Place {
  readonly family: string;
  readonly type: FamilyType;
  readonly part: SamplePart;
}

/**
 * Where a sample belongs. A family of the sample's own name comes first, so that a gauge `pending_request_count` is no part of a histogram;
 * a suffix counts only where a family of a fitting type was named before.
 */
export function placeOf(name: string, types: ReadonlyMap<string, FamilyType>): Place {
  const own = types.get(name);
  if (own !== undefined) return { family: name, type: own, part: own === "summary" ? "quantile" : "value" };
  for (const { text, part, of } of SUFFIXES) {
    if (!name.endsWith(text)) continue;
    const family = name.slice(0, -text.length);
    const type = types.get(family);
    if (type !== undefined && of.includes(type)) return { family, type, part };
  }
  return { family: name, type: "unknown", part: "value" };
}
