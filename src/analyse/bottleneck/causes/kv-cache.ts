import { formatMs } from "../../../base/index.ts";
import { clue, figure, graded, growth, percent } from "../clue.ts";
import { firstBeyond } from "../onset.ts";
import { type Engine, readEngine } from "../scene/engine.ts";
import type { Cause } from "../types.ts";

/** Use from which on the next long request finds no room. */
const FULL = 0.9;

/** The memory for running conversations is used up: requests wait for it, or are pushed out and computed again. */
export const kvCache: Cause = {
  name: "kv-cache",
  explains: ["batch-limit", "decode", "prefill"],
  isResource: true,
  look(scene) {
    const { servers } = scene;
    const parts = servers.parts("server.kv.used");
    const readings = parts.map((part) => {
      const engine = readEngine(scene, part);
      const used = servers.of("server.kv.used", part);
      return {
        component: part,
        title: `${part} runs out of memory for the conversations that it holds at once.`,
        clues: [
          ...clue(fullness(engine), {
            measure: `server.kv.used of ${part}`,
            unit: "0 to 1",
            before: engine.kvBefore,
            after: engine.kv,
            words: `The KV cache is ${percent(engine.kv)} full, ${percent(engine.kvBefore)} at low load${roomWords(engine)}.`,
          }),
          ...clue(graded(engine.preempted, 0, 0.05, 2, 0.7), {
            measure: `server.preempted of ${part}`,
            unit: "requests/s",
            before: engine.preemptedBefore,
            after: engine.preempted,
            words: `${figure(engine.preempted)} running answers a second are pushed out and begin again, ${figure(engine.preemptedBefore)} at low load.`,
          }),
          ...clue(graded(engine.paused, 0, 0.5, 2, 0), {
            measure: `server.paused of ${part}`,
            unit: "requests",
            after: engine.paused,
            words: `${figure(engine.paused)} answers that had begun wait for memory to go on.`,
          }),
          ...clue(graded(engine.queued, 0.2, 2, 1, 0.5), {
            measure: `server.queued of ${part}`,
            unit: "requests",
            before: engine.queuedBefore,
            after: engine.queued,
            words: `${figure(engine.queued)} requests wait.`,
          }),
          ...clue(engine.room < 1 ? 0 : graded(engine.plateau, 0.9, 0.5, 1, 1.5), {
            measure: `server.running of ${part}`,
            unit: "share of queued time at the most",
            after: engine.plateau,
            words: `While requests wait, the batch is at its most only ${percent(engine.plateau)} of the time: it is not the batch that is full.`,
          }),
          // Memory that an engine fills while it does nothing but read prompts is a queue of prompts: more of it would hold more of them, and answer none sooner.
          ...clue(engine.preempted < 0.05 && engine.busy > 0.9 ? graded(engine.prefillShare, 0.55, 0.75, -2, 0) : 0, {
            measure: `prompt tokens in the steps of ${part}`,
            unit: "share of computing time",
            after: engine.prefillShare,
            words: `The engine computes all the time, and reading prompts takes ${percent(engine.prefillShare)} of it: more memory would not make it quicker.`,
          }),
          ...clue(
            graded(
              growth(scene.residence.before, scene.residence.after),
              1.1,
              1.6,
              0.5,
              engine.queuedBefore > 1 ? 0 : 2,
            ),
            {
              measure: "time in the system",
              unit: "ms",
              ...scene.residence,
              words: `An attempt takes ${formatMs(scene.residence.after)}, ${formatMs(scene.residence.before)} at low load.`,
            },
          ),
        ],
        onset: firstBeyond(scene, used, FULL),
      };
    });
    const lacks =
      parts.length > 0
        ? []
        : [
            {
              needs: "server.kv.used, server.preempted",
              hint: "Add the model server's metrics page to the plan's observe section to see the use of its KV cache.",
            },
          ];
    return { readings, lacks };
  },
};

/** A cache is full when the next request finds no room, which for long requests is well below 100 %. */
function fullness({ kv, room, preempted }: Engine): number {
  const use = graded(kv, 0.7, 0.93, 2, 3);
  const next = graded(room, 4, 1, 2, 3);
  const best = Math.max(use, Number.isFinite(next) ? next : use);
  return preempted > 0.02 ? Math.max(0, best) : best;
}

function roomWords({ kvWaiting, room }: Engine): string {
  if (!Number.isFinite(room)) return "";
  return `; while requests wait it is ${percent(kvWaiting)} full and has room for ${figure(Math.max(0, room))} more`;
}
