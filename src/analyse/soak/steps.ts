import { formatDuration, formatMs } from "../../base/index.ts";
import { changePoints, median, runsTest, theilSen } from "../../stats/index.ts";
import type { ClientColumns, Column, Facts, StageFacts } from "../facts/types.ts";
import type { Rule, RuleResult } from "../verdict/rule.ts";
import type { Finding } from "../verdict/schema.ts";

const ID = "step";
/** Bins on each side of a step: less is a spike. */
const SHORTEST = 30;
/** Times the level before, from which on a step matters. */
const MATTERS = 1.5;
/** Times the criterion of Schwarz (2 ln n for each change of a mean): neighbours resemble each other, and a false step costs trust. */
const STRICT = 5;
/** Of the step, what a side may rise by itself, and what must happen between the bins next to it: else it is a growth. */
const LEVEL = 0.5;
const NEAR = 12;
const MAD = 1.4826;
const SIGNIFICANT = 0.001;

interface Watched {
  readonly column: keyof ClientColumns;
  readonly measure: string;
  readonly what: string;
}

const WATCHED: readonly Watched[] = [
  { column: "ttftP50", measure: "ttft.p50", what: "The time to the first token" },
  { column: "tpotP50", measure: "tpot.p50", what: "The time per output token" },
  { column: "responseP50", measure: "response.p50", what: "The response time" },
];

/** Levels that change at one moment and stay, in stages of constant load: something else changed then. */
export const stepsRule: Rule = {
  id: ID,
  look(facts): RuleResult {
    const steady = facts.stages.filter(
      ({ isSteady, mean, from, to }) => isSteady && mean > 0 && to - from >= 2 * SHORTEST,
    );
    const findings = steady.flatMap((stage) => {
      // What one measure tells of a moment, the next does not tell again.
      const told: Finding[] = [];
      for (const watched of WATCHED) {
        const found = stepsOf(facts, stage, watched);
        told.push(
          ...found.filter((step) => told.every(({ from }) => Math.abs(from - step.from) > SHORTEST * facts.width)),
        );
      }
      return told;
    });
    return { findings, lacks: [] };
  },
};

function stepsOf(facts: Facts, stage: StageFacts, { column, measure, what }: Watched): readonly Finding[] {
  const { places, values } = logsIn(facts.client[column], stage);
  if (values.length < 2 * SHORTEST) return [];
  const noise = values.slice(1).map((value, i) => value - (values[i] ?? 0));
  // Of differences, whose variance is twice that of the values, and which a step does not touch.
  const spread = (MAD * median(noise.map(Math.abs))) / Math.SQRT2;
  const points = changePoints(values, STRICT * 2 * Math.log(values.length) * Math.max(spread, 0.02) ** 2, SHORTEST);
  const found = points.flatMap((point, i): Finding[] => {
    const before = values.slice(points[i - 1] ?? 0, point);
    const after = values.slice(point, points[i + 1] ?? values.length);
    const [low, high] = [Math.exp(median(before)), Math.exp(median(after))];
    if (high < MATTERS * low) return [];
    const drift = Math.max(driftOf(before), driftOf(after));
    const jump = median(after.slice(0, NEAR)) - median(before.slice(-NEAR));
    if (drift > LEVEL * Math.log(high / low) || jump < LEVEL * Math.log(high / low)) return [];
    const middle = median([...before, ...after]);
    const { p } = runsTest([...before, ...after].map((value) => value > middle));
    if (!(p < SIGNIFICANT)) return [];
    const at = places[point] ?? stage.from;
    const end = places[(points[i + 1] ?? values.length) - 1] ?? stage.to;
    return [
      {
        id: `${ID}.${measure}:target:${at}`,
        kind: `${ID}.latency`,
        severity: high > 3 * low ? "medium" : "low",
        title: `${what} rose from ${formatMs(low)} to ${formatMs(high)} at ${formatDuration(at * facts.width)} and stayed there, although the load was the same.`,
        component: "target",
        from: at * facts.width,
        to: (end + 1) * facts.width,
        loadAtOnset: stage.mean,
        evidence: [
          {
            measure,
            unit: "ms",
            before: low,
            after: high,
            speaks: "for",
            test: "PELT on the logarithm, and the runs test of Wald and Wolfowitz",
            p,
            effect: high / low,
            samples: before.length + after.length,
            words: `medians of ${before.length} bins before and ${after.length} after`,
          },
        ],
        confidence: 0.8,
        advice: [
          {
            do: "Look for what happened at that moment: a failover, a restart, a cache that was emptied, a job that began",
            why: "the load did not change, so that something else did",
            retest: "the same load twice: whether the step comes at the same time",
          },
        ],
      },
    ];
  });
  // A staircase is how stretches of one level draw a growth.
  return points.filter((point, i) => rises(values, points, point, i)).length > 1 ? [] : found;
}

function rises(values: readonly number[], points: readonly number[], point: number, i: number): boolean {
  return median(values.slice(point, points[i + 1] ?? values.length)) > median(values.slice(points[i - 1] ?? 0, point));
}

/** Rise over a side, by its own line. */
function driftOf(values: readonly number[]): number {
  return theilSen([...values.keys()], values).slope * values.length;
}

function logsIn(
  column: Column,
  { from, to }: StageFacts,
): { readonly places: readonly number[]; readonly values: readonly number[] } {
  const places = Array.from({ length: to - from }, (_, i) => from + i).filter((bin) => (column[bin] ?? 0) > 0);
  return { places, values: places.map((bin) => Math.log(column[bin] ?? 1)) };
}
