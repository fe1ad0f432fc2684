import { draw } from "../spread.ts";
import type { Call, Flight, Gauge, Part, PartContext, Reply } from "../types.ts";
import type { PartEntry } from "./entry.ts";
import { plainFigures } from "./kit/failures.ts";
import { Counts, gauge } from "./kit/gauges.ts";
import { Lru } from "./kit/lru.ts";
import { Run } from "./kit/run.ts";
import { ServiceCentre } from "./kit/service-centre.ts";
import { passed } from "./kit/times.ts";
import { type VectorDbSpec, vectorDbSchema, writeShare } from "./vector-db/schema.ts";
import { comparisons, type SearchShape } from "./vector-db/search-cost.ts";

/**
 * An M/G/c station (under Poisson arrivals) whose service time follows the index, the query and the state of its caches.
 *
 * Writes have no events of their own: they go before searches on the servers, so a search of S takes S / (1 - rho) with rho their share of the
 * servers' time (the completion time of the lower class under preemptive resume: Conway, Maxwell and Miller, "Theory of Scheduling", 1967,
 * section 8.6).
 */
class VectorDb implements Part {
  readonly name: string;
  readonly models: readonly string[] = [];
  readonly load: Part["load"];
  readonly #spec: VectorDbSpec;
  readonly #context: PartContext;
  readonly #centre: ServiceCentre;
  readonly #cache: Lru<number, { readonly at: number; readonly starts: number }>;
  readonly #counts = new Counts(["hits", "misses"]);
  readonly #measured: number;
  readonly #stretch: number;
  /** Searches since the last start, and how many starts there had been at the last look. */
  #searches = 0;
  #starts = 0;

  constructor(spec: VectorDbSpec, context: PartContext) {
    this.name = context.name;
    this.#spec = spec;
    this.#context = context;
    this.#centre = new ServiceCentre(spec, context, "retrieve");
    this.load = this.#centre.load;
    this.#cache = new Lru(spec.cache?.entries ?? 0);
    this.#measured = comparisons(measuredShape(spec));
    this.#stretch = spec.writes === undefined ? 1 : 1 / (1 - writeShare(spec.writes, spec.servers));
  }

  take(call: Call, reply: Reply): Flight {
    if (this.#spec.cache === undefined) return this.#search(call, reply);
    const { kernel } = this.#context;
    this.#look(kernel.now);
    const entry = this.#cache.get(call.prompt.key);
    const { ttl, latency } = this.#spec.cache;
    const fresh =
      entry !== undefined && entry.starts === this.#starts && (ttl === undefined || kernel.now < entry.at + ttl);
    this.#counts.add(fresh ? "hits" : "misses");
    if (!fresh) return this.#search(call, reply);
    return new Hit(call, reply, this.#context, draw(latency, this.#context.random("hit", call.id)));
  }

  gauges(): readonly Gauge[] {
    const { kernel } = this.#context;
    const cache = this.#spec.cache === undefined ? [] : [gauge("entries", this.#cache.size), ...this.#counts.gauges()];
    const hits = this.#counts.get("hits");
    // What the cache answers never comes to the servers, and is a request all the same.
    const served = this.#centre
      .gauges()
      .map((own) => (own.name === "requests" ? { ...own, value: own.value + hits } : own));
    return [...served, gauge("vectors", this.#vectors(kernel.now)), ...cache];
  }

  #search(call: Call, reply: Reply): Flight {
    const random = this.#context.random("service", call.id);
    return this.#centre.visit(call, {
      work: (startedAt) => this.#work(startedAt, draw(this.#spec.service, random)),
      done: (at) => {
        // What the database looked like when the search ended is what is remembered.
        this.#look(at);
        if (this.#spec.cache) this.#cache.set(call.prompt.key, { at, starts: this.#starts });
        reply.done(at, plainFigures(call.prompt.tokens, 0));
      },
      failed: (at, failure) => reply.failed(at, failure),
      attributes: () => ({ hit: 0 }),
    });
  }

  #work(startedAt: number, drawn: number): number {
    this.#look(startedAt);
    const { warmUp, topK, perHit } = this.#spec;
    const cold = warmUp === undefined ? 1 : 1 + (warmUp.factor - 1) * Math.exp(-this.#searches / warmUp.queries);
    this.#searches++;
    const size = comparisons({ ...this.#spec, vectors: this.#vectors(startedAt) }) / this.#measured;
    return (drawn * size * cold + topK * perHit) * this.#stretch;
  }

  #vectors(now: number): number {
    const { vectors, writes } = this.#spec;
    return Math.floor(vectors + ((writes?.perSecond ?? 0) * now) / 1000);
  }

  #look(now: number): void {
    const starts = passed(this.#spec.restarts, now);
    if (starts === this.#starts) return;
    this.#starts = starts;
    this.#searches = 0;
    this.#cache.clear();
  }
}

function measuredShape(spec: VectorDbSpec): SearchShape {
  const { measured } = spec;
  return {
    index: spec.index,
    vectors: measured.vectors ?? spec.vectors,
    topK: measured.topK ?? spec.topK,
    ef: measured.ef ?? spec.ef,
    filter: measured.filter ?? spec.filter,
  };
}

class Hit extends Run {
  readonly #timer;

  constructor(call: Call, reply: Reply, context: PartContext, ms: number) {
    super();
    const from = context.kernel.now;
    const to = from + ms;
    this.#timer = context.kernel.at(to, () =>
      this.end(() => {
        call.span({ stage: "retrieve", part: context.name, from, to, attributes: { hit: 1 } });
        reply.done(to, plainFigures(call.prompt.tokens, 0));
      }),
    );
  }

  protected release(): void {
    this.#timer.cancel();
  }
}

export const vectorDb: PartEntry<VectorDbSpec> = {
  kind: "vector-db",
  schema: vectorDbSchema,
  links: () => [],
  build: (spec, context) => new VectorDb(spec, context),
};
