import { median } from "../../../stats/index.ts";
import { clue, figure, graded, percent } from "../clue.ts";
import { leftBaseline } from "../onset.ts";
import { meanOver } from "../scene/columns.ts";
import type { Scene } from "../scene/scene.ts";
import { readSpeeds } from "../scene/speeds.ts";
import type { Cause, Clue, Reading } from "../types.ts";

interface Share {
  readonly name: string;
  readonly queued: number;
  readonly running: number;
  readonly column: Float64Array | undefined;
}

/** Some servers have a queue while their peers have room: the split of the traffic gives way, not the servers. */
export const imbalance: Cause = {
  name: "imbalance",
  explains: ["batch-limit", "decode", "prefill", "kv-cache"],
  isResource: true,
  look(scene) {
    const { servers, strained } = scene;
    const readings: Reading[] = servers.models.flatMap((part) => {
      const shares = servers.replicas("server.running", part).map(({ replica, values }): Share => {
        const column = servers.replicas("server.queued", part).find((one) => one.replica === replica)?.values;
        return { name: replica, queued: meanOver(column, strained), running: meanOver(values, strained), column };
      });
      return uneven(
        scene,
        part,
        shares,
        `One replica of ${part} is crowded while the others have room.`,
        speeds(scene, part),
      );
    });
    const between = servers.models.map((part): Share => {
      const column = servers.of("server.queued", part);
      return {
        name: part,
        queued: meanOver(column, strained),
        running: meanOver(servers.of("server.running", part), strained),
        column,
      };
    });
    readings.push(
      ...uneven(
        scene,
        undefined,
        between,
        "Almost all questions go to one model server while the others have room.",
        [],
      ),
    );
    return { readings, lacks: [] };
  },
};

function uneven(
  scene: Scene,
  part: string | undefined,
  shares: readonly Share[],
  title: string,
  more: readonly Clue[],
): Reading[] {
  const told = shares.filter(({ running }) => Number.isFinite(running));
  const worst = told.toSorted((a, b) => (b.queued || 0) - (a.queued || 0) || b.running - a.running)[0];
  if (worst === undefined || told.length < 2) return [];
  const others = told.filter((one) => one !== worst);
  const idle = others.filter(({ queued, running }) => !(queued > 0.3) && running < worst.running * 0.6);
  const usual = median(others.map(({ queued, running }) => (queued || 0) + running));
  const own = (worst.queued || 0) + worst.running;
  const name = part === undefined ? worst.name : `${part}/${worst.name}`;
  const clues = [
    ...clue(graded(own / Math.max(usual, 0.2), 2, 5, 2, 3), {
      measure: `requests at ${name}`,
      unit: "requests",
      before: usual,
      after: own,
      words: `${name} holds ${figure(own)} requests, its peers ${figure(usual)} each.`,
    }),
    ...clue(graded(worst.queued, 0.3, 3, 1.5, 2), {
      measure: `server.queued of ${name}`,
      unit: "requests",
      after: worst.queued,
      words: `${figure(worst.queued)} requests wait there.`,
    }),
    ...clue(graded(idle.length / others.length, 0.2, 0.9, 2, 2), {
      measure: "peers with room",
      unit: "share",
      after: idle.length / others.length,
      words: `${percent(idle.length / others.length)} of its peers have no queue and far fewer requests.`,
    }),
    ...more,
  ];
  return [{ component: name, title, clues, onset: leftBaseline(scene, worst.column) }];
}

/** Peers that take as long for a step are equally well. */
function speeds(scene: Scene, part: string): Clue[] {
  const all = readSpeeds(scene, part).map(({ ms }) => ms);
  if (all.length < 2) return [];
  const ratio = Math.max(...all) / median(all);
  return clue(graded(ratio, 2, 1.3, 0.5, 2.5), {
    measure: "time of a step, slowest replica over the median",
    unit: "ratio",
    after: ratio,
    words: `The slowest replica takes ${figure(ratio)} times as long for a step as the median one.`,
  });
}
