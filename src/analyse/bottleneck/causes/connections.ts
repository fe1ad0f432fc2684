import { formatMs } from "../../../base/index.ts";
import { clue, figure, graded, percent } from "../clue.ts";
import { firstBeyond, leftBaseline } from "../onset.ts";
import { meanOver } from "../scene/columns.ts";
import { changeOf, type Scene, shareOf, shareOfDelay } from "../scene/scene.ts";
import type { Cause, Clue, Reading } from "../types.ts";

/** Requests wait for, or are refused, a connection or a worker, while what stands behind has room. */
export const connections: Cause = {
  name: "connections",
  explains: ["network"],
  isResource: true,
  look(scene) {
    const { servers } = scene;
    const parts = new Set([...servers.parts("connections.waiting"), ...servers.parts("connections.refused")]);
    // A model server's refusals are its own full queue's.
    const doors = [...parts].filter((part) => !servers.models.includes(part));
    const readings = [...doors.map((part) => atServer(scene, part)), ...fromClient(scene)];
    const lacks =
      doors.length > 0
        ? []
        : [
            {
              needs: "connections.waiting, connections.refused",
              hint: "Add the metrics page of the gateway or proxy to the plan's observe section to see who waits at the door.",
            },
          ];
    return { readings, lacks };
  },
};

function atServer(scene: Scene, part: string): Reading {
  const { servers, facts, base, strained } = scene;
  const waiting = servers.of("connections.waiting", part);
  const refused = servers.of("connections.refused", part);
  const delay = shareOfDelay(scene, waiting);
  const turned = (window: typeof base): number => meanOver(refused, window) / meanOver(facts.load.started, window);
  const queue = changeOf(scene, waiting);
  const used = meanOver(servers.of("connections.used", part), strained);
  const limit = meanOver(servers.of("connections.limit", part), strained);
  return {
    component: part,
    title: `${part} lets in only so many requests at once, and the others wait outside or are turned away.`,
    clues: [
      ...clue(graded(delay, 0.1, 0.5, 2.5, turned(strained) > 0.02 ? 0 : 3), {
        measure: `connections.waiting of ${part}`,
        unit: "requests",
        ...queue,
        words: `${figure(queue.after)} requests wait at ${part}, ${percent(delay)} of the delay.`,
      }),
      ...clue(graded(turned(strained), 0.005, 0.05, 2, 0), {
        measure: `connections.refused of ${part}`,
        unit: "share of attempts",
        before: turned(base),
        after: turned(strained),
        words: `${part} turns away ${percent(turned(strained))} of the attempts.`,
      }),
      ...clue(graded(used / limit, 0.8, 0.97, 2, 2), {
        measure: `connections.used of ${part}`,
        unit: "connections",
        after: used,
        words: `${figure(used)} of ${figure(limit)} connections are in use.`,
      }),
      ...roomBehind(scene),
    ],
    onset: leftBaseline(scene, waiting) ?? firstBeyond(scene, refused, 0),
  };
}

/** Whoever queues behind the door is the reason why it is crowded. */
function roomBehind(scene: Scene): Clue[] {
  const behind = scene.places.filter(({ kind }) => kind !== "connections");
  if (behind.length === 0) return [];
  const share = Math.max(...behind.map(({ waiting }) => shareOfDelay(scene, waiting) || 0));
  const { before, after } = scene.tpot;
  return [
    ...clue(graded(share, 0.3, 0.05, 1, 2.5), {
      measure: "queues behind it",
      unit: "share of the delay",
      after: share,
      words: `What stands behind it queues for ${percent(share)} of the delay.`,
    }),
    ...clue(graded(after / before, 2.5, 1.4, 0.5, 2), {
      measure: "tpot.p50",
      unit: "ms",
      before,
      after,
      words: `Once let in, a token takes ${formatMs(after)}, ${formatMs(before)} at low load.`,
    }),
  ];
}

function fromClient(scene: Scene): Reading[] {
  const { facts, base, strained } = scene;
  const before = shareOf(scene, facts.client.refused, base);
  const after = shareOf(scene, facts.client.refused, strained);
  if (!(after > 0)) return [];
  return [
    {
      component: "target",
      title: "The target refuses connections when many come at once.",
      clues: clue(graded(after - before, 0.005, 0.05, 3, 2), {
        measure: "outcomes.refused.rate",
        unit: "share of attempts",
        before,
        after,
        words: `${percent(after)} of the attempts found no connection, ${percent(before)} at low load.`,
      }),
      onset: firstBeyond(scene, facts.client.refused, 0),
    },
  ];
}
