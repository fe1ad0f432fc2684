import type { ConceptName } from "../../base/index.ts";

/** A series of a simulated part and the concept that it tells. */
export interface TwinConcept {
  readonly series: string;
  /** Whether the part counts it up, or shows it as it is. */
  readonly kind: "counter" | "gauge";
  readonly concept: ConceptName;
  /** Makes the concept's unit of the series' own: of what it shows, or of its growth a second. */
  readonly scale: number;
}

const entry = (
  series: string,
  kind: TwinConcept["kind"],
  concept: ConceptName,
  scale: TwinConcept["scale"] = 1,
): TwinConcept => ({ series, kind, concept, scale });

const CENTRE = [
  entry("queue", "gauge", "store.waiting"),
  entry("running", "gauge", "store.active"),
  entry("requests", "counter", "store.queries"),
  entry("rejected", "counter", "connections.refused"),
  entry("failures", "counter", "store.failed"),
];

/** By kind of part. Several series of one concept add up. */
export const TWIN_CONCEPTS: Readonly<Record<string, readonly TwinConcept[]>> = {
  pool: [
    entry("queue", "gauge", "server.queued"),
    entry("held", "gauge", "server.queued"),
    entry("running", "gauge", "server.running"),
    entry("kv.used", "gauge", "server.kv.used"),
    entry("preemptions", "counter", "server.preempted"),
    entry("tokens.prompt.computed", "counter", "server.prompt.tokens"),
    entry("tokens.prompt.cached", "counter", "server.prompt.tokens"),
    entry("tokens.prompt.cached", "counter", "server.prompt.cached"),
    entry("tokens.prompt.recomputed", "counter", "server.prompt.recomputed"),
    entry("tokens.generated", "counter", "server.output.tokens"),
    entry("tokens.generated", "counter", "server.step.tokens"),
    entry("tokens.prompt.computed", "counter", "server.step.tokens"),
    entry("tokens.prompt.recomputed", "counter", "server.step.tokens"),
    entry("steps", "counter", "server.steps"),
    entry("busy", "counter", "server.busy", 1e-3),
    entry("requests.finished", "counter", "server.requests"),
    entry("requests.refused", "counter", "connections.refused"),
    entry("running.limit", "gauge", "server.running.limit"),
    entry("kv.tokens", "gauge", "server.kv.tokens"),
    entry("ttft", "counter", "server.ttft.ms"),
    entry("ttft.count", "counter", "server.ttft.count"),
    entry("replicas", "gauge", "replicas.ready"),
    entry("replicas", "gauge", "replicas.wanted"),
    entry("replicas.starting", "gauge", "replicas.wanted"),
  ],
  embedder: [
    entry("queue", "gauge", "server.queued"),
    entry("running", "gauge", "server.running"),
    entry("requests", "counter", "server.requests"),
  ],
  external: [
    entry("running", "gauge", "gateway.active"),
    entry("requests", "counter", "server.requests"),
    entry("failures", "counter", "server.failed"),
    entry("rejected", "counter", "limits.hit"),
  ],
  gateway: [
    entry("queue", "gauge", "connections.waiting"),
    entry("running", "gauge", "gateway.active"),
    entry("retries", "counter", "gateway.retries"),
    entry("timeouts", "counter", "gateway.timeouts"),
    entry("limited", "counter", "limits.hit"),
    entry("shed", "counter", "connections.refused"),
    entry("rejected", "counter", "connections.refused"),
    entry("overhead", "counter", "gateway.overhead.ms"),
    entry("overhead.count", "counter", "gateway.overhead.count"),
  ],
  router: [entry("running", "gauge", "gateway.active"), entry("fallbacks", "counter", "gateway.retries")],
  // What is on its way between regions is at no server that could tell of it.
  regions: [entry("failovers", "counter", "gateway.retries")],
  app: [
    entry("queue", "gauge", "connections.waiting"),
    entry("running", "gauge", "connections.used"),
    entry("rejected", "counter", "connections.refused"),
    entry("cores.running", "gauge", "process.cpu"),
    entry("cores.queue", "gauge", "process.waiting"),
  ],
  station: CENTRE,
  "vector-db": [...CENTRE, entry("hits", "counter", "cache.hits"), entry("misses", "counter", "cache.misses")],
  "response-cache": [
    // What it holds is on its way through to the part behind it.
    entry("running", "gauge", "gateway.active"),
    entry("hits", "counter", "cache.hits"),
    entry("hits.similar", "counter", "cache.hits"),
    entry("misses", "counter", "cache.misses"),
    entry("evictions", "counter", "cache.evicted"),
  ],
};
