import { basename } from "node:path";
import type { ComparedFigure, Comparison } from "../../analyse/index.ts";
import { beforeAfter, changeText, shownFigures } from "../compare/words.ts";
import { plain } from "../text.ts";
import type { CiCheck, CiReport } from "./report.ts";

const STATES: Readonly<Record<Comparison["word"], CiReport["state"]>> = {
  worse: "failed",
  better: "passed",
  same: "passed",
  "cannot-tell": "unknown",
};

/** Each figure of a comparison as a check: worse fails, what cannot be told is unknown. */
export function ciOfComparison(comparison: Comparison): CiReport {
  const { before, after, headline, word, notes } = comparison;
  return {
    name: `${plain(after.id)} against ${before.map(({ id }) => plain(id)).join(", ")}`,
    headline: plain(headline),
    state: STATES[word],
    startedAt: after.startedAt,
    duration: 0,
    checks: shownFigures(comparison.figures).map(checkOf),
    findings: [],
    words: { passed: "not worse", failed: "worse", unknown: "can't tell" },
    unknownFails: false,
    columns: ["figure", "change"],
    facts: [...notes.map(plain), `run ${basename(after.folder)}`],
  };
}

function checkOf(figure: ComparedFigure): CiCheck {
  const { metric, stage, word, why } = figure;
  return {
    name: `${metric} in ${plain(stage)}`,
    state: STATES[word],
    measured: [beforeAfter(figure), changeText(figure)].filter((text) => text !== "").join(", "),
    ...(why === undefined ? {} : { why: plain(why) }),
  };
}
