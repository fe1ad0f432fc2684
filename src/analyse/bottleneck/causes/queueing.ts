import { formatMs } from "../../../base/index.ts";
import { clue, graded, growth } from "../clue.ts";
import { leftBaseline } from "../onset.ts";
import type { Cause } from "../types.ts";

/** From the client alone: requests wait before their first token, and once begun go on as ever. Of what they wait for it says nothing. */
export const queueing: Cause = {
  name: "queueing",
  explains: [],
  isResource: false,
  look(scene) {
    const { ttft, tpot, facts } = scene;
    return {
      readings: [
        {
          component: "target",
          title: "Requests wait before their answer begins; what they wait for is not seen.",
          clues: [
            ...clue(graded(growth(ttft.before, ttft.after), 1.3, 3, 3, 3), {
              measure: "ttft.mean",
              unit: "ms",
              ...ttft,
              words: `The first token takes ${formatMs(ttft.after)}, ${formatMs(ttft.before)} at low load.`,
            }),
            ...clue(graded(growth(tpot.before, tpot.after), 1.8, 1.2, 1, 1), {
              measure: "tpot.p50",
              unit: "ms",
              ...tpot,
              words: `A token takes ${formatMs(tpot.after)}, ${formatMs(tpot.before)} at low load.`,
            }),
          ],
          onset: leftBaseline(scene, facts.client.ttftMean),
        },
      ],
      lacks: [],
    };
  },
};
