import { formatMoney, formatNumber } from "../../base/index.ts";
import type { Facts } from "../facts/types.ts";
import type { Rule } from "../verdict/rule.ts";
import type { Cost, Finding } from "../verdict/schema.ts";
import { costSection } from "./section.ts";

const ID = "cost";
/** Share of the money, from which on waste is worth a word. */
const WASTE = 0.05;
/** Times the cheapest, from which on a good answer is dearer at another load. */
const DEARER = 1.25;

/** What answers cost, what was paid for nothing, and the load at which a good answer is cheapest. */
export const costRule: Rule = {
  id: ID,
  async look(facts, line) {
    const cost = await costSection(facts, line);
    if (cost === undefined) {
      const hint =
        "Add `prices: { model: ... }` of a model that the table of prices knows, or `prices: { input: $0.15/M, output: $0.60/M }`.";
      return { findings: [], lacks: [{ rule: ID, needs: "prices in the plan", hint }] };
    }
    if (cost.priced === 0) {
      const hint = "Have the target send its token usage, or texts that can be counted.";
      return { findings: [], lacks: [{ rule: ID, needs: "token counts", hint }], cost };
    }
    return { findings: [...waste(facts, cost), ...cheapest(facts, cost)], lacks: [], cost };
  },
};

const WHY = { failed: "that failed", abandoned: "that users gave up", retried: "that were asked again" } as const;

function waste(facts: Facts, cost: Cost): readonly Finding[] {
  const { wasted, total, attempts, priced } = cost;
  if (wasted.share < WASTE && !isMuch(wasted.unseen, cost)) return [];
  const unknown = attempts - priced;
  return [
    {
      id: "cost.waste:target:1",
      kind: "cost.waste",
      severity: "low",
      title:
        wasted.share < WASTE
          ? "The servers generated far more tokens than clients got: work for answers that nobody waited for."
          : `${Math.round(wasted.share * 100)} % of the money went into answers that nobody got: ${formatMoney(wasted.money)} of ${formatMoney(total)}.`,
      component: "target",
      from: 0,
      to: facts.bins * facts.width,
      evidence: [
        ...wasted.by
          .filter((entry) => entry.attempts > 0)
          .map(({ why, attempts: count, tokens, money }) => ({
            measure: `wasted, ${why}`,
            unit: "dollars",
            after: money,
            speaks: "for" as const,
            samples: count,
            words: `${formatNumber(count)} ${count === 1 ? "attempt" : "attempts"} ${WHY[why]} took ${formatNumber(tokens)} tokens, ${formatMoney(money)}.`,
          })),
        ...(wasted.late.attempts === 0
          ? []
          : [
              {
                measure: "answers past a limit",
                unit: "dollars",
                after: wasted.late.money,
                speaks: "for" as const,
                samples: wasted.late.attempts,
                words: `Beside it, ${formatNumber(wasted.late.attempts)} answers came too late for the plan's limits: ${formatNumber(wasted.late.tokens)} tokens, ${formatMoney(wasted.late.money)}, which the good answers have to bear.`,
              },
            ]),
        ...(wasted.unseen === undefined
          ? []
          : [
              {
                measure: "output tokens that no client got",
                unit: "tokens",
                after: wasted.unseen,
                speaks: "for" as const,
                words: `The servers generated ${formatNumber(wasted.unseen)} tokens that reached no client: no client can be told their price, and somebody pays it.`,
              },
            ]),
        ...(unknown === 0
          ? []
          : [
              {
                measure: "attempts of unknown cost",
                unit: "attempts",
                after: unknown,
                speaks: "for" as const,
                samples: attempts,
                words: `the tokens of ${formatNumber(unknown)} more attempts are not known, so that the waste is at least this`,
              },
            ]),
      ],
      confidence: 0.9,
      advice: [
        {
          do: "Turn away early what cannot be answered in time, and cancel what users gave up",
          why: "tokens of an answer that nobody reads are paid for all the same",
          retest: "the same load: wasted money, and cost per good answer",
        },
      ],
    },
  ];
}

/** A fifth and more of what the servers generated. */
function isMuch(unseen: number | undefined, { output }: Cost): boolean {
  return unseen !== undefined && unseen > 0.25 * output;
}

function cheapest(facts: Facts, cost: Cost): readonly Finding[] {
  const best = cost.cheapest;
  if (best === undefined || !best.sure) return [];
  const known = cost.loads.filter((load) => load.perGoodAnswer !== undefined && load.unit === best.unit);
  const [dearest] = known.toSorted((a, b) => (b.perGoodAnswer ?? 0) - (a.perGoodAnswer ?? 0));
  if (dearest?.perGoodAnswer === undefined || dearest.perGoodAnswer < DEARER * best.perGoodAnswer) return [];
  const own = known.find((load) => load.load === best.load)?.interval;
  // Else the two loads only happened to be asked different things.
  if (own === undefined || !((dearest.interval?.low ?? 0) > own.high)) return [];
  const at = (load: number): string => `${formatNumber(Number(load.toPrecision(3)))} ${best.unit}`;
  return [
    {
      id: "cost.cheapest:target:1",
      kind: "cost.cheapest",
      severity: "info",
      title: `A good answer is cheapest at ${at(best.load)}, ${formatMoney(best.perGoodAnswer)}; at ${at(dearest.load)} it costs ${formatMoney(dearest.perGoodAnswer)}.`,
      component: "target",
      from: 0,
      to: facts.bins * facts.width,
      loadAtOnset: dearest.load,
      evidence: known.map(({ load, perGoodAnswer, goodAnswers, wastedShare, meets }) => ({
        measure: `cost per good answer at ${at(load)}`,
        unit: "dollars",
        ...(perGoodAnswer === undefined ? {} : { after: perGoodAnswer }),
        speaks: "for" as const,
        samples: goodAnswers,
        words: `${Math.round(wastedShare * 100)} % of the money is wasted${meets === undefined ? "" : meets ? "; all limits hold" : "; not all limits hold"}.`,
      })),
      confidence: 0.8,
      advice: [],
    },
  ];
}
