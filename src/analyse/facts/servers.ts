import { type ConceptName, SERVER_CONCEPTS, type ServerConcept } from "../../base/index.ts";
import type { RunReader } from "../../record/index.ts";
import { type RawSeries, readBinned } from "./binned.ts";
import type { Bins } from "./bins.ts";
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
  const { gauge, counter } = await readBinned(run, bins, { gauge: names("gauge"), counter: names("counter") });
  for (const raw of [...gauge, ...counter]) put(raw);
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
  const read = await readBinned(run, bins, { gauge: names("gauge"), counter: names("counter") });
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
