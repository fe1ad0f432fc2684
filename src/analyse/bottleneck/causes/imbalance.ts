import { median } from "../../../stats/index.ts";
import { clue, figure, graded, percent } from "../clue.ts";
import { leftBaseline } from "../onset.ts";
import { joinedBins, meanOver } from "../scene/columns.ts";
import type { Scene } from "../scene/scene.ts";
import { readSpeeds } from "../scene/speeds.ts";
import type { Cause, Clue, Reading } from "../types.ts";

/** Times the peers' arrivals up to which a server is sent as much as they. */
const EVEN = 1.1;
/** Requests that wait, from which on there is a queue. */
const WAITS = 0.3;

interface Share {
  readonly name: string;
  readonly queued: number;
  readonly running: number;
  readonly column: Float64Array | undefined;
  /** Requests a second that came over the run: what was answered, and what is still there at the end. NaN where it is not told. */
  readonly arrived: number;
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
        const answered = servers.replicas("server.requests", part).find((one) => one.replica === replica)?.values;
        const arrived = arrivedOver(scene, answered, [column, values]);
        return {
          name: replica,
          queued: meanOver(column, strained),
          running: meanOver(values, strained),
          column,
          arrived,
        };
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
        arrived: arrivedOver(scene, servers.of("server.requests", part), [column, servers.of("server.running", part)]),
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

function arrivedOver(
  { windows }: Scene,
  answered: Float64Array | undefined,
  held: readonly (Float64Array | undefined)[],
): number {
  const bins = joinedBins(windows.blocks);
  const left = held.reduce((sum, column) => sum + (meanOver(column, bins.slice(-3)) || 0), 0);
  return meanOver(answered, bins) + left / bins.length;
}

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
  const idle = others.filter(({ queued, running }) => !(queued > WAITS) && running < worst.running * 0.6);
  const usual = median(others.map(({ queued, running }) => (queued || 0) + running));
  const sent = median(others.map(({ arrived }) => arrived));
  // Sent as much as its peers, it is crowded because it is slower or weaker than they, not because of the split.
  if (worst.arrived < sent * EVEN) return [];
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
    ...clue(graded(worst.arrived / sent, 1.05, 1.4, 0.5, 2.5), {
      measure: `requests sent to ${name}`,
      unit: "requests/s",
      before: sent,
      after: worst.arrived,
      words: `${name} is sent ${figure(worst.arrived)} requests a second, its peers ${figure(sent)} each.`,
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
    ...clue(scene.harm.beforeFirstToken && !(worst.queued > WAITS) ? -3 : 0, {
      measure: `server.queued of ${name}`,
      unit: "requests",
      after: worst.queued,
      words: "Only first tokens are too late, and nothing waits there before its first token.",
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
