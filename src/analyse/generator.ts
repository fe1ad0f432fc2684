import { formatMs, formatNumber } from "../base/index.ts";
import type { RunManifest, RunReader } from "../record/index.ts";
import { carries, nearestRank } from "../stats/index.ts";
import { GENERATOR_BOUNDS } from "./bounds.ts";
import type { End } from "./ending.ts";
import type { Measurements } from "./measure.ts";
import { metricSummary } from "./metric-summary.ts";
import { longestAtLeast, type Point, pointsOf } from "./own-series.ts";
import type { Distribution } from "./scope.ts";
import type { Summary } from "./summary-schema.ts";

export type Generator = Summary["generator"];

/** Everything that the rules look at. */
interface Health {
  /** ms; the plan's own, else the defaults. */
  readonly bounds: { readonly startLag: number; readonly loopDelay: number };
  readonly startLag: Distribution | undefined;
  /** p50 of what a user waits for: the first token, or where nothing streams the response. */
  readonly latency: { readonly name: string; readonly p50: number } | undefined;
  readonly loopDelay: Generator["loopDelay"];
  readonly busyFor: number;
  readonly worst: number;
  /** The run was ended before its plan was. */
  readonly cutShort: boolean;
  /** Share of the due sessions that started, and how many did not. */
  readonly delivered: { readonly share: number; readonly missing: number } | undefined;
  readonly sharedReads: Generator["sharedReads"];
  readonly hooks: Generator["hooks"];
}

/** One sentence part for each bound that was broken, with the measured number; a rule that lacks its inputs says nothing. */
const RULES: readonly ((health: Health) => string | undefined)[] = [
  ({ startLag, latency, bounds }) => {
    const { shareOfLatency } = GENERATOR_BOUNDS.startLag;
    const ms = bounds.startLag;
    const p = [0.99, 0.95, 0.9].find((wanted) => startLag !== undefined && carries(startLag.n, wanted));
    const lag = p === undefined ? undefined : startLag?.quantiles.get(p);
    if (p === undefined || lag === undefined || latency === undefined) return undefined;
    if (lag <= ms || lag <= latency.p50 * shareOfLatency) return undefined;
    const percent = formatNumber((lag / latency.p50) * 100);
    return `start lag p${p * 100} is ${formatMs(lag)}, ${percent} % of the ${latency.name} p50; the bounds are ${ms} ms and ${shareOfLatency * 100} %`;
  },
  ({ loopDelay, bounds }) =>
    loopDelay && loopDelay.p99 > bounds.loopDelay
      ? `event-loop delay p99 is ${formatMs(loopDelay.p99)}; the bound is ${bounds.loopDelay} ms`
      : undefined,
  ({ hooks, bounds }) =>
    hooks !== undefined && hooks.slowest > bounds.loopDelay
      ? `a hook of the plan took ${formatMs(hooks.slowest)}, and nothing else happened meanwhile; the bound is ${bounds.loopDelay} ms`
      : undefined,
  ({ busyFor, worst }) => {
    const { utilisation, ms } = GENERATOR_BOUNDS.busy;
    if (busyFor < ms) return undefined;
    return `a worker's event loop was above ${utilisation * 100} % busy for ${formatMs(busyFor)} (${formatNumber(worst * 100)} % in its worst second); the bound is ${formatMs(ms)}`;
  },
  ({ delivered, cutShort }) => {
    const { ratio, cutOff } = GENERATOR_BOUNDS.delivered;
    if (delivered === undefined || delivered.share >= ratio) return undefined;
    if (cutShort && delivered.missing <= cutOff) return undefined;
    return `${formatNumber(delivered.share * 100)} % of the sessions that were due started; the bound is ${ratio * 100} %`;
  },
  ({ sharedReads, loopDelay, worst }) => {
    const { above, loopDelayMs, utilisation } = GENERATOR_BOUNDS.sharedReads;
    // A server that batches under load makes them too: without a sign of lateness they are its own.
    if (worst < utilisation && (loopDelay?.p99 ?? 0) < loopDelayMs) return undefined;
    if (sharedReads?.atRest === undefined || sharedReads.share - sharedReads.atRest <= above) return undefined;
    return `${formatNumber(sharedReads.share * 100)} % of the content events shared a socket read, ${formatNumber(sharedReads.atRest * 100)} % at rest; the bound is ${above * 100} points more`;
  },
];

/** In virtual time nothing is late, and there was no generator whose figures could be told. */
const NO_GENERATOR: Generator = { limited: false, why: [], startLag: { n: 0 } };

/** The generator's own health, and whether it limited the run. */
export async function generatorHealth(run: RunReader, measurements: Measurements, end: End): Promise<Generator> {
  if (run.manifest.run.simulated !== undefined) return NO_GENERATOR;
  const total = measurements.of({});
  const busy = await pointsOf(run, "generator.loop.utilisation");
  const noise = {
    p50: await pointsOf(run, "generator.noise.p50"),
    p99: await pointsOf(run, "generator.noise.p99"),
  };
  const { ttft, response, startLag } = total.metrics;
  const waited = ttft
    ? { name: "first token's", of: ttft }
    : response
      ? { name: "response time's", of: response }
      : undefined;
  const p50 = waited?.of.quantiles.get(0.5);
  const { generator } = run.manifest;
  const health: Health = {
    bounds: {
      startLag: generator?.maxStartLag ?? GENERATOR_BOUNDS.startLag.ms,
      loopDelay: generator?.maxLoopDelay ?? GENERATOR_BOUNDS.loopDelay.ms,
    },
    startLag,
    latency: waited && p50 !== undefined ? { name: waited.name, p50 } : undefined,
    loopDelay: await loopDelay(run),
    busyFor: longestAtLeast(busy, GENERATOR_BOUNDS.busy.utilisation),
    worst: maximum(busy),
    cutShort: end.cause !== "finished",
    delivered: await delivered(run),
    sharedReads: sharedReads(run.manifest, measurements),
    hooks: await hookCost(run),
  };
  const why = RULES.flatMap((rule) => rule(health) ?? []);
  return {
    limited: why.length > 0,
    why,
    startLag: metricSummary(startLag),
    ...(health.loopDelay ? { loopDelay: health.loopDelay } : {}),
    ...(busy.length > 0
      ? { cpu: { worst: health.worst, mean: busy.reduce((sum, { value }) => sum + value, 0) / busy.length } }
      : {}),
    ...(noise.p50.length > 0 && noise.p99.length > 0
      ? { noiseFloor: { p50: maximum(noise.p50), p99: maximum(noise.p99) } }
      : {}),
    ...(health.hooks === undefined ? {} : { hooks: health.hooks }),
    ...(health.sharedReads ? { sharedReads: health.sharedReads } : {}),
    ...(health.delivered === undefined ? {} : { delivered: health.delivered.share }),
  };
}

/** Over all workers: their last totals, and the slowest call of any. */
async function hookCost(run: RunReader): Promise<Generator["hooks"]> {
  const of = async (name: "calls" | "time" | "slowest"): Promise<readonly Point[]> =>
    pointsOf(run, `generator.hooks.${name}`);
  const [calls, time, slowest] = [await of("calls"), await of("time"), await of("slowest")];
  if (calls.length === 0) return undefined;
  const lastOf = (points: readonly Point[]): number => {
    const last = new Map<string, number>();
    for (const { labels, value } of points) last.set(labels, value);
    return [...last.values()].reduce((sum, value) => sum + value, 0);
  };
  return { calls: lastOf(calls), time: lastOf(time), slowest: maximum(slowest) };
}

function maximum(points: readonly Point[]): number {
  return points.reduce((largest, { value }) => Math.max(largest, value), 0);
}

/**
 * Over all seconds of all workers: the median of each second's p50, the 95th percentile of each second's p99 (a single slow second, a
 * garbage collection, is no limit), the largest maximum.
 */
async function loopDelay(run: RunReader): Promise<Generator["loopDelay"]> {
  const of = async (name: "p50" | "p99" | "max"): Promise<Float64Array> =>
    Float64Array.from(await pointsOf(run, `generator.loop.delay.${name}`), ({ value }) => value).sort();
  const [p50, p99, max] = [await of("p50"), await of("p99"), await of("max")];
  if (p50.length === 0 || p99.length === 0 || max.length === 0) return undefined;
  return { p50: nearestRank(p50, 0.5), p99: nearestRank(p99, 0.95), max: nearestRank(max, 1) };
}

/** Of the sessions that were due in open stages, those that the generator had ready; a wait that the plan's own cap asks for is not its fault. */
async function delivered(run: RunReader): Promise<Health["delivered"]> {
  const asked = (await pointsOf(run, "sessions.asked")).at(-1);
  const started = (await pointsOf(run, "sessions.due")).at(-1);
  if (asked === undefined || started === undefined || asked.value <= 0) return undefined;
  return { share: started.value / asked.value, missing: asked.value - started.value };
}

/** Shares under load against those of the rest stages: a server that sends two events at once does so at rest, too. */
function sharedReads({ stages }: RunManifest, measurements: Measurements): Generator["sharedReads"] {
  const tally = (kinds: (kind: string) => boolean): { events: number; shared: number } => {
    const sum = { events: 0, shared: 0 };
    for (const stage of stages) {
      if (!kinds(stage.kind)) continue;
      const { events, sharedEvents } = measurements.of({ stage: stage.name });
      sum.events += events;
      sum.shared += sharedEvents;
    }
    return sum;
  };
  const load = tally((kind) => kind !== "rest");
  const rest = tally((kind) => kind === "rest");
  if (load.events === 0) return undefined;
  return {
    share: load.shared / load.events,
    ...(rest.events > 0 ? { atRest: rest.shared / rest.events } : {}),
  };
}
