import { type ConceptName, SERVER_CONCEPTS } from "../../base/index.ts";
import { mean } from "../../stats/index.ts";
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
  /** Growth while it was watched, as a share of its level, below which nobody has to act. */
  readonly least: number;
  /** What would explain a rise: requests at work. */
  readonly explainedBy?: Column;
  /** What it has to grow against, being held by requests at work: those, times the tokens of each where clients counted them. */
  readonly heldBy?: { readonly measure: string; readonly values: Column };
}

interface Entry {
  readonly concept: ConceptName;
  readonly kind: string;
  readonly what: string;
  readonly least: number;
  readonly limit?: number | ConceptName;
  readonly heldBy?: ConceptName;
}

const SERVERS: readonly Entry[] = [
  { concept: "process.memory", kind: "memory", what: "memory", least: 0.01 },
  { concept: "host.memory", kind: "memory", what: "the host's memory", least: 0.01, limit: 1 },
  { concept: "gpu.memory", kind: "memory", what: "GPU memory", least: 0.01 },
  { concept: "server.kv.used", kind: "kv", what: "KV memory", least: 0.05, limit: 1, heldBy: "server.running" },
  { concept: "process.files", kind: "files", what: "open files", least: 0.02, limit: "process.files.limit" },
  {
    concept: "connections.used",
    kind: "connections",
    what: "open connections",
    least: 0.02,
    limit: "connections.limit",
  },
  { concept: "process.loop.lag", kind: "lag", what: "lateness of the event loop", least: 0.1 },
];
/** Of a latency: less is within what days differ by. */
const LATENCY = 0.1;

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
      const heldBy = entry.heldBy === undefined ? undefined : heldOf(facts, servers, entry.heldBy, part);
      return [
        {
          kind: entry.kind,
          measure: entry.concept,
          unit: units.get(entry.concept) ?? "",
          component: part,
          values,
          what: entry.what,
          least: entry.least,
          ...(told === undefined ? {} : { limit: told }),
          ...(heldBy === undefined ? {} : { heldBy }),
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
      least: LATENCY,
      explainedBy: facts.load.inFlight,
      ...(limit === undefined ? {} : { limit }),
    };
  });
  return [...parts, ...latencies];
}

/** What is in memory of a request at work: its prompt and, on average, half of its answer. Attempts in flight where the server told of none. */
function heldOf(facts: Facts, servers: Servers, concept: ConceptName, part: string): NonNullable<Watched["heldBy"]> {
  const running = servers.of(concept, part);
  const [measure, values] =
    running === undefined ? ["attempts in flight", facts.load.inFlight] : [`${concept} of ${part}`, running];
  const tokens = facts.client.inputTokens.map((input, bin) => input + (facts.client.outputTokens[bin] || 0) / 2);
  const told = tokens.filter(Number.isFinite);
  if (told.length === 0) return { measure, values };
  const usual = mean(told);
  const weighed = values.map((value, bin) => {
    const own = tokens[bin] ?? Number.NaN;
    return value * (Number.isFinite(own) ? own : usual);
  });
  return { measure: `tokens of ${measure}`, values: weighed };
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
