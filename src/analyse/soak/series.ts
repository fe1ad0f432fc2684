import { type ConceptName, SERVER_CONCEPTS } from "../../base/index.ts";
import { Servers } from "../bottleneck/scene/servers.ts";
import type { ClientColumns, Column, Facts } from "../facts/types.ts";

/** A series that should stay where it is while the load does. */
export interface Watched {
  readonly kind: string;
  /** A concept or a metric. */
  readonly measure: string;
  readonly unit: string;
  readonly component: string;
  readonly values: Column;
  /** As a person would say it. */
  readonly what: string;
  /** The value at which something gives way; absent where nobody told one. */
  readonly limit?: number;
  /** What would explain a rise: requests at work. */
  readonly explainedBy?: Column;
}

interface Entry {
  readonly concept: ConceptName;
  readonly kind: string;
  readonly what: string;
  readonly limit?: number | ConceptName;
  readonly explainedBy?: ConceptName;
}

const SERVERS: readonly Entry[] = [
  { concept: "process.memory", kind: "memory", what: "memory" },
  { concept: "host.memory", kind: "memory", what: "the host's memory", limit: 1 },
  { concept: "gpu.memory", kind: "memory", what: "GPU memory" },
  { concept: "server.kv.used", kind: "kv", what: "KV memory", limit: 1, explainedBy: "server.running" },
  { concept: "process.files", kind: "files", what: "open files", limit: "process.files.limit" },
  { concept: "connections.used", kind: "connections", what: "open connections", limit: "connections.limit" },
  { concept: "process.loop.lag", kind: "lag", what: "lateness of the event loop" },
];

interface Latency {
  readonly column: keyof ClientColumns;
  /** Metric and percentile (in percent) of a limit in the plan. */
  readonly metric: string;
  readonly percentile: number;
  readonly what: string;
}

const LATENCIES: readonly Latency[] = [
  { column: "ttftP50", metric: "ttft", percentile: 50, what: "the time to the first token" },
  { column: "responseP50", metric: "response", percentile: 50, what: "the response time" },
  { column: "itlP50", metric: "itl", percentile: 50, what: "the gap between tokens" },
];

export function watchedSeries(facts: Facts): readonly Watched[] {
  const servers = new Servers(facts.servers);
  const units = new Map<string, string>(SERVER_CONCEPTS.map(({ name, unit }) => [name, unit]));
  const parts = SERVERS.flatMap((entry) =>
    servers.parts(entry.concept).flatMap((part): Watched[] => {
      const values = servers.of(entry.concept, part);
      if (values === undefined) return [];
      const told = typeof entry.limit === "string" ? greatest(servers.of(entry.limit, part)) : entry.limit;
      const explainedBy = entry.explainedBy === undefined ? undefined : servers.of(entry.explainedBy, part);
      return [
        {
          kind: entry.kind,
          measure: entry.concept,
          unit: units.get(entry.concept) ?? "",
          component: part,
          values,
          what: entry.what,
          ...(told === undefined ? {} : { limit: told }),
          ...(explainedBy === undefined ? {} : { explainedBy }),
        },
      ];
    }),
  );
  const latencies = LATENCIES.map(({ column, metric, percentile, what }): Watched => {
    const limit = limitOf(facts, metric, percentile);
    return {
      kind: "latency",
      measure: `${metric}.p${percentile}`,
      unit: "ms",
      component: "target",
      values: facts.client[column],
      what,
      explainedBy: facts.load.inFlight,
      ...(limit === undefined ? {} : { limit }),
    };
  });
  return [...parts, ...latencies];
}

function greatest(column: Column | undefined): number | undefined {
  const values = column?.filter((value) => value > 0);
  return values === undefined || values.length === 0 ? undefined : Math.max(...values);
}

/** The strictest limit from above that the plan sets on this percentile. */
function limitOf({ manifest }: Facts, metric: string, percentile: number): number | undefined {
  const limits = manifest.slo.flatMap(({ subject, operator, limit }) =>
    subject.kind === "metric" &&
    subject.metric === metric &&
    typeof subject.aggregate === "object" &&
    subject.aggregate.percentile === percentile &&
    operator.startsWith("<") &&
    limit.kind === "value"
      ? [limit.value]
      : [],
  );
  return limits.length === 0 ? undefined : Math.min(...limits);
}
