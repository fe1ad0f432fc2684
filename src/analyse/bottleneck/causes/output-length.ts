import { formatMs } from "../../../base/index.ts";
import { clue, figure, graded, growth, percent } from "../clue.ts";
import { leftBaseline } from "../onset.ts";
import { changeOf, shareOfDelay } from "../scene/scene.ts";
import type { Cause } from "../types.ts";

/** Answers are long: at an unchanged pace of words the length alone makes the time. */
export const outputLength: Cause = {
  name: "output-length",
  explains: ["decode", "batch-limit", "kv-cache"],
  isResource: true,
  look(scene) {
    const { facts, ttft, tpot, residence, harm } = scene;
    const { client } = facts;
    const output = changeOf(scene, client.outputTokens, client.attempts);
    if (!Number.isFinite(output.after)) {
      const hint = "Let answers carry their usage, so that their length is known.";
      return { readings: [], lacks: [{ needs: "outputTokens", hint }] };
    }
    // An answer's length comes after its first token: where only that one is late, length is no cause.
    if (harm.beforeFirstToken) return { readings: [], lacks: [] };
    const writing = (output.after * tpot.after) / residence.after;
    const queue = Math.max(0, ...scene.places.map(({ waiting }) => shareOfDelay(scene, waiting) || 0));
    const longer = growth(output.before, output.after);
    return {
      readings: [
        {
          component: "answers",
          title: "Answers are long, and their length alone makes the time that users wait.",
          clues: [
            ...clue(graded(longer, 1.2, 2, 3, longer < 1 ? 1 : 0.5), {
              measure: "output tokens of an attempt",
              unit: "tokens",
              ...output,
              words: `An answer has ${figure(output.after)} tokens, ${figure(output.before)} at low load.`,
            }),
            ...clue(graded(writing, 0.65, 0.88, 2.2, 2.5), {
              measure: "output tokens times tpot",
              unit: "share of the time in the system",
              after: writing,
              words: `Writing them takes ${percent(writing)} of an attempt's time.`,
            }),
            // Too long at the pace of low load already: what the pace lost meanwhile is not the reason.
            ...clue(graded(growth(tpot.before, tpot.after), 1.6, 1.15, 0.7, harm.fromStart ? 0 : 2), {
              measure: "tpot.p50",
              unit: "ms",
              ...tpot,
              words: `A token takes ${formatMs(tpot.after)}, ${formatMs(tpot.before)} at low load.`,
            }),
            ...clue(graded(growth(ttft.before, ttft.after), 2.5, 1.2, 0.5, 2), {
              measure: "ttft.mean",
              unit: "ms",
              ...ttft,
              words: `The first token takes ${formatMs(ttft.after)}, ${formatMs(ttft.before)} at low load.`,
            }),
            ...clue(
              writing > 0.7
                ? graded(growth(residence.before, residence.after), 1.8, 1.15, 1.2, harm.fromStart ? 0 : 1.5)
                : 0,
              {
                measure: "time in the system",
                unit: "ms",
                ...residence,
                words: `An attempt takes ${formatMs(residence.after)}, ${formatMs(residence.before)} at low load.`,
              },
            ),
            ...clue(harm.notWholeAnswers ? -3 : 0, {
              measure: "broken thresholds",
              unit: "",
              words: `What broke (${harm.broken.join(", ")}) is not the time of a whole answer.`,
            }),
            ...clue(graded(queue, 0.5, 0.1, 0.3, 1.5), {
              measure: "queues",
              unit: "share of the delay",
              after: queue,
              words: `Queues are ${percent(queue)} of the delay.`,
            }),
          ],
          onset: leftBaseline(scene, client.outputTokens),
        },
      ],
      lacks: [],
    };
  },
};
