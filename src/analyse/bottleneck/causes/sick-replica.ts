import { type ConceptName, formatMs } from "../../../base/index.ts";
import { mean, median } from "../../../stats/index.ts";
import type { Column } from "../../facts/types.ts";
import { clue, figure, graded } from "../clue.ts";
import { joinedBins, meanOver, ratioOver, type Window } from "../scene/columns.ts";
import type { Scene } from "../scene/scene.ts";
import { readSpeeds } from "../scene/speeds.ts";
import type { Cause, Clue, Reading } from "../types.ts";
import { lostReplicas } from "./lost-replica.ts";

/** One replica is slower at the same work than its peers, and gets its share of the traffic all the same. */
export const sickReplica: Cause = {
  name: "sick-replica",
  explains: ["imbalance", "batch-limit", "decode", "prefill", "kv-cache", "pauses"],
  isResource: true,
  look(scene) {
    const { servers, replicas } = scene;
    const readings: Reading[] = servers.models.flatMap((part) => [
      ...[atServer(scene, part)].filter((one) => one !== undefined),
      ...lostReplicas(scene, part),
    ]);
    if (readings.length === 0) readings.push(...fromClient(scene));
    const several = servers.models.some((part) => servers.replicas("server.running", part).length > 1);
    const lacks =
      several || replicas.length > 1
        ? []
        : [
            {
              needs: "series by replica, or the header x-replica",
              hint: "Observe each replica's own metrics page, or let answers carry the header x-replica, to compare replicas with each other.",
            },
          ];
    return { readings, lacks };
  },
};

function atServer(scene: Scene, part: string): Reading | undefined {
  const speeds = readSpeeds(scene, part);
  const worst = speeds.toSorted((a, b) => b.ms - a.ms)[0];
  if (worst === undefined || speeds.length < 2) return undefined;
  const peers = median(speeds.filter((one) => one !== worst).map((one) => one.ms));
  const ratio = worst.ms / peers;
  return {
    component: `${part}/${worst.replica}`,
    title: `One replica of ${part} is far slower than the others, and still gets its share of the traffic.`,
    clues: [
      ...clue(graded(ratio, 1.4, 2.5, 3, 3), {
        measure: `${worst.measure} of replica ${worst.replica}`,
        unit: "ms",
        before: peers,
        after: worst.ms,
        words: `Replica ${worst.replica} takes ${figure(ratio)} times as long for a step as the others (${formatMs(worst.ms)}, ${formatMs(peers)}).`,
      }),
      ...shareOfTraffic(scene, part, worst.replica, ratio),
      ...sizeOfSteps(scene, part, worst.replica, ratio),
    ],
    onset: onsetOf(scene, part, worst.replica, peers),
  };
}

/** A replica that does less and still is slower is ill; one that does more is only busy. */
function shareOfTraffic(scene: Scene, part: string, replica: string, ratio: number): Clue[] {
  const { servers, windows } = scene;
  const bins = joinedBins(windows.blocks);
  const done = servers
    .replicas("server.output.tokens", part)
    .map((one) => ({ ...one, rate: meanOver(one.values, bins) }));
  const own = done.find((one) => one.replica === replica)?.rate ?? Number.NaN;
  const others = median(done.filter((one) => one.replica !== replica).map((one) => one.rate));
  return clue(ratio > 1.4 ? graded(own / others, 1.8, 1.2, 1.5, 2.5) : 0, {
    measure: `server.output.tokens of replica ${replica}`,
    unit: "tokens/s",
    before: others,
    after: own,
    words: `It writes ${figure(own)} tokens a second, the others ${figure(others)}: it is not slow because it does more.`,
  });
}

/**
 * Larger steps take longer on a well replica, too: what a step of its size takes its peers, by the straight line through their own bins
 * (least squares of ms over tokens a step).
 */
function sizeOfSteps({ servers, strained, windows }: Scene, part: string, replica: string, ratio: number): Clue[] {
  const of = (concept: ConceptName, name: string): Column | undefined =>
    servers.replicas(concept, part).find((one) => one.replica === name)?.values;
  const steps = (name: string, window: Window): { readonly tokens: number; readonly ms: number } => ({
    tokens: ratioOver(of("server.step.tokens", name), of("server.steps", name), window),
    ms: ratioOver(of("server.busy", name), of("server.steps", name), window) * 1000,
  });
  const peers = servers.replicas("server.steps", part).filter((one) => one.replica !== replica);
  const points = joinedBins(windows.blocks)
    .flatMap((bin) => peers.map((peer) => steps(peer.replica, [bin])))
    .filter(({ tokens, ms }) => Number.isFinite(tokens) && Number.isFinite(ms));
  if (points.length < 8 || ratio < 1.4) return [];
  const centre = { tokens: mean(points.map(({ tokens }) => tokens)), ms: mean(points.map(({ ms }) => ms)) };
  const spread = mean(points.map(({ tokens }) => (tokens - centre.tokens) ** 2));
  const slope = mean(points.map(({ tokens, ms }) => (tokens - centre.tokens) * (ms - centre.ms))) / spread;
  const own = steps(replica, strained);
  const expected = centre.ms + Math.max(0, slope || 0) * (own.tokens - centre.tokens);
  return clue(graded(own.ms / expected, 1.4, 2, 0, 3), {
    measure: `server.step.tokens of replica ${replica}`,
    unit: "ms a step",
    before: expected,
    after: own.ms,
    words: `A step of it holds ${figure(own.tokens)} tokens and takes ${formatMs(own.ms)}; the others would take ${formatMs(expected)} for as many.`,
  });
}

function onsetOf(scene: Scene, part: string, replica: string, peers: number): number | undefined {
  const [busy, steps] = (["server.busy", "server.steps"] as const).map(
    (concept) => scene.servers.replicas(concept, part).find((one) => one.replica === replica)?.values,
  );
  return joinedBins(scene.windows.blocks).find((bin, i, bins) => {
    const run = bins.slice(i, i + 5);
    return run.length === 5 && ratioOver(busy, steps, run) * 1000 > peers * 1.5 && bin >= 0;
  });
}

/** Only replicas of one part are peers. */
function fromClient(scene: Scene): Reading[] {
  const partOf = (name: string): string => scene.servers.models.find((part) => name.startsWith(`${part}/`)) ?? "";
  const parts = new Set(scene.replicas.map(({ name }) => partOf(name)));
  return [...parts].flatMap((part) => slowestOf(scene.replicas.filter(({ name }) => partOf(name) === part)) ?? []);
}

function slowestOf(replicas: Scene["replicas"]): Reading[] | undefined {
  const enough = replicas.filter(({ answers, tpot }) => answers >= 20 && Number.isFinite(tpot));
  const worst = enough.toSorted((a, b) => b.tpot - a.tpot)[0];
  if (worst === undefined || enough.length < 2) return undefined;
  const peers = median(enough.filter((one) => one !== worst).map((one) => one.tpot));
  return [
    {
      component: worst.name,
      title: "One replica is far slower than the others, and still gets its share of the traffic.",
      clues: clue(graded(worst.tpot / peers, 1.4, 2.5, 3, 3), {
        measure: `tpot.p50 of replica ${worst.name}`,
        unit: "ms",
        before: peers,
        after: worst.tpot,
        samples: worst.answers,
        words: `Answers of ${worst.name} take ${formatMs(worst.tpot)} a token, those of the others ${formatMs(peers)}.`,
      }),
      onset: undefined,
    },
  ];
}
