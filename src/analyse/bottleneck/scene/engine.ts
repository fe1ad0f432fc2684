import type { Column } from "../../facts/types.ts";
import { folded, joinedBins, meanOver, ratioOver, type Window } from "./columns.ts";
import { type PrefillWork, prefillWork } from "./prefill-work.ts";
import type { Scene } from "./scene.ts";

/** What a model server went through, at low load (`...Before`) and where it was worst. NaN: not told. */
export interface Engine {
  readonly queuedBefore: number;
  readonly queued: number;
  readonly runningBefore: number;
  readonly running: number;
  /** Most requests that ever ran at once on one replica: the told limit, else the greatest seen. */
  readonly most: number;
  /** Of the replicas' bins in which requests wait, the share in which the batch is at its most. */
  readonly plateau: number;
  readonly kvBefore: number;
  readonly kv: number;
  /** While requests wait: how full the cache is, and how many more of the running ones' size it has room for. */
  readonly kvWaiting: number;
  readonly room: number;
  /** Requests that had begun and wait for memory. */
  readonly paused: number;
  readonly preemptedBefore: number;
  readonly preempted: number;
  /** ms a token, from the server's own gaps where it tells them, else the client's. */
  readonly stepBefore: number;
  readonly step: number;
  /** Of the engine's work, what goes into reading prompts, 0 to 1; `prefillShareBefore` at low load. */
  readonly prefillShareBefore: number;
  readonly prefillShare: number;
  /** Of the time, what the engine computes. */
  readonly busy: number;
  /** Of the prompt tokens, those found in the prefix cache. */
  readonly cachedBefore: number;
  readonly cached: number;
}

/** A gauge is a mean over its bin: it is at its most when it is within half a request of it. */
const AT_MOST = 0.5;
/** Waiting requests from which on a bin counts as one in which requests wait. */
const WAITS = 0.5;

export function readEngine(scene: Scene, part: string): Engine {
  const { servers, base, strained, facts } = scene;
  const of = (concept: Parameters<typeof servers.of>[0]): Column | undefined => servers.of(concept, part);
  const pair = (column: Column | undefined) => [meanOver(column, base), meanOver(column, strained)] as const;
  const [queuedBefore, queued] = pair(of("server.queued"));
  const [runningBefore, running] = pair(of("server.running"));
  const [kvBefore, kv] = pair(of("server.kv.used"));
  const [preemptedBefore, preempted] = pair(of("server.preempted"));
  const { most, plateau } = batch(scene, part);
  const queue = of("server.queued");
  const waiting = joinedBins(scene.windows.blocks).filter((bin) => (queue?.[bin] ?? 0) > WAITS);
  const kvWaiting = meanOver(of("server.kv.used"), waiting);
  const step = (window: Window): number => {
    const gap = ratioOver(of("server.itl.ms"), of("server.itl.count"), window);
    const own = Number.isFinite(gap) ? gap : ratioOver(of("server.tpot.ms"), of("server.tpot.count"), window);
    return Number.isFinite(own) ? own : meanOver(facts.client.tpotP50, window, facts.client.attempts);
  };
  const work = (window: Window): PrefillWork => prefillWork(servers, part, scene.windows, window);
  const cached = (window: Window): number => ratioOver(of("server.prompt.cached"), of("server.prompt.tokens"), window);
  const { share, busy } = work(strained);
  return {
    queuedBefore,
    queued,
    runningBefore,
    running,
    most,
    plateau,
    kvBefore,
    kv,
    kvWaiting,
    room: (1 - kvWaiting) / ratioOver(of("server.kv.used"), meanRunning(scene, part), waiting),
    paused: meanOver(of("server.paused"), strained),
    preemptedBefore,
    preempted,
    stepBefore: step(base),
    step: step(strained),
    prefillShareBefore: work(base).share,
    prefillShare: share,
    busy,
    cachedBefore: cached(base),
    cached: cached(strained),
  };
}

/** A replica's: the cache is told as the fullest one's. */
function meanRunning({ servers }: Scene, part: string): Column | undefined {
  const replicas = Math.max(1, servers.replicas("server.running", part).length);
  return servers.of("server.running", part)?.map((value) => value / replicas);
}

function batch({ servers, windows, strained }: Scene, part: string): Pick<Engine, "most" | "plateau"> {
  const bins = [...new Set([...windows.blocks.flatMap((block) => block.bins), ...strained])];
  const queues = servers.replicas("server.queued", part);
  const whole = servers.of("server.running", part);
  const own = servers.replicas("server.running", part);
  const replicas = own.length > 0 ? own : whole === undefined ? [] : [{ replica: "", values: whole }];
  let [most, waiting, full] = [0, 0, 0];
  for (const { replica, values } of replicas) {
    const queue = queues.find((one) => one.replica === replica)?.values ?? servers.of("server.queued", part);
    const limit = meanOver(replicaLimit(servers, part, replica), bins);
    const greatest = Math.max(0, ...bins.map((bin) => values[bin] ?? 0).filter(Number.isFinite));
    const top = Number.isFinite(limit) ? limit : greatest;
    most = Math.max(most, top);
    for (const bin of bins) {
      if (!((queue?.[bin] ?? 0) > WAITS)) continue;
      waiting += 1;
      if ((values[bin] ?? 0) >= top - Math.max(AT_MOST, top * 0.02)) full += 1;
    }
  }
  return { most, plateau: waiting < 3 ? Number.NaN : full / waiting };
}

function replicaLimit(servers: Scene["servers"], part: string, replica: string): Column | undefined {
  const all = servers.replicas("server.running.limit", part);
  if (all.length > 0) return all.find((one) => one.replica === replica)?.values;
  return servers.replicas("server.running", part).length > 1
    ? undefined
    : folded(
        [servers.of("server.running.limit", part)].filter((one) => one !== undefined),
        "sum",
      );
}
