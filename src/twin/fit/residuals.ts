import { mean } from "../../stats/index.ts";
import type { Predicted } from "./replay.ts";
import type { Episode } from "./types.ts";

/** Which requests count: the fitted ones, or those held out. Told by their place in the order of arrival. */
export type Part = (index: number, of: number) => boolean;

/** How many requests a part has. */
export function countOf(episodes: readonly Episode[], part: Part): number {
  return episodes.reduce((sum, { requests }) => sum + requests.filter((_, i) => part(i, requests.length)).length, 0);
}

/** Log ratios of predicted over measured, one kind of episode and measure each. */
export interface Residuals {
  readonly groups: readonly ResidualGroup[];
}

export interface ResidualGroup {
  /** `run ttft`, `ladder tpot`. */
  readonly name: string;
  /** Means over the bins: a run's requests in BINS stretches of their arrival, each request of a designed experiment on its own. */
  readonly values: Float64Array;
  /** The requests' log ratios in each bin. */
  readonly members: readonly Float64Array[];
}

/**
 * Which request is preempted or waits a step longer turns on a hair in the model as in the engine; its neighbours' mean does not. So slopes and losses
 * are taken of means.
 */
const BINS = 12;
/** What stands for the log ratio of a request that the model never finished. */
const NEVER = Math.log(8);
/** ms below which differences of first-token times are the clock's own. */
const FLOOR = 1;

export function residuals(
  episodes: readonly Episode[],
  predicted: readonly Predicted[],
  overhead: number,
  part: Part,
): Residuals {
  const groups = new Map<string, Map<string, number[]>>();
  const add = (name: string, bin: string, value: number): void => {
    const held = Number.isNaN(value) ? NEVER : Math.max(-NEVER, Math.min(NEVER, value));
    const bins = groups.get(name) ?? new Map<string, number[]>();
    groups.set(name, bins);
    const list = bins.get(bin);
    if (list === undefined) bins.set(bin, [held]);
    else list.push(held);
  };
  for (const [e, episode] of episodes.entries()) {
    const model = predicted[e];
    if (model === undefined) continue;
    const { requests, kind } = episode;
    const members = [...requests.keys()].filter((i) => part(i, requests.length));
    const width = Math.max(1, members.length / BINS);
    for (const [order, i] of members.entries()) {
      const request = requests[i];
      if (request === undefined) continue;
      const bin = `${e} ${Math.floor(order / width)}`;
      const first = model.firstTokenAt[i] ?? Number.NaN;
      const measured = request.firstTokenAt - request.arrivedAt;
      if (!Number.isNaN(measured)) {
        const told = first + overhead - request.arrivedAt;
        add(`${kind} ttft`, bin, Math.log((told + FLOOR) / (Math.max(0, measured) + FLOOR)));
      }
      const decode = request.lastTokenAt - request.firstTokenAt;
      if (request.outputTokens < 2 || !(decode > 0)) continue;
      add(`${kind} tpot`, bin, Math.log(((model.lastTokenAt[i] ?? Number.NaN) - first) / decode));
    }
  }
  return {
    groups: [...groups].map(([name, bins]) => {
      const members = [...bins.values()].map((list) => Float64Array.from(list));
      return { name, values: Float64Array.from(members, (list) => mean(list)), members };
    }),
  };
}
