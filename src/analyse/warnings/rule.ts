import { formatDuration } from "../../base/index.ts";
import { Servers } from "../bottleneck/scene/servers.ts";
import type { Facts } from "../facts/types.ts";
import { memoryOf, type Stretch, settledFrom, stretchesOf } from "../stretch.ts";
import type { Rule, RuleResult } from "../verdict/rule.ts";
import type { Finding } from "../verdict/schema.ts";
import { alertOf, type Span } from "./alert.ts";
import { type Failure, failureOf } from "./failure.ts";
import type { Sign, Warning } from "./sign.ts";
import { SIGNS } from "./signs/table.ts";

const ID = "warning";
/** ms of lead below which nobody could have acted. */
const LEAD = 5_000;
/** Bins before the failure without which there is no baseline. */
const BEFORE = 60;

/** What told of a failure before it came, and how long before; without a failure that followed there is nothing to tell. */
export const warningsRule: Rule = {
  id: ID,
  async look(facts, line): Promise<RuleResult> {
    const failure = failureOf(facts, line);
    if (failure === undefined) return { findings: [], lacks: [] };
    const held = stretchesOf(facts.stages);
    const own = held.find(({ from, to }) => from < failure.at && failure.at <= to);
    const from =
      own === undefined
        ? failure.at
        : Math.max(beginning(facts), settledFrom(own, await memoryOf(facts, { from: own.from, to: failure.at })));
    if (own === undefined || failure.at - from < BEFORE) {
      const needs = `${formatDuration(BEFORE * facts.width)} of constant load before the failure, and the time in which it fills the system`;
      const hint =
        "Hold each load for several minutes, such as `- { steady: 5m, at: ... }`: on a ramp a sign only follows the load.";
      return { findings: [], lacks: [{ rule: ID, needs, hint }] };
    }
    const servers = new Servers(facts.servers);
    const findings = SIGNS.flatMap((sign) => {
      const [first] = sign
        .look(facts, servers, from, failure.at)
        .toSorted((a, b) => a.at - b.at)
        .flatMap((warning) => {
          const alert = alertOf(warning, healthy(held, from, warning.at), failure.at);
          return alert === undefined ? [] : [{ ...warning, at: alert.at, advice: alert.say }];
        });
      if (first === undefined || (failure.at - first.at) * facts.width < LEAD) return [];
      return [findingOf(facts, sign, first, failure)];
    });
    return { findings, lacks: [] };
  },
};

/** Stretches of a held load without their first third, in which nothing had gone wrong: all before, and most of the failing one up to the warning. */
function healthy(held: readonly Stretch[], from: number, warned: number): readonly Span[] {
  const third = (begin: number, end: number): number => Math.round((end - begin) / 3);
  const before = held
    .filter(({ to }) => to <= from)
    .map((one) => ({ from: one.from + third(one.from, one.to), to: one.to }));
  return [...before, { from, to: warned - third(from, warned) }];
}

/** The first bin with answers. */
function beginning({ load }: Facts): number {
  return Math.max(
    0,
    load.answered.findIndex((rate) => rate > 0),
  );
}

function findingOf(
  facts: Facts,
  sign: Sign,
  warning: Warning & { readonly advice: string },
  failure: Failure,
): Finding {
  const lead = (failure.at - warning.at) * facts.width;
  const load = facts.load.asked[warning.at];
  const where = warning.component === "target" ? "" : ` at ${warning.component}`;
  return {
    id: `${ID}.${sign.name}:${warning.component}:1`,
    kind: `${ID}.${sign.name}`,
    severity: "info",
    title: `${formatDuration(Math.round(lead / 1000) * 1000)} before ${failure.what} broke, ${sign.happened}${where}: that can be watched for.`,
    component: warning.component,
    from: warning.at * facts.width,
    to: failure.at * facts.width,
    ...(load === undefined || Number.isNaN(load) ? {} : { loadAtOnset: load }),
    evidence: [
      {
        measure: warning.measure,
        unit: warning.unit,
        before: warning.before,
        after: warning.after,
        speaks: "for",
        test: warning.test,
        ...(warning.p === undefined ? {} : { p: warning.p }),
        effect: lead / 1000,
        words: warning.words,
      },
      {
        measure: "false alarms",
        unit: "ratio",
        after: sign.falseAlarms,
        speaks: "against",
        words: `of healthy simulated runs, up to ${Math.round(100 * sign.falseAlarms)} % show this sign by chance`,
      },
    ],
    confidence: 0.7,
    advice: [
      {
        do: `Alert on ${warning.advice}`,
        why: `it came ${formatDuration(Math.round(lead / 1000) * 1000)} before users noticed`,
        retest: "the same load: whether the alert comes first, and how long before",
      },
    ],
  };
}
