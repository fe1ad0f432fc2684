import { type ConceptName, SERVER_CONCEPTS, type ServerConcept } from "../../base/index.ts";
import { type RunReader, sqlList } from "../../record/index.ts";
import { type Bins, columnOf } from "./bins.ts";
import { TWIN_CONCEPTS } from "./twin-concepts.ts";
import type { Column, ServerSeries } from "./types.ts";

/** The run's series of each concept, part and replica. A simulated run has those of its stack's parts instead. */
export async function readServers(run: RunReader, bins: Bins): Promise<readonly ServerSeries[]> {
  const { simulated } = run.manifest.run;
  return simulated === undefined
    ? observed(run, bins)
    : simulatedParts(run, bins, new Map((simulated.parts ?? []).map(({ name, kind }) => [name, kind])));
}

const CONCEPTS: ReadonlyMap<string, ServerConcept & { readonly name: ConceptName }> = new Map(
  SERVER_CONCEPTS.map((concept) => [concept.name, concept]),
);

async function observed(run: RunReader, bins: Bins): Promise<readonly ServerSeries[]> {
  const names = (kind: ServerConcept["kind"]): string[] =>
    SERVER_CONCEPTS.filter((concept) => concept.kind === kind).map(({ name }) => name);
  const found = new Map<string, ServerSeries>();
  const put = (raw: RawSeries): void => {
    const concept = CONCEPTS.get(raw.name);
    const { part, server, replica } = raw.labels;
    if (concept === undefined || part === undefined || part === "") return;
    found.set(`${raw.name}${raw.text}`, {
      concept: concept.name,
      part,
      server: server ?? "",
      ...(replica === undefined ? {} : { replica }),
      values: raw.values,
    });
  };
  for (const raw of await means(run, bins, names("gauge"))) put(raw);
  for (const raw of await growths(run, bins, names("counter"))) put(raw);
  return [...found.values()];
}

async function simulatedParts(
  run: RunReader,
  bins: Bins,
  kinds: ReadonlyMap<string, string>,
): Promise<readonly ServerSeries[]> {
  const entries = Object.values(TWIN_CONCEPTS).flat();
  const names = (kind: "gauge" | "counter"): string[] => [
    ...new Set(entries.filter((entry) => entry.kind === kind).map(({ series }) => series)),
  ];
  const read = {
    gauge: await means(run, bins, names("gauge")),
    counter: await growths(run, bins, names("counter")),
  };
  // A pool shows its replicas' sums beside them; what its replicas tell is not told twice.
  const byReplica = new Set(
    [...read.gauge, ...read.counter].flatMap(({ name, labels }) =>
      labels.replica === undefined ? [] : [JSON.stringify([name, labels.part])],
    ),
  );
  const sums = new Map<string, ServerSeries>();
  for (const kind of ["gauge", "counter"] as const) {
    for (const { name, labels, values } of read[kind]) {
      const { part = "", replica } = labels;
      if (replica === undefined && byReplica.has(JSON.stringify([name, part]))) continue;
      for (const { concept, scale } of (TWIN_CONCEPTS[kinds.get(part) ?? ""] ?? []).filter(
        (entry) => entry.series === name && entry.kind === kind,
      )) {
        const key = JSON.stringify([concept, part, replica]);
        const sum = sums.get(key);
        const scaled = values.map((value) => value * scale);
        if (sum !== undefined) add(sum.values, scaled);
        else
          sums.set(key, {
            concept,
            part,
            server: "twin",
            ...(replica === undefined ? {} : { replica }),
            values: scaled,
          });
      }
    }
  }
  return [...sums.values()];
}

/** A bin in which one of the two is missing has the other. */
function add(to: Column, values: Column): void {
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    const before = to[i] ?? Number.NaN;
    to[i] = Number.isNaN(before) ? value : before + value;
  }
}

interface RawSeries {
  readonly name: string;
  /** As written, and read. */
  readonly text: string;
  readonly labels: Readonly<Record<string, string | undefined>>;
  readonly values: Column;
}

const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

export function readLabels(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, key = "", value = ""]) => [
      key,
      value.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped)),
    ]),
  );
}

/** Gauges: the mean of a bin's looks; a bin without a look stays empty. */
async function means(run: RunReader, bins: Bins, names: readonly string[]): Promise<readonly RawSeries[]> {
  const bin = `least(${bins.count - 1}, greatest(0, floor(time / ${bins.width})))::INTEGER`;
  return collect(
    run,
    bins,
    `SELECT name, labels, ${bin} AS bin, avg(value) FROM series WHERE name IN (${sqlList(names)}) GROUP BY ALL`,
  );
}

/**
 * Counters: growth a second. The growth between two looks is spread evenly over the time between them, so that a bin's figure does not depend
 * on how many looks fell into it. A counter that falls began again at zero.
 */
async function growths(run: RunReader, bins: Bins, names: readonly string[]): Promise<readonly RawSeries[]> {
  const { width, count } = bins;
  return collect(
    run,
    bins,
    `WITH looks AS (
      SELECT name, labels, time AS upTo, value, lag(time) OVER w AS since, lag(value) OVER w AS before
      FROM series WHERE name IN (${sqlList(names)}) WINDOW w AS (PARTITION BY name, labels ORDER BY time)
    ), steps AS (
      SELECT name, labels, since, upTo, CASE WHEN value < before THEN value ELSE value - before END AS growth,
        unnest(range(greatest(0, floor(since / ${width}))::BIGINT, least(${count}, ceil(upTo / ${width}))::BIGINT)) AS bin
      FROM looks WHERE since IS NOT NULL AND upTo > since
    ), pieces AS (
      SELECT name, labels, bin, growth, upTo - since AS whole,
        least(upTo, (bin + 1) * ${width}.0) - greatest(since, bin * ${width}.0) AS piece
      FROM steps
    )
    SELECT name, labels, bin::INTEGER, sum(growth * piece / whole) * 1000 / sum(piece)
    FROM pieces WHERE piece > 0 GROUP BY name, labels, bin`,
  );
}

/** Points of (name, labels, bin, value) as columns. One row a series comes out of the database: a row a point would take most of the time. */
async function collect(run: RunReader, bins: Bins, sql: string): Promise<readonly RawSeries[]> {
  const { rows } = await run.query(`
    SELECT name, labels, list(bin), list(value) FROM (${sql}) AS points(name, labels, bin, value)
    WHERE bin IS NOT NULL AND value IS NOT NULL GROUP BY name, labels ORDER BY name, labels`);
  return rows.flatMap(([name, text, at, told]): RawSeries[] => {
    if (typeof name !== "string" || typeof text !== "string" || !Array.isArray(at) || !Array.isArray(told)) return [];
    const values = columnOf(bins, Number.NaN);
    for (const [k, bin] of at.entries()) values[Number(bin)] = Number(told[k]);
    return [{ name, text, labels: readLabels(text), values }];
  });
}
