import type { PageData, Spent } from "../../../src/report/page/types.ts";
import { Xy } from "../charts/xy.tsx";
import { Figure } from "../figures/figure.tsx";
import { DataTable } from "../figures/table.tsx";
import { figure, formatCount, formatNumber, formatShare, loadText } from "../lib/format.ts";
import { aloneIn, byLoad, loadAxis, loadMarks } from "./at-load.ts";
import { Section } from "./section.tsx";

const USES: Readonly<Record<Spent["use"], string>> = {
  good: "good answers",
  late: "answers past a limit",
  failed: "failures",
  abandoned: "users who had left, and what the run cut off",
};

/** What a good answer costs at each load, and what the money went into. */
export function Cost({ data }: { readonly data: PageData }) {
  const rows = byLoad(data).filter(({ costPerGoodAnswer }) => costPerGoodAnswer !== undefined);
  const { spent } = data;
  const total = spent.reduce((sum, { cost = 0 }) => sum + cost, 0);
  const priced = spent.some(({ cost }) => cost !== undefined);
  const most = Math.max(...rows.map(({ costPerGoodAnswer = 0 }) => costPerGoodAnswer), 0);
  return (
    <Section id="cost" title="Cost against load" says={says(data, priced, total)}>
      <div class="pair">
        {rows.length === 0 || most === 0 ? null : (
          <Figure
            title="Cost of a good answer, by load"
            n={rows.reduce((sum, { attempts }) => sum + attempts, 0)}
            formulas={[data.formulas["cost.perGoodAnswer"]]}
            table={
              <DataTable
                caption="Cost by load"
                columns={["stage", "load", "attempts", "per good answer"]}
                rows={rows.map(({ stage, load, unit, attempts, costPerGoodAnswer }) => [
                  stage,
                  loadText(load, unit),
                  formatCount(attempts),
                  figure(costPerGoodAnswer, "dollars"),
                ])}
              />
            }
          >
            <Xy
              title="Cost of a good answer by load"
              x={loadAxis(data, rows)}
              y={{
                kind: "linear",
                low: 0,
                high: most * 1.15,
                title: "dollars a good answer",
                text: (value) => `$${formatNumber(value)}`,
              }}
              upright={loadMarks(data)}
              series={[
                {
                  label: "good answer",
                  color: "--c1",
                  marks: "dots",
                  points: rows.map(({ load, unit, stage, costPerGoodAnswer = 0 }, i) => ({
                    ...aloneIn(rows, rows[i], true),
                    x: load,
                    y: costPerGoodAnswer,
                    words: `${stage}, ${loadText(load, unit)}: ${figure(costPerGoodAnswer, "dollars")}`,
                  })),
                },
              ]}
            />
          </Figure>
        )}
        {spent.length === 0 ? null : (
          <Figure
            title="What tokens went into"
            formulas={[data.formulas["tokens.output"], data.formulas["cost.total"]]}
          >
            <div class="scroll">
              <DataTable
                caption="What tokens and money went into"
                columns={[
                  "went into",
                  "attempts",
                  "input tokens",
                  "output tokens",
                  ...(priced ? ["cost", "share"] : []),
                ]}
                rows={spent.map(({ use, attempts, inputTokens, outputTokens, cost }) => [
                  USES[use],
                  formatCount(attempts),
                  formatCount(inputTokens),
                  formatCount(outputTokens),
                  ...(priced
                    ? [
                        figure(cost, "dollars"),
                        cost === undefined || total === 0 ? undefined : formatShare(cost / total),
                      ]
                    : []),
                ])}
              />
            </div>
          </Figure>
        )}
      </div>
    </Section>
  );
}

function says({ spent, summary, verdict }: PageData, priced: boolean, total: number): string {
  if (spent.length === 0) return "No attempt ended, so nothing was spent.";
  const wasted = spent.filter(({ use }) => use !== "good");
  if (!priced) {
    const tokens = wasted.reduce((sum, { outputTokens }) => sum + outputTokens, 0);
    return `The plan has no prices, so this shows tokens alone: ${formatCount(tokens)} output tokens went into answers that were late, failed or left. Add \`prices:\` to see the money.`;
  }
  const lost = wasted.reduce((sum, { cost = 0 }) => sum + cost, 0);
  const each = summary.total.cost?.perGoodAnswer;
  const cheapest = verdict.cost?.cheapest;
  return `${figure(total, "dollars")} in all${each === undefined ? "; no answer was good" : `, ${figure(each, "dollars")} a good answer`}. ${total === 0 ? "" : `${formatShare(lost / total)} of it went into answers that were late, failed or left.`}${cheapest?.sure !== true ? "" : ` Of the loads at which all limits hold, ${loadText(cheapest.load, cheapest.unit)} is the cheapest: ${figure(cheapest.perGoodAnswer, "dollars")} a good answer.`}`;
}
