import type { StackPart, Summary } from "../../analyse/index.ts";
import { clockText, counted, formatCount, formatLatency, formatShare } from "../figures.ts";
import { plain } from "../text.ts";

interface Signal {
  readonly figures: string;
  /** undefined: the figures alone do not say, because it takes a run without the weakness to compare with. */
  readonly showed: boolean | undefined;
}

/** The figures of a run in which a weakness would show; undefined where the run does not have them. */
type Measure = (stack: Figures) => Signal | undefined;

/** The parts of a stack by their kind. */
class Figures {
  readonly summary: Summary;

  constructor(summary: Summary) {
    this.summary = summary;
  }

  parts(kind: string): readonly StackPart[] {
    return (this.summary.stack ?? []).filter((part) => part.kind === kind);
  }

  /** Of all parts of a kind the one whose gauge rose highest. */
  highest(kind: string, name: string): { part: string; most: number; at: number; last: number } | undefined {
    let found: { part: string; most: number; at: number; last: number } | undefined;
    for (const { part, gauges } of this.parts(kind)) {
      const gauge = gauges[name];
      if (gauge === undefined || (found !== undefined && gauge.greatest <= found.most)) continue;
      found = { part, most: gauge.greatest, at: gauge.greatestAt, last: gauge.last };
    }
    return found;
  }

  /** Over all parts of a kind; undefined where none counts it. */
  total(kind: string, name: string): number | undefined {
    const counts = this.parts(kind).flatMap(({ counters }) => counters[name] ?? []);
    return counts.length === 0 ? undefined : counts.reduce((a, b) => a + b, 0);
  }
}

const at = (ms: number): string => ` (${clockText(ms)})`;

function queueAt(stack: Figures, kind: string): { readonly text: string; readonly most: number } | undefined {
  const queue = stack.highest(kind, "queue");
  if (queue === undefined) return undefined;
  const when = queue.most > 0 ? at(queue.at) : "";
  return { text: `a queue of at most ${formatCount(queue.most)} at ${plain(queue.part)}${when}`, most: queue.most };
}

/** Where the sign is a queue before one kind of part; without one the part may still be slow. */
const queued =
  (kind: string): Measure =>
  (stack) => {
    const queue = queueAt(stack, kind);
    return queue && { figures: queue.text, showed: queue.most > 0 ? true : undefined };
  };

/** Where the sign is that something happened at all. */
const happened =
  (kind: string, name: string, words: string): Measure =>
  (stack) => {
    const count = stack.total(kind, name);
    return count === undefined ? undefined : { figures: `${formatCount(count)} ${words}`, showed: count > 0 };
  };

const degraded: Measure = happened("pool", "requests.degraded", "requests answered worse by a rule of the pool");

function cachedShare(stack: Figures): { readonly text: string; readonly cached: number } | undefined {
  const cached = stack.total("pool", "tokens.prompt.cached");
  const computed = stack.total("pool", "tokens.prompt.computed");
  if (cached === undefined || computed === undefined || cached + computed === 0) return undefined;
  const all = cached + computed;
  return { text: `${formatShare(cached / all)} of ${formatCount(all)} prompt tokens cached`, cached };
}

/** Requests behind a gateway for one before it, from which retries are a load of their own. */
const STORM = 1.1;
const NEARLY_FULL = 0.95;

/** By the weakness's name. */
const SIGNALS: Readonly<Record<string, Measure>> = {
  "kv-too-small": (stack) => {
    const kv = stack.highest("pool", "kv.used");
    const preemptions = stack.total("pool", "preemptions");
    if (kv === undefined || preemptions === undefined) return undefined;
    return {
      figures: `KV use at most ${formatShare(kv.most)}${at(kv.at)}, ${counted(preemptions, "preemption")}`,
      showed: preemptions > 0 || kv.most >= NEARLY_FULL,
    };
  },
  "batch-too-small": (stack) => {
    const kv = stack.highest("pool", "kv.used");
    const queue = queueAt(stack, "pool");
    if (kv === undefined || queue === undefined) return undefined;
    return {
      figures: `${queue.text}, KV use at most ${formatShare(kv.most)}`,
      showed: queue.most > 0 && kv.most < NEARLY_FULL,
    };
  },
  "memory-leak": (stack) => {
    const kv = stack.highest("pool", "kv.used");
    return (
      kv && {
        figures: `KV use ${formatShare(kv.last)} at the end of the run, at most ${formatShare(kv.most)}`,
        showed: kv.last > 0,
      }
    );
  },
  "prefix-cache-off": (stack) => {
    const share = cachedShare(stack);
    return share && { figures: share.text, showed: share.cached === 0 };
  },
  "prefix-blind": (stack) => {
    const share = cachedShare(stack);
    return share && { figures: share.text, showed: undefined };
  },
  "cold-start": (stack) => {
    const starting = stack.highest("pool", "replicas.starting");
    const queue = queueAt(stack, "pool");
    if (starting === undefined || queue === undefined) return undefined;
    return {
      figures: `at most ${counted(starting.most, "replica")} starting, ${queue.text}`,
      showed: starting.most > 0 && queue.most > 0,
    };
  },
  "flapping-autoscaler": (stack) => {
    const changes = stack.total("pool", "autoscale.changes");
    const turns = stack.total("pool", "autoscale.turns");
    if (changes === undefined || turns === undefined) return undefined;
    return {
      figures: `${counted(changes, "change")} of size, ${formatCount(turns)} of them back again`,
      showed: turns > 0,
    };
  },
  "embedder-bottleneck": queued("embedder"),
  "slow-retrieval": queued("vector-db"),
  "slow-auth": queued("station"),
  "tool-timeouts": happened("app", "timeouts", "calls by the app, or to it, timed out"),
  "cache-stampede": (stack) => {
    const flushes = stack.total("response-cache", "flushes");
    const misses = stack.total("response-cache", "misses");
    if (flushes === undefined || misses === undefined) return undefined;
    return {
      figures: `${counted(flushes, "flush", "flushes")}, ${counted(misses, "miss", "misses")}`,
      showed: flushes > 0 ? undefined : false,
    };
  },
  "router-skew": (stack) => {
    const sent = stack
      .parts("router")
      .flatMap(({ counters }) => Object.entries(counters).filter(([name]) => name.startsWith("sent.")));
    const [first, ...others] = sent.sort(([, a], [, b]) => b - a);
    const all = sent.reduce((sum, [, count]) => sum + count, 0);
    if (first === undefined || others.length === 0 || all === 0) return undefined;
    return {
      figures: `${formatShare(first[1] / all)} of ${formatCount(all)} requests to ${plain(first[0].slice("sent.".length))}`,
      showed: undefined,
    };
  },
  "provider-rate-limit": happened("external", "rejected", "requests rejected by the provider"),
  "region-failover": happened("regions", "away", "requests served by another region"),
  "retry-storm": (stack) => {
    const requests = stack.total("gateway", "requests");
    const tries = stack.total("gateway", "tries");
    if (requests === undefined || tries === undefined) return undefined;
    return {
      figures: `${formatCount(tries)} requests behind the gateway for ${formatCount(requests)} before it`,
      // Where retries carry a storm they are no small part of the load.
      showed: tries > STORM * requests,
    };
  },
  "no-shedding": (stack) => {
    const queues = ["gateway", "pool"].flatMap((kind) => queueAt(stack, kind) ?? []);
    const [longest] = queues.sort((a, b) => b.most - a.most);
    const refused =
      (stack.total("gateway", "shed") ?? 0) +
      (stack.total("gateway", "rejected") ?? 0) +
      (stack.total("pool", "requests.refused") ?? 0);
    return longest && { figures: `${formatCount(refused)} refused, ${longest.text}`, showed: longest.most > 0 };
  },
  "long-prompt-blocks-decodes": stalled,
  "noisy-host": stalled,
  "truncation-under-load": degraded,
  "context-trimmed-under-load": degraded,
  "fallback-model-under-load": degraded,
  "looping-under-load": degraded,
  "broken-json-under-load": degraded,
  "crossed-answers": degraded,
};

/** The users' own figure: an engine does not count its stalls. */
function stalled({ summary }: Figures): Signal | undefined {
  const { stall } = summary.total.metrics;
  if (stall?.max === undefined) return undefined;
  return {
    figures: `longest stall of an answer ${formatLatency(stall.max)} (n = ${formatCount(stall.n)})`,
    showed: undefined,
  };
}

/** What a run measured of a planted weakness, as a sentence or two. */
export function measuredOf(weakness: string, summary: Summary): string {
  const signal = SIGNALS[weakness]?.(new Figures(summary));
  if (signal === undefined) return "The stack's figures cannot tell it.";
  const { figures, showed } = signal;
  return showed === false ? `Nothing of it showed: ${figures}.` : `Measured: ${figures}.`;
}
