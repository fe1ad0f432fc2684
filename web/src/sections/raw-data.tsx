import type { PageData } from "../../../src/report/page/types.ts";
import { csv } from "../lib/csv.ts";
import { download } from "../lib/download.ts";
import { Section } from "./section.tsx";

interface File {
  readonly name: string;
  readonly what: string;
  readonly type: "text/csv" | "application/json";
  readonly text: (data: PageData) => string;
}

const json = (value: unknown): string => JSON.stringify(value, null, 2);

const FILES: readonly File[] = [
  {
    name: "timeline.csv",
    what: "everything drawn over time, one row a bin",
    type: "text/csv",
    text: ({ tracks, bins, width }) =>
      csv(
        [
          "seconds",
          ...tracks.map(
            ({ id, part, replica, unit }) =>
              `${[id, part, replica].filter((one) => one !== undefined).join(" ")} (${unit})`,
          ),
        ],
        Array.from({ length: bins }, (_, bin) => [(bin * width) / 1000, ...tracks.map(({ values }) => values[bin])]),
      ),
  },
  {
    name: "distributions.csv",
    what: "latencies by share of attempts",
    type: "text/csv",
    text: ({ curves }) =>
      csv(
        ["metric", "stage", "n", "share", "ms"],
        curves.flatMap(({ metric, stage, n, points }) => points.map(([share, ms]) => [metric, stage, n, share, ms])),
      ),
  },
  {
    name: "by-load.csv",
    what: "throughput, latency and cost at each load",
    type: "text/csv",
    text: ({ atLoad }) => {
      const metrics = [...new Set(atLoad.flatMap(({ p50 }) => Object.keys(p50)))];
      return csv(
        [
          "stage",
          "load",
          "unit",
          "seconds",
          "attempts",
          "errors",
          "answers/s",
          "good/s",
          "tokens/s",
          "$/good answer",
          ...metrics.flatMap((metric) => [`${metric}.p50 ms`, `${metric}.p95 ms`]),
        ],
        atLoad.map((row) => [
          row.stage,
          row.load,
          row.unit,
          row.seconds,
          row.attempts,
          row.errors,
          row.completed,
          row.goodput,
          row.tokensPerSecond,
          row.costPerGoodAnswer,
          ...metrics.flatMap((metric) => [row.p50[metric]?.value, row.p95[metric]?.value]),
        ]),
      );
    },
  },
  {
    name: "limits.csv",
    what: "the plan's limits and whether they held",
    type: "text/csv",
    text: ({ summary }) =>
      csv(
        ["limit", "measured", "unit", "held", "n", "why"],
        summary.thresholds.map(({ expression, observed, unit, held, samples, why }) => [
          expression,
          observed,
          unit,
          String(held),
          samples,
          why,
        ]),
      ),
  },
  {
    name: "findings.json",
    what: "the verdict with all its evidence",
    type: "application/json",
    text: ({ verdict }) => json(verdict),
  },
  {
    name: "summary.json",
    what: "every figure of the summary",
    type: "application/json",
    text: ({ summary }) => json(summary),
  },
  {
    name: "plan.json",
    what: "the plan as it ran, without secrets",
    type: "application/json",
    text: ({ plan }) => json(plan),
  },
  { name: "page.json", what: "all of this page's data", type: "application/json", text: json },
];

/** What the page holds, as files; and where every row is. */
export function RawData({ data }: { readonly data: PageData }) {
  const { id } = data.summary.run;
  return (
    <Section
      id="data"
      title="Raw data"
      says={
        <>
          These files are made here from what the page holds. Every attempt has its row in the run folder:{" "}
          <code>npx plimsoll query {id} "FROM samples LIMIT 5"</code> asks them in SQL.
        </>
      }
    >
      <ul class="downloads" style={{ marginTop: "14px" }}>
        {FILES.map(({ name, what, type, text }) => (
          <li key={name} style={{ padding: "5px 0" }}>
            <button type="button" class="button" onClick={() => download(`${id}-${name}`, type, text(data))}>
              {name}
            </button>{" "}
            <span class="soft">{what}</span>
          </li>
        ))}
      </ul>
      <details class="more">
        <summary>How each figure is worked out</summary>
        <div class="scroll">
          <table>
            <caption class="hidden">Formulas</caption>
            <thead>
              <tr>
                <th scope="col">figure</th>
                <th scope="col">formula</th>
                <th scope="col">unit</th>
                <th scope="col">counts</th>
              </tr>
            </thead>
            <tbody>
              {Object.entries(data.formulas).map(([name, { formula, unit, counts }]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{formula}</td>
                  <td>{unit}</td>
                  <td>{counts ?? ""}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </Section>
  );
}
