import { type ConceptFold, SERVER_CONCEPTS } from "../../base/index.ts";
import { readNumber } from "../exposition/number.ts";
import type { Sample } from "../exposition/types.ts";
import type { ConceptMap, SeriesSource, Source } from "../servers/types.ts";
import { fits, type SampleIndex } from "./sample-index.ts";

/** One value for each replica, by its name; "" where the server tells of one only. */
export type ByReplica = ReadonlyMap<string, number>;

const FOLD_OF: ReadonlyMap<string, ConceptFold> = new Map(SERVER_CONCEPTS.map(({ name, fold }) => [name, fold]));
const NONE: ByReplica = new Map();

interface Scrape {
  readonly index: SampleIndex;
  /** s */
  readonly at: number;
  replicaOf(sample: Sample): string;
  /** Told of every sample that a value was made of. */
  use(sample: Sample): void;
}

/** Works out concepts of one server, scrape after scrape. What is not there, not finite or divided by zero is absent. */
export class Evaluator {
  /** The scrape before, of the sources whose rate is asked for. */
  readonly #rates = new Map<Source, { readonly at: number; readonly values: ByReplica; readonly rate: ByReplica }>();

  concept({ to, from }: ConceptMap, scrape: Scrape): ByReplica {
    return this.#value(from, FOLD_OF.get(to) ?? "sum", scrape);
  }

  #value(source: Source, fold: ConceptFold, scrape: Scrape): ByReplica {
    const value = (of: Source): ByReplica => this.#value(of, fold, scrape);
    switch (source.kind) {
      case "series":
        return seriesValue(source, source.fold ?? fold, scrape);
      case "label":
        return labelValue(source, scrape);
      case "distinct":
        return distinctValue(source, scrape);
      case "rate":
        return this.#rate(source, value(source.of), scrape.at);
      case "ratio":
        return joined(value(source.of), value(source.by), (a, b) => a / b);
      case "product":
        return joined(value(source.of), value(source.by), (a, b) => a * b);
      case "total":
        return totals(source.of.map(value));
      case "first":
        return firsts(source.of.map(value));
      case "rest":
        return mapped(value(source.of), (a) => 1 - a);
    }
  }

  #rate(source: Source, now: ByReplica, at: number): ByReplica {
    const before = this.#rates.get(source);
    // Two concepts may share one rate: the second to ask gets what the first got.
    if (before !== undefined && at <= before.at) return before.rate;
    const rate = before === undefined ? NONE : growth(now, before.values, at - before.at);
    this.#rates.set(source, { at, values: now, rate });
    return rate;
  }
}

function seriesValue({ names, part, where, scale }: SeriesSource, fold: ConceptFold, scrape: Scrape): ByReplica {
  for (const name of names) {
    const all = part === "value" ? scrape.index.values(name) : scrape.index.part(name, part);
    const found = all.filter((sample) => fits(sample, where));
    if (found.length > 0)
      return mapped(
        folded(found, (sample) => sample.value, fold, scrape),
        (value) => value * scale,
      );
  }
  return NONE;
}

function labelValue({ names, label }: Extract<Source, { kind: "label" }>, scrape: Scrape): ByReplica {
  const found = names.flatMap((name) => scrape.index.values(name)).filter(({ labels }) => labels.has(label));
  return folded(found, ({ labels }) => readNumber(labels.get(label) ?? "") ?? Number.NaN, "max", scrape);
}

function distinctValue(source: Extract<Source, { kind: "distinct" }>, scrape: Scrape): ByReplica {
  const values = new Map<string, Set<string>>();
  for (const sample of source.names.flatMap((name) => scrape.index.values(name))) {
    const value = sample.labels.get(source.label);
    if (value === undefined || !fits(sample, source.where)) continue;
    scrape.use(sample);
    const replica = scrape.replicaOf(sample);
    values.set(replica, (values.get(replica) ?? new Set()).add(value));
  }
  return new Map([...values].map(([replica, { size }]) => [replica, size]));
}

function folded(
  samples: readonly Sample[],
  valueOf: (sample: Sample) => number,
  fold: ConceptFold,
  scrape: Scrape,
): ByReplica {
  const groups = new Map<string, number[]>();
  for (const sample of samples) {
    scrape.use(sample);
    const value = valueOf(sample);
    if (!Number.isFinite(value)) continue;
    const replica = scrape.replicaOf(sample);
    const group = groups.get(replica);
    if (group === undefined) groups.set(replica, [value]);
    else group.push(value);
  }
  return new Map([...groups].map(([replica, values]) => [replica, FOLDS[fold](values)]));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const FOLDS: Readonly<Record<ConceptFold, (values: readonly number[]) => number>> = {
  sum,
  mean: (values) => sum(values) / values.length,
  max: (values) => values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
};

function mapped(values: ByReplica, change: (value: number) => number): ByReplica {
  return new Map([...values].map(([replica, value]) => [replica, change(value)]));
}

/** Of the replicas that both have; a figure of the whole server ("") stands for each of its replicas. */
function joined(left: ByReplica, right: ByReplica, combine: (a: number, b: number) => number): ByReplica {
  const out = new Map<string, number>();
  for (const replica of new Set([...left.keys(), ...right.keys()])) {
    const a = left.get(replica) ?? left.get("");
    const b = right.get(replica) ?? right.get("");
    const value = a === undefined || b === undefined ? Number.NaN : combine(a, b);
    if (Number.isFinite(value)) out.set(replica, value);
  }
  return out;
}

function firsts(parts: readonly ByReplica[]): ByReplica {
  return new Map(parts.toReversed().flatMap((part) => [...part]));
}

/** A second; absent after a reset. */
function growth(now: ByReplica, before: ByReplica, seconds: number): ByReplica {
  return joined(now, before, (a, b) => (a < b ? Number.NaN : (a - b) / seconds));
}

function totals(parts: readonly ByReplica[]): ByReplica {
  const out = new Map<string, number>();
  for (const part of parts) for (const [replica, value] of part) out.set(replica, (out.get(replica) ?? 0) + value);
  return out;
}
