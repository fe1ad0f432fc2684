import { clue, figure, graded, percent } from "../clue.ts";
import { joinedBins } from "../scene/columns.ts";
import type { Scene } from "../scene/scene.ts";
import type { Reading } from "../types.ts";

/** Bins that a replica must have been at work, and then be gone. */
const BEFORE = 3;
const GONE = 3;
/** Bins around a departure in which what it held fails. */
const AROUND = 2;

/** A replica that ran requests falls to none at once while its peers run on, and what fails for users fails then: it died. */
export function lostReplicas(scene: Scene, part: string): Reading[] {
  const { servers, facts, harm, windows } = scene;
  const running = servers.replicas("server.running", part);
  const bins = joinedBins(windows.blocks);
  if (running.length < 2 || !(harm.errorsRose || harm.broken.length > 0)) return [];
  const failed = bins.reduce((sum, bin) => sum + (facts.load.errors[bin] || 0), 0);
  if (failed === 0) return [];
  return running.flatMap(({ replica, values }) => {
    const peers = running.filter((one) => one.replica !== replica);
    const works = (column: Float64Array, bin: number): boolean => (column[bin] ?? 0) > 0.5;
    const departures = bins.filter((bin, i) => {
      const [before, after] = [bins.slice(i - BEFORE, i), bins.slice(i, i + GONE)];
      return (
        i >= BEFORE &&
        after.length === GONE &&
        before.every((one) => works(values, one)) &&
        after.slice(1).every((one) => values[one] === 0) &&
        (values[bin] ?? 1) < (values[bin - 1] ?? 0) &&
        after.every((one) => peers.some((peer) => works(peer.values, one)))
      );
    });
    const times = departures.filter((bin, i) => bin - (departures[i - 1] ?? Number.NEGATIVE_INFINITY) > GONE);
    if (times.length === 0) return [];
    const near = bins.filter((bin) => times.some((at) => Math.abs(bin - at) <= AROUND));
    const then = near.reduce((sum, bin) => sum + (facts.load.errors[bin] || 0), 0) / failed;
    const expected = near.length / bins.length;
    return [
      {
        component: `${part}/${replica}`,
        title: `One replica of ${part} dies, and takes the answers with it that it was writing.`,
        clues: [
          ...clue(graded(then, 0.2, 0.7, 3, 3), {
            measure: `errors when replica ${replica} is gone`,
            unit: "share of errors",
            before: expected,
            after: then,
            words: `${percent(then)} of what fails does so within ${figure(AROUND)} bins of the moments at which replica ${replica} is gone, ${percent(expected)} of the time.`,
          }),
          ...clue(1.5, {
            measure: `server.running of replica ${replica}`,
            unit: "times that it fell to none at once",
            after: times.length,
            words: `Replica ${replica} drops all that it runs ${times.length === 1 ? "once" : `${figure(times.length)} times`} while its peers run on.`,
          }),
        ],
        onset: times[0],
      },
    ];
  });
}
