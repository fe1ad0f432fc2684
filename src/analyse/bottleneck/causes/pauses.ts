import { formatMs } from "../../../base/index.ts";
import { clue, figure, graded, percent } from "../clue.ts";
import { correlation, joinedBins, meanOver } from "../scene/columns.ts";
import { readEngine } from "../scene/engine.ts";
import type { Scene } from "../scene/scene.ts";
import type { Cause } from "../types.ts";

/** A gap counts as a pause from so many usual gaps and so many ms on. */
const TIMES = 8;
const AT_LEAST = 150;

/** The machine holds the server up now and then, at any load: all running answers stand still, and go on. */
export const pauses: Cause = {
  name: "pauses",
  explains: ["decode", "batch-limit"],
  isResource: true,
  look(scene) {
    const { facts, base, strained, servers } = scene;
    const { client } = facts;
    const bins = joinedBins(scene.windows.blocks);
    const usual = meanOver(client.itlP50, bins);
    const level = Math.max(AT_LEAST, usual * TIMES);
    const frozen = standstills(scene, bins);
    const paused = (window: readonly number[]): number => {
      const told = window.filter((bin) => Number.isFinite(client.itlP99[bin]) || frozen.has(bin));
      return told.length < 5
        ? Number.NaN
        : told.filter((bin) => (client.itlP99[bin] ?? 0) > level || frozen.has(bin)).length / told.length;
    };
    const [before, after] = [paused(base), paused(strained)];
    // Too few pauses in the whole run to expect any at low load say nothing about the load, and neither does a run of one load.
    const expected = paused(bins) * base.length;
    const isDecided = scene.windows.hasRange && expected >= 3;
    const reading = Math.max(0, ...servers.models.map((part) => readEngine(scene, part).prefillShare || 0));
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
            ...clue(isDecided ? graded(before, 0.01, 0.1, 2, 2.5) : 0, {
              measure: "itl.p99 at low load",
              unit: "share of bins with a pause",
              after: before,
              words: `At low load that is so in ${percent(before)} of them: load is not the reason.`,
            }),
            ...clue(servers.models.length > 0 ? 0 : isDecided && before > 0.05 ? -0.5 : -2.5, {
              measure: "server.preempted, server.prompt.tokens",
              unit: "",
              words: "No model server was observed: answers that are pushed out and long prompts make pauses, too.",
            }),
            ...clue(frozen.size >= 3 ? 2 : 0, {
              measure: "server.output.tokens",
              unit: "bins without a token",
              after: frozen.size,
              words: `In ${figure(frozen.size)} bins the server runs requests and writes nothing at all.`,
            }),
            ...clue(graded(reading, 0.35, 0.6, -2.5, 0), {
              measure: "prompt tokens in the steps",
              unit: "share of computing time",
              after: reading,
              words: `Reading prompts takes ${percent(reading)} of the engine's computing time, and running answers stand still meanwhile.`,
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
          onset: bins.find((bin) => (client.itlP99[bin] ?? 0) > level || frozen.has(bin)),
        },
      ],
      lacks: [],
    };
  },
};

/** Bins in which a model server runs requests and neither reads nor writes a token. */
function standstills({ servers }: Scene, bins: readonly number[]): ReadonlySet<number> {
  const found = servers.models.flatMap((part) => {
    const running = servers.of("server.running", part);
    const work = [servers.of("server.output.tokens", part), servers.of("server.prompt.tokens", part)];
    const usual = meanOver(work[0], bins);
    if (running === undefined || !(usual > 0)) return [];
    return bins.filter(
      (bin) =>
        (running[bin] ?? 0) >= 1 &&
        work.every((column) => column === undefined || (column[bin] ?? Number.NaN) < usual * 0.02),
    );
  });
  return new Set(found);
}
