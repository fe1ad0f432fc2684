import { formatMs } from "../../../base/index.ts";
import { clue, figure, graded, percent } from "../clue.ts";
import { correlation, joinedBins, meanOver } from "../scene/columns.ts";
import { readEngine } from "../scene/engine.ts";
import type { Cause } from "../types.ts";

/** A gap counts as a pause from so many usual gaps and so many ms on. */
const TIMES = 8;
const AT_LEAST = 150;

/** The machine holds the server up now and then, at any load: all running answers stand still, and go on. */
export const pauses: Cause = {
  name: "pauses",
  explains: [],
  isResource: true,
  look(scene) {
    const { facts, base, strained, servers } = scene;
    const { client } = facts;
    const bins = joinedBins(scene.windows.blocks);
    const usual = meanOver(client.itlP50, bins);
    const level = Math.max(AT_LEAST, usual * TIMES);
    const paused = (window: readonly number[]): number => {
      const told = window.filter((bin) => Number.isFinite(client.itlP99[bin]));
      return told.length < 5
        ? Number.NaN
        : told.filter((bin) => (client.itlP99[bin] ?? 0) > level).length / told.length;
    };
    const [before, after] = [paused(base), paused(strained)];
    const prompts = Math.max(
      0,
      ...servers.models.map((part) => correlation(servers.of("server.prompt.tokens", part), client.itlP99, bins) || 0),
    );
    const preempted = Math.max(0, ...servers.models.map((part) => readEngine(scene, part).preempted || 0));
    if (!Number.isFinite(after)) return { readings: [], lacks: [] };
    return {
      readings: [
        {
          component: servers.models.length === 1 ? (servers.models[0] ?? "model") : "model",
          title: "The machine behind the model stands still now and then, whatever the load.",
          clues: [
            ...clue(graded(after, 0.03, 0.25, 2.5, 3), {
              measure: "itl.p99",
              unit: "share of bins with a pause",
              before,
              after,
              words: `In ${percent(after)} of the bins answers stand still for more than ${formatMs(level)}; a usual gap is ${formatMs(usual)}.`,
            }),
            ...clue(graded(before, 0.01, 0.1, 2, 2.5), {
              measure: "itl.p99 at low load",
              unit: "share of bins with a pause",
              after: before,
              words: `At low load that is so in ${percent(before)} of them: load is not the reason.`,
            }),
            ...clue(graded(prompts, 0.3, 0.6, -2.5, 0), {
              measure: "itl.p99 with prompt tokens",
              unit: "correlation",
              effect: prompts,
              test: "Pearson's correlation over bins",
              words: `Pauses go with the prompts that are read (r = ${figure(prompts)}).`,
            }),
            ...clue(graded(preempted, 0.02, 0.1, -2, 0), {
              measure: "server.preempted",
              unit: "requests/s",
              after: preempted,
              words: `${figure(preempted)} answers a second are pushed out, which makes pauses, too.`,
            }),
          ],
          onset: bins.find((bin) => (client.itlP99[bin] ?? 0) > level),
        },
      ],
      lacks: [],
    };
  },
};
