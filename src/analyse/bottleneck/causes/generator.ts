import { formatMs } from "../../../base/index.ts";
import { clue, graded, percent } from "../clue.ts";
import { leftBaseline } from "../onset.ts";
import { changeOf } from "../scene/scene.ts";
import type { Cause } from "../types.ts";

const UNFIT = "What a late generator measures is partly its own lateness, whatever the target did.";

/** Its own check is the summary's; where it is limited nothing is laid at the target's door. */
export const generator: Cause = {
  name: "generator",
  explains: ["*"],
  isResource: true,
  look(scene) {
    const { facts } = scene;
    const { limited, why } = facts.summary.generator;
    const lag = changeOf(scene, facts.client.startLagP99);
    const share = lag.after / scene.ttft.after;
    return {
      readings: [
        {
          component: "generator",
          title: "The load generator itself was too slow, so nothing can be said against the target.",
          clues: [
            ...(limited ? [3, 2] : [-3]).flatMap((weight, nth) =>
              clue(weight, {
                measure: "generator.limited",
                unit: "0 or 1",
                after: limited ? 1 : 0,
                words: limited
                  ? nth === 0
                    ? `Its own check says: ${why.join("; ")}.`
                    : UNFIT
                  : "Its own check found nothing.",
              }),
            ),
            ...clue(graded(share, 0.05, 0.5, 2, 1), {
              measure: "startLag.p99",
              unit: "ms",
              ...lag,
              words: `One attempt in a hundred starts ${formatMs(lag.after)} late or later, ${percent(share)} of the time to the first token.`,
            }),
          ],
          onset: leftBaseline(scene, facts.client.startLagP99),
        },
      ],
      lacks: [],
    };
  },
};
