import { type ConceptName, SERVER_CONCEPTS } from "../../../base/index.ts";
import type { Column, ServerSeries } from "../../facts/types.ts";
import { folded } from "./columns.ts";

const FOLDS = new Map<string, (typeof SERVER_CONCEPTS)[number]["fold"]>(
  SERVER_CONCEPTS.map(({ name, fold }) => [name, fold]),
);

/** A model server tells of tokens or of a KV cache; what only queues and runs requests is a service beside the model. */
const MODEL_SIGNS: readonly ConceptName[] = ["server.kv.used", "server.output.tokens", "server.preempted"];

export interface ReplicaColumn {
  readonly replica: string;
  readonly values: Column;
}

/** What the observed servers told, by concept and part. */
export class Servers {
  readonly #series = new Map<ConceptName, Map<string, ServerSeries[]>>();
  readonly #folded = new Map<string, Column | undefined>();
  /** Parts that answer with a model. */
  readonly models: readonly string[];
  /** Parts that queue or run requests, and are no model. */
  readonly services: readonly string[];

  constructor(series: readonly ServerSeries[]) {
    for (const one of series) {
      const parts = this.#series.get(one.concept) ?? new Map<string, ServerSeries[]>();
      this.#series.set(one.concept, parts);
      const list = parts.get(one.part) ?? [];
      parts.set(one.part, list);
      list.push(one);
    }
    const queues = [...new Set([...this.parts("server.running"), ...this.parts("server.queued")])];
    const told = new Set(MODEL_SIGNS.flatMap((concept) => this.parts(concept)));
    this.models = told.size === 0 ? queues : [...told];
    this.services = queues.filter((part) => !this.models.includes(part));
  }

  parts(concept: ConceptName): readonly string[] {
    return [...(this.#series.get(concept)?.keys() ?? [])];
  }
  has(concept: ConceptName): boolean {
    return this.#series.has(concept);
  }
  /** The kind of server behind a part. */
  kind(part: string): string {
    for (const parts of this.#series.values()) {
      const kind = parts.get(part)?.[0]?.server;
      if (kind !== undefined) return kind;
    }
    return "";
  }

  /** One concept of one part, folded over its replicas. */
  of(concept: ConceptName, part: string): Column | undefined {
    const key = `${concept} ${part}`;
    if (!this.#folded.has(key)) {
      const all = (this.#series.get(concept)?.get(part) ?? []).map((one) => one.values);
      this.#folded.set(key, folded(all, FOLDS.get(concept) ?? "sum"));
    }
    return this.#folded.get(key);
  }

  replicas(concept: ConceptName, part: string): readonly ReplicaColumn[] {
    return (this.#series.get(concept)?.get(part) ?? []).flatMap(({ replica, values }) =>
      replica === undefined ? [] : [{ replica, values }],
    );
  }
}
