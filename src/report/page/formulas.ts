import { MEASURES } from "../../analyse/index.ts";
import { METRICS } from "../../base/index.ts";
import type { Formula } from "./types.ts";

const COUNTS: Readonly<Record<(typeof METRICS)[number]["counts"], string>> = {
  answered: "attempts whose outcome is an answer",
  begun: "every attempt that has both stamps",
  gaps: "every gap of every stream",
};

/** Of each metric and measure, by the tables from which METRICS.md is made. */
export function baseFormulas(): Readonly<Record<string, Formula>> {
  return Object.fromEntries([
    ...METRICS.map(({ name, title, formula, counts, censoring }): readonly [string, Formula] => [
      name,
      {
        title,
        formula,
        unit: "ms",
        counts: `${COUNTS[counts]}${censoring ? "; attempts that ended while still waiting, with the wait so far" : ""}`,
      },
    ]),
    ...MEASURES.map(({ name, formula, unit, counts }): readonly [string, Formula] => [
      name,
      { title: name, formula, unit, counts },
    ]),
  ]);
}
