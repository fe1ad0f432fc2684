import { type Random, randomStream } from "../../base/index.ts";
import { createEngine } from "../engine/index.ts";
import type { Engine, EngineSpec, RequestFigures } from "../engine/types.ts";
import type { Prefix } from "./prefixes.ts";
import type { Episode } from "./types.ts";

/** An episode as the model served it: for each request ms since the episode's start. NaN: refused, or not finished within the model's patience. */
export interface Predicted {
  readonly firstTokenAt: Float64Array;
  readonly lastTokenAt: Float64Array;
  readonly preemptions: number;
}

export interface ReplayOptions {
  /** Engines behind the address, dealt to as vLLM's data-parallel front end does: least 4 waiting + running, then round robin. */
  readonly replicas: number;
  /**
   * Share of a prompt that is taken to be in the prefix cache, as a beginning that all prompts share, where the server did not say what it found; 0 to 1.
   */
  readonly hitRate: number;
  /** What the requests share with each other; undefined: nothing was found. */
  readonly prefixes: readonly Prefix[] | undefined;
}

/** A run that lasts this many times longer than the measured one is not followed further: no engine that could have made it is so slow. */
const PATIENCE = 4;

/** Draws nothing: a fit compares the model without noise, so that one set of coefficients has one loss. */
const SILENT: Random = randomStream(0, "fit");
/** Chained hashes of the shared beginning. */
const SHARED = 0x5eed;

/** Serves the episode's requests by the model, from idle. */
export function replay(episode: Episode, spec: EngineSpec, options: ReplayOptions): Predicted {
  const { requests } = episode;
  const n = requests.length;
  const firstTokenAt = new Float64Array(n).fill(Number.NaN);
  const lastTokenAt = new Float64Array(n).fill(Number.NaN);
  const most = requests.reduce((sum, one) => sum + one.inputTokens + one.outputTokens + spec.blockSize, 0);
  const quiet: EngineSpec = {
    ...spec,
    noise: { ...spec.noise, sigma: 0, stallProbability: 0 },
    // Without common beginnings only who was preempted finds anything, and where all fit at once nobody is; an engine without the cache is made faster.
    prefixCache:
      spec.prefixCache &&
      (options.hitRate > 0 || options.prefixes !== undefined || most > spec.blocks * spec.blockSize),
  };
  const engines: readonly Engine[] = Array.from({ length: options.replicas }, () =>
    createEngine(quiet, SILENT, { fastForward: true }),
  );
  let open = 0;
  let preemptions = 0;
  const limit = PATIENCE * requests.reduce((end, { lastTokenAt: last }) => Math.max(end, last), 1);
  const advance = (to: number): void => {
    for (const engine of engines) engine.advance(to);
  };
  for (const [i, request] of requests.entries()) {
    advance(request.arrivedAt);
    const engine = leastBusy(engines, i);
    const { inputTokens } = request;
    const prefix = options.prefixes?.[i];
    const isTold = !Number.isNaN(request.cachedTokens);
    const shared = isTold ? 0 : Math.floor((options.hitRate * inputTokens) / spec.blockSize);
    const refusal = engine.submit(
      {
        id: i,
        inputTokens,
        outputTokens: request.outputTokens,
        priority: 0,
        blockHashes: shared === 0 ? prefix?.blockHashes : hashes(i, shared, Math.floor(inputTokens / spec.blockSize)),
        ...(prefix?.answerBlockHash === undefined ? {} : { answerBlockHash: prefix.answerBlockHash }),
        ...(prefix?.knownCached === undefined ? {} : { knownCached: prefix.knownCached }),
        cell: 0,
        listener: {
          firstToken: (at) => {
            firstTokenAt[i] = at;
          },
          finished: (at: number, figures: RequestFigures) => {
            lastTokenAt[i] = at;
            preemptions += figures.preemptions;
            open--;
          },
        },
      },
      request.arrivedAt,
    );
    if (refusal === undefined) open++;
  }
  while (open > 0) {
    const next = Math.min(...engines.map((engine) => engine.nextAt));
    if (next > limit) break;
    // A stretch at a time, so that the engine may jump over runs of equal steps.
    advance(Math.min(limit, next + limit / 16));
  }
  return { firstTokenAt, lastTokenAt, preemptions };
}

function leastBusy(engines: readonly Engine[], turn: number): Engine {
  let best = engines[turn % engines.length];
  if (best === undefined) throw new RangeError("a replay needs an engine");
  const score = (engine: Engine): number => 4 * engine.waiting + engine.running;
  for (let k = 1; k < engines.length; k++) {
    const other = engines[(turn + k) % engines.length];
    if (other !== undefined && score(other) < score(best)) best = other;
  }
  return best;
}

/** The shared beginning's blocks, then blocks that nobody shares. */
function hashes(request: number, shared: number, blocks: number): Float64Array {
  return Float64Array.from({ length: blocks }, (_, k) =>
    k < shared ? SHARED * 2 ** 20 + k : (request + 1) * 2 ** 24 + k,
  );
}
