import { formatMs } from "../../../base/index.ts";
import { clue, figure, graded, growth, percent } from "../clue.ts";
import { leftBaseline } from "../onset.ts";
import { readEngine } from "../scene/engine.ts";
import { shareOfDelay } from "../scene/scene.ts";
import type { Cause } from "../types.ts";

/** Requests wait for a place in the batch while the engine has memory left and its steps are hardly slower. */
export const batchLimit: Cause = {
  name: "batch-limit",
  explains: ["gateway", "network"],
  isResource: true,
  look(scene) {
    const { servers } = scene;
    const readings = servers.models
      .filter((part) => servers.of("server.queued", part) !== undefined)
      .map((part) => {
        const engine = readEngine(scene, part);
        const delay = shareOfDelay(scene, servers.of("server.queued", part));
        return {
          component: part,
          title: `${part} answers too few requests at once: they queue before a server that could do more.`,
          clues: [
            ...clue(graded(engine.queued, 0.3, 3, 1.5, 3), {
              measure: `server.queued of ${part}`,
              unit: "requests",
              before: engine.queuedBefore,
              after: engine.queued,
              words: `${figure(engine.queued)} requests wait for a place, ${figure(engine.queuedBefore)} at low load.`,
            }),
            ...clue(graded(delay, 0.15, 0.6, 1.5, 1.5), {
              measure: `time in the queue of ${part}`,
              unit: "share of the delay",
              after: delay,
              words: `${percent(delay)} of the time that attempts gained was spent in this queue.`,
            }),
            // Requests of one size fill memory to an even number, too: where no more fits, it says nothing.
            ...clue(engine.room < 1 ? 0 : graded(engine.plateau, 0.4, 0.85, 2, 2), {
              measure: `server.running of ${part}`,
              unit: "share of queued time at the most",
              after: engine.plateau,
              words: `While requests wait, ${percent(engine.plateau)} of the time exactly ${figure(engine.most)} run: a limit, not chance.`,
            }),
            ...clue(graded(Number.isFinite(engine.room) ? engine.room : (1 - engine.kv) * 20, 1, 4, 1.5, 2.5), {
              measure: `server.kv.used of ${part}`,
              unit: "0 to 1",
              before: engine.kvBefore,
              after: engine.kv,
              words: `The KV cache is ${percent(engine.kv)} full${Number.isFinite(engine.room) ? `: room for ${figure(Math.max(0, engine.room))} more requests while some wait` : ""}.`,
            }),
            ...clue(graded(growth(engine.stepBefore, engine.step), 3, 1.4, 1.5, 1.5), {
              measure: "time per output token",
              unit: "ms",
              before: engine.stepBefore,
              after: engine.step,
              words: `A token takes ${formatMs(engine.step)}, ${formatMs(engine.stepBefore)} at low load.`,
            }),
            ...clue(graded(engine.prefillShare, 0.75, 0.45, 0.5, 2), {
              measure: `prompt tokens in the steps of ${part}`,
              unit: "share of computed work",
              after: engine.prefillShare,
              words: `Reading prompts takes ${percent(engine.prefillShare)} of the engine's work.`,
            }),
            ...clue(engine.preempted > 0.02 ? -1.5 : 0.3, {
              measure: `server.preempted of ${part}`,
              unit: "requests/s",
              before: engine.preemptedBefore,
              after: engine.preempted,
              words: `${figure(engine.preempted)} running requests a second lose their memory.`,
            }),
          ],
          onset: leftBaseline(scene, servers.of("server.queued", part)),
        };
      });
    const lacks =
      readings.length > 0
        ? []
        : [
            {
              needs: "server.queued and server.running",
              hint: "Add the model server's metrics page to the plan's observe section to see its queue and its batch.",
            },
          ];
    return { readings, lacks };
  },
};
