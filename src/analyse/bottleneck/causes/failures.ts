import { clue, graded, percent } from "../clue.ts";
import { firstBeyond } from "../onset.ts";
import { ratioOver } from "../scene/columns.ts";
import type { Cause } from "../types.ts";

/** From the client alone: attempts fail, and no figure tells of what. */
export const failures: Cause = {
  name: "failures",
  explains: [],
  isResource: false,
  look(scene) {
    const { base, strained, facts } = scene;
    const [before, after] = [
      ratioOver(facts.load.errors, facts.load.ended, base),
      ratioOver(facts.load.errors, facts.load.ended, strained),
    ];
    return {
      readings: [
        {
          component: "target",
          title: "Requests fail; what fails behind them is not seen.",
          clues: clue(graded(after, 0.005, 0.06, 3, 3), {
            measure: "errors.rate",
            unit: "share of attempts",
            before,
            after,
            words: `${percent(after)} of the attempts fail${Number.isFinite(before) ? `, ${percent(before)} at low load` : ""}.`,
          }),
          onset: firstBeyond(scene, facts.load.errors, 0),
        },
      ],
      lacks: [],
    };
  },
};
