import type { Call, Flight, Gauge, Part, PartContext, Reply } from "../types.ts";
import type { PartEntry } from "./entry.ts";
import { Counts, gauge } from "./kit/gauges.ts";
import { passed } from "./kit/times.ts";
import { CACHE_COUNTS, Lookup, type Shelf } from "./response-cache/lookup.ts";
import { type ResponseCacheSpec, responseCacheSchema } from "./response-cache/schema.ts";
import { AnswerStore, type StoredAnswer } from "./response-cache/store.ts";

/** Whole answers by model and prompt, before a part that answers what it does not have. */
class ResponseCache implements Part, Shelf {
  readonly name: string;
  readonly load: Part["load"];
  readonly spec: ResponseCacheSpec;
  readonly context: PartContext;
  readonly store: AnswerStore;
  readonly counts = new Counts(CACHE_COUNTS);
  readonly fetches: Shelf["fetches"] = new Map();
  readonly sink: Shelf["sink"];
  inside = 0;
  waiting = 0;
  #flushes = 0;

  constructor(spec: ResponseCacheSpec, context: PartContext) {
    this.name = context.name;
    this.spec = spec;
    this.context = context;
    this.store = new AnswerStore({
      entries: spec.entries,
      tokens: spec.tokens ?? Number.POSITIVE_INFINITY,
      ttl: spec.ttl ?? Number.POSITIVE_INFINITY,
      similarity: spec.similarity,
    });
    this.sink = context.engine.gaps;
    const [inside, waiting] = [() => this.inside, () => this.waiting];
    this.load = {
      get waiting() {
        return waiting();
      },
      get running() {
        return inside() - waiting();
      },
    };
  }

  get models(): readonly string[] {
    return this.context.part(this.spec.to).models;
  }

  take(call: Call, reply: Reply): Flight {
    return new Lookup(this, call, reply);
  }

  gauges(): readonly Gauge[] {
    const { store } = this;
    return [
      gauge("running", this.load.running),
      gauge("queue", this.waiting),
      gauge("entries", store.size),
      gauge("tokens", store.tokens),
      ...this.counts.gauges(),
      { name: "evictions", kind: "counter", value: store.evictions },
      { name: "expired", kind: "counter", value: store.expired },
    ];
  }

  find(call: Call, now: number): { readonly entry: StoredAnswer; readonly similar: boolean } | undefined {
    const flushes = passed(this.spec.flushes, now);
    if (flushes !== this.#flushes) {
      this.counts.add("flushes", flushes - this.#flushes);
      this.#flushes = flushes;
      this.store.clear();
    }
    const exact = this.store.exact(call, now);
    const entry = exact ?? this.store.similar(call, now);
    return entry && { entry, similar: exact === undefined };
  }
}

export const responseCache: PartEntry<ResponseCacheSpec> = {
  kind: "response-cache",
  schema: responseCacheSchema,
  links: ({ to }) => [{ path: ["to"], part: to }],
  build: (spec, context) => new ResponseCache(spec, context),
};
