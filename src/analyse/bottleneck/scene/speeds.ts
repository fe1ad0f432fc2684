import type { ConceptName } from "../../../base/index.ts";
import { median } from "../../../stats/index.ts";
import { joinedBins, meanOver, ratioOver, type Window } from "./columns.ts";
import type { Scene } from "./scene.ts";

/** How long a replica takes for one piece of work, ms. */
export interface Speed {
  readonly replica: string;
  readonly ms: number;
  readonly measure: string;
}

/** Pairs of which the first over the second is a time a piece of work: computing time a step, gap a token, decode a request. */
const PAIRS: readonly (readonly [time: ConceptName, pieces: ConceptName, scale: number])[] = [
  ["server.busy", "server.steps", 1000],
  ["server.itl.ms", "server.itl.count", 1],
  ["server.tpot.ms", "server.tpot.count", 1],
  ["server.decode.ms", "server.decode.count", 1],
];

/** By the first pair that several replicas tell; replicas that did next to nothing are left out. Over the run or where it is worst, whichever shows more. */
export function readSpeeds({ servers, windows, strained }: Scene, part: string): readonly Speed[] {
  const all = speedsOver(servers, part, joinedBins(windows.blocks));
  const worst = speedsOver(servers, part, strained);
  return spread(worst) > spread(all) ? worst : all;
}

/** What fell ill midway is ill where it is worst, not on average over the run. */
function spread(speeds: readonly Speed[]): number {
  const all = speeds.map(({ ms }) => ms);
  return all.length < 2 ? 0 : Math.max(...all) / median(all);
}

function speedsOver(servers: Scene["servers"], part: string, bins: Window): readonly Speed[] {
  for (const [time, pieces, scale] of PAIRS) {
    const speeds = servers.replicas(time, part).flatMap(({ replica, values }) => {
      const count = servers.replicas(pieces, part).find((one) => one.replica === replica)?.values;
      const ms = ratioOver(values, count, bins) * scale;
      return meanOver(count, bins) > 0.2 && Number.isFinite(ms) ? [{ replica, ms, measure: time }] : [];
    });
    if (speeds.length > 1) return speeds;
  }
  return [];
}
