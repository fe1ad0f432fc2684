import { formatMs } from "../../../base/index.ts";
import { clue, figure, graded, growth, percent } from "../clue.ts";
import { firstBeyond } from "../onset.ts";
import { joinedBins, meanOver, type Window } from "../scene/columns.ts";
import type { Scene } from "../scene/scene.ts";
import type { Cause, Clue } from "../types.ts";

/** Servers that are called for and not ready yet, while requests wait for them. */
export const coldStart: Cause = {
  name: "cold-start",
  explains: ["batch-limit", "decode", "prefill", "kv-cache", "imbalance"],
  isResource: true,
  look(scene) {
    const { servers, strained, facts } = scene;
    const parts = servers.parts("replicas.wanted");
    const readings = parts.map((part) => {
      const [ready, wanted] = [servers.of("replicas.ready", part), servers.of("replicas.wanted", part)];
      const missing = wanted?.map((value, bin) => value - (ready?.[bin] ?? 0));
      const short = meanOver(missing, strained) / meanOver(wanted, strained);
      const during = joinedBins(scene.windows.blocks).filter((bin) => (missing?.[bin] ?? 0) > 0.5);
      return {
        component: part,
        title: `${part} gets new servers too slowly: they are called for and not ready while requests wait.`,
        clues: [
          ...clue(graded(short, 0.1, 0.4, 2.5, 3), {
            measure: `replicas.wanted less replicas.ready of ${part}`,
            unit: "share of replicas",
            after: short,
            words: `Where it is worst, ${percent(short)} of the ${figure(meanOver(wanted, strained))} replicas called for are not ready.`,
          }),
          ...whileStarting(scene, during),
        ],
        onset: firstBeyond(scene, missing, 0.5),
      };
    });
    const lacks =
      parts.length > 0
        ? []
        : [
            {
              needs: "replicas.ready, replicas.wanted",
              hint: "Add kube-state-metrics to the plan's observe section to see replicas that are called for and not ready.",
            },
          ];
    return { readings: [...readings, ...(parts.length > 0 || facts.servers.length > 0 ? [] : early(scene))], lacks };
  },
};

/** Latency while replicas start, against the rest of the run. */
function whileStarting(scene: Scene, during: Window): Clue[] {
  const { client } = scene.facts;
  const inside = new Set(during);
  const rest = joinedBins(scene.windows.blocks).filter((bin) => !inside.has(bin));
  const [before, after] = [
    meanOver(client.responseP50, rest, client.attempts),
    meanOver(client.responseP50, during, client.attempts),
  ];
  return clue(graded(growth(before, after), 1.1, 2, 2, 2), {
    measure: "response.p50 while replicas start",
    unit: "ms",
    before,
    after,
    words: `Answers take ${formatMs(after)} while replicas start, ${formatMs(before)} otherwise.`,
  });
}

/** From the client alone: bad at the begin, good later, at no less load. */
function early(scene: Scene) {
  const { windows, facts } = scene;
  const { blocks } = windows;
  const tenth = Math.ceil(blocks.length / 10);
  const [first, second] = [blocks.slice(0, tenth), blocks.slice(tenth, tenth * 3)];
  const of = (some: typeof blocks): number => meanOver(facts.client.ttftMean, joinedBins(some), facts.client.attempts);
  const loadOf = (some: typeof blocks): number => some.reduce((sum, block) => sum + block.load, 0) / some.length;
  const [before, after] = [of(second), of(first)];
  const begin = new Set(joinedBins(first));
  // A run may begin cold, and suffer from something else later.
  const isWorst = scene.strained.filter((bin) => begin.has(bin)).length >= scene.strained.length / 2;
  if (!isWorst || blocks.length < 10 || !(loadOf(second) >= loadOf(first) * 0.9) || !(after > before * 2)) return [];
  return [
    {
      component: "target",
      title: "The service is slow to warm up: the first users wait, later ones at the same load do not.",
      clues: clue(graded(growth(before, after), 1.5, 4, 2.5, 2), {
        measure: "ttft.mean in the run's first tenth",
        unit: "ms",
        before,
        after,
        words: `First tokens take ${formatMs(after)} at the begin and ${formatMs(before)} afterwards, at no less load.`,
      }),
      onset: 0,
    },
  ];
}
