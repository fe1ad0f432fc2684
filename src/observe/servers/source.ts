import type { ConceptName } from "../../base/index.ts";
import type { ConceptMap, SeriesSource, Source, Where } from "./types.ts";

interface SeriesOptions {
  readonly where?: Where;
  readonly scale?: number;
  readonly fold?: SeriesSource["fold"];
}

/** Names of one thing over a server's versions, the newest first. */
type Names = string | readonly string[];

const list = (names: Names): readonly string[] => (typeof names === "string" ? [names] : names);

function series(names: Names, part: SeriesSource["part"], { where = {}, scale = 1, fold }: SeriesOptions) {
  return { kind: "series", names: list(names), part, where, scale, ...(fold === undefined ? {} : { fold }) } as const;
}

/** A gauge or a counter. */
export function value(names: Names, options: SeriesOptions = {}): SeriesSource {
  return series(names, "value", options);
}

/** The sum of a histogram or a summary, by its family's name. */
export function sumOf(names: Names, options: SeriesOptions = {}): SeriesSource {
  return series(names, "sum", options);
}

/** The count of a histogram or a summary, by its family's name. */
export function countOf(names: Names, options: SeriesOptions = {}): SeriesSource {
  return series(names, "count", options);
}

/** The number that a label of an info series holds. */
export function label(names: Names, name: string): Source {
  return { kind: "label", names: list(names), label: name };
}

/** How many different values a label takes. */
export function distinct(names: Names, name: string, where: Where = {}): Source {
  return { kind: "distinct", names: list(names), label: name, where };
}

/** Growth a second since the scrape before. */
export function rate(of: Source): Source {
  return { kind: "rate", of };
}

export function ratio(of: Source, by: Source): Source {
  return { kind: "ratio", of, by };
}

export function product(of: Source, by: Source): Source {
  return { kind: "product", of, by };
}

/** Of those that are there. */
export function total(...of: readonly Source[]): Source {
  return { kind: "total", of };
}

/** The first that is there. */
export function first(...of: readonly Source[]): Source {
  return { kind: "first", of };
}

/** 1 - x */
export function rest(of: Source): Source {
  return { kind: "rest", of };
}

export function map(to: ConceptName, from: Source): ConceptMap {
  return { to, from };
}

/** Concepts that come as a pair, `<stem>.ms` and `<stem>.count`. */
type PairStem = Extract<ConceptName, `${string}.count`> extends `${infer Stem}.count` ? Stem : never;

/** A histogram or summary of durations as the pair of its concept. `toMs`: ms that one unit of the server holds, 1,000 for seconds. */
export function timing(
  stem: PairStem,
  names: Names,
  { toMs = 1000, where = {} }: { readonly toMs?: number; readonly where?: Where } = {},
): readonly ConceptMap[] {
  return [
    { to: `${stem}.ms`, from: sumOf(names, { scale: toMs, where }) },
    { to: `${stem}.count`, from: countOf(names, { where }) },
  ];
}
