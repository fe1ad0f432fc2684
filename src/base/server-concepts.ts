/** How one concept's series of several replicas become one: added up, averaged, or the greatest of them. */
export type ConceptFold = "sum" | "mean" | "max";

/** One thing that servers tell of themselves, by one name whatever the server calls it. */
export interface ServerConcept {
  readonly name: string;
  /** A counter only grows, but for a restart; it is recorded as the server tells it, and read as a rate. */
  readonly kind: "gauge" | "counter";
  readonly unit: string;
  readonly fold: ConceptFold;
  readonly meaning: string;
}

const concept = <N extends string>(
  name: N,
  kind: ServerConcept["kind"],
  unit: string,
  fold: ConceptFold,
  meaning: string,
) => ({ name, kind, unit, fold, meaning }) as const;

const entries = [
  concept("scrape.up", "gauge", "0 or 1", "mean", "whether the last scrape was answered and read"),
  concept("scrape.ms", "gauge", "ms", "max", "how long the last scrape took"),
  concept("scrape.failed", "counter", "scrapes", "sum", "scrapes that failed, since the run's start"),

  concept("server.queued", "gauge", "requests", "sum", "requests that wait for a place in a batch"),
  concept("server.queued.capacity", "gauge", "requests", "sum", "of these, those that wait for memory"),
  concept("server.running", "gauge", "requests", "sum", "requests in the running batch"),
  concept(
    "server.running.limit",
    "gauge",
    "requests",
    "sum",
    "most requests that may run at once (max_num_seqs, slots)",
  ),
  concept("server.kv.used", "gauge", "0 to 1", "max", "share of the KV cache in use"),
  concept("server.kv.tokens", "gauge", "tokens", "sum", "tokens that the whole KV cache holds"),
  concept("server.preempted", "counter", "requests", "sum", "running requests that lost their memory and began again"),
  concept("server.paused", "gauge", "requests", "sum", "requests that had begun and wait for memory"),
  concept("server.prompt.tokens", "counter", "tokens", "sum", "tokens of prompts, cached ones included"),
  concept("server.prompt.cached", "counter", "tokens", "sum", "of these, tokens found in the prefix cache"),
  concept("server.prompt.recomputed", "counter", "tokens", "sum", "tokens computed again after a preemption"),
  concept("server.output.tokens", "counter", "tokens", "sum", "tokens of answers"),
  concept("server.step.tokens", "counter", "tokens", "sum", "tokens of all steps"),
  concept("server.steps", "counter", "steps", "sum", "engine steps"),
  concept(
    "server.step.budget",
    "gauge",
    "tokens",
    "max",
    "most tokens that one step may compute (max_num_batched_tokens)",
  ),
  concept("server.busy", "gauge", "0 to 1", "max", "share of time in which the engine computed a step"),
  concept("server.requests", "counter", "requests", "sum", "requests that ended well"),
  concept("server.failed", "counter", "requests", "sum", "requests that failed"),
  concept("server.queue.ms", "counter", "ms", "sum", "time in the queue, all requests together"),
  concept("server.queue.count", "counter", "requests", "sum", "requests that server.queue.ms adds up"),
  concept(
    "server.prefill.ms",
    "counter",
    "ms",
    "sum",
    "time from the last scheduling to the first token, all requests together",
  ),
  concept("server.prefill.count", "counter", "requests", "sum", "requests that server.prefill.ms adds up"),
  concept("server.decode.ms", "counter", "ms", "sum", "time from the first to the last token, all requests together"),
  concept("server.decode.count", "counter", "requests", "sum", "requests that server.decode.ms adds up"),
  concept(
    "server.ttft.ms",
    "counter",
    "ms",
    "sum",
    "time to the first token as the server sees it, all requests together",
  ),
  concept("server.ttft.count", "counter", "requests", "sum", "requests that server.ttft.ms adds up"),
  concept("server.itl.ms", "counter", "ms", "sum", "gaps between tokens as the server sees them, all together"),
  concept("server.itl.count", "counter", "gaps", "sum", "gaps that server.itl.ms adds up"),
  concept(
    "server.tpot.ms",
    "counter",
    "ms",
    "sum",
    "time per output token, each request's own mean, all requests together",
  ),
  concept("server.tpot.count", "counter", "requests", "sum", "requests that server.tpot.ms adds up"),
  concept("server.e2e.ms", "counter", "ms", "sum", "time of whole requests as the server sees it, all together"),
  concept("server.e2e.count", "counter", "requests", "sum", "requests that server.e2e.ms adds up"),

  concept("replicas.ready", "gauge", "replicas", "sum", "replicas that take requests"),
  concept("replicas.wanted", "gauge", "replicas", "sum", "replicas that there should be"),
  concept("replicas.limit", "gauge", "replicas", "sum", "most replicas that scaling may make"),
  concept("replicas.restarts", "counter", "restarts", "sum", "containers that began again"),

  concept("gpu.used", "gauge", "0 to 1", "mean", "share of time in which a kernel ran on the GPU"),
  concept("gpu.tensor", "gauge", "0 to 1", "mean", "share of cycles in which the tensor pipe worked"),
  concept("gpu.dram", "gauge", "0 to 1", "mean", "share of cycles in which the GPU's memory moved data"),
  concept("gpu.memory", "gauge", "bytes", "sum", "memory of the GPU in use"),
  concept("gpu.memory.limit", "gauge", "bytes", "sum", "memory of the GPU, all of it"),
  concept("gpu.clock", "gauge", "MHz", "mean", "clock of the GPU's processors"),
  concept("gpu.power", "gauge", "watts", "sum", "power that the GPU draws"),

  concept("process.cpu", "counter", "seconds", "sum", "CPU time of the process"),
  concept("process.memory", "gauge", "bytes", "sum", "resident memory of the process"),
  concept("process.files", "gauge", "files", "max", "open files of the process"),
  concept("process.files.limit", "gauge", "files", "max", "most files that the process may open"),
  concept("process.waiting", "gauge", "pieces of work", "sum", "work that is ready and waits for a core"),
  concept("process.loop.lag", "gauge", "ms", "max", "lateness of the process's event loop"),
  concept("host.cpu", "gauge", "0 to 1", "max", "share of the host's CPU in use"),
  concept("host.memory", "gauge", "0 to 1", "max", "share of the host's memory in use"),
  concept("host.cores", "gauge", "cores", "sum", "cores of the host"),
  concept("host.disk", "gauge", "0 to 1", "max", "share of time in which the host's busiest disk worked"),
  concept("host.retransmits", "counter", "segments", "sum", "TCP segments that the host sent again"),

  concept("connections.used", "gauge", "connections", "sum", "connections to the server that are open"),
  concept("connections.waiting", "gauge", "requests", "sum", "requests that wait for a connection"),
  concept("connections.limit", "gauge", "connections", "sum", "most connections that the server takes"),
  concept(
    "connections.refused",
    "counter",
    "connections",
    "sum",
    "connections or requests that were turned away for want of room",
  ),
  concept("gateway.active", "gauge", "requests", "sum", "requests that a proxy has passed on and waits for"),
  concept("gateway.requests", "counter", "requests", "sum", "requests that a proxy took"),
  concept("gateway.retries", "counter", "requests", "sum", "requests that a proxy sent again"),
  concept("gateway.timeouts", "counter", "requests", "sum", "requests that a proxy gave up"),
  concept("gateway.overhead.ms", "counter", "ms", "sum", "time that a proxy itself took, all requests together"),
  concept("gateway.overhead.count", "counter", "requests", "sum", "requests that gateway.overhead.ms adds up"),
  concept("limits.requests.left", "gauge", "requests", "sum", "requests that a provider's limit still allows"),
  concept("limits.tokens.left", "gauge", "tokens", "sum", "tokens that a provider's limit still allows"),
  concept("limits.hit", "counter", "requests", "sum", "requests that a rate limit turned away"),

  concept("store.queries", "counter", "queries", "sum", "queries or commands answered"),
  concept("store.failed", "counter", "queries", "sum", "queries or commands that failed"),
  concept("store.query.ms", "counter", "ms", "sum", "time of the queries, all together"),
  concept("store.query.count", "counter", "queries", "sum", "queries that store.query.ms adds up"),
  concept("store.queue.ms", "counter", "ms", "sum", "time that queries waited inside the store, all together"),
  concept("store.queue.count", "counter", "queries", "sum", "queries that store.queue.ms adds up"),
  concept("store.active", "gauge", "queries", "sum", "queries that are being answered"),
  concept("store.waiting", "gauge", "queries", "sum", "queries that wait inside the store"),
  concept("cache.hits", "counter", "lookups", "sum", "lookups that found something"),
  concept("cache.misses", "counter", "lookups", "sum", "lookups that found nothing"),
  concept("cache.evicted", "counter", "entries", "sum", "entries that made room for others"),
  concept("cache.memory", "gauge", "0 to 1", "max", "share of the cache's memory in use"),
] as const satisfies readonly ServerConcept[];

export type ConceptName = (typeof entries)[number]["name"];

/** The one vocabulary of observed servers: what a scrape is mapped to, and what analysis and pages read. */
export const SERVER_CONCEPTS: readonly (ServerConcept & { readonly name: ConceptName })[] = entries;
