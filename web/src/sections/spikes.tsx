import { useState } from "preact/hooks";
import type { PageData } from "../../../src/report/page/types.ts";
import { HeatMap } from "../charts/heat-map.tsx";
import type { TimeLink } from "../charts/time-link.ts";
import { Choice } from "../figures/choice.tsx";
import { Figure } from "../figures/figure.tsx";
import { DataTable } from "../figures/table.tsx";
import { capitalised, clockText, counted, figure, formatCount } from "../lib/format.ts";
import { metricTitle } from "../lib/names.ts";
import { Section } from "./section.tsx";
import { Strips } from "./timeline.tsx";

const ORDER: readonly string[] = ["ttft", "response", "itl"];

/** Every attempt by time and latency: what percentiles hide. */
export function Spikes({
  data,
  link,
  times,
}: {
  readonly data: PageData;
  readonly link: TimeLink;
  readonly times: readonly number[];
}) {
  const heats = [...data.heats].sort((a, b) => ORDER.indexOf(a.metric) - ORDER.indexOf(b.metric));
  const [chosen, choose] = useState(heats[0]?.metric);
  const heat = heats.find(({ metric }) => metric === chosen);
  return (
    <Section id="spikes" title="Latency, every attempt" says={says(data)}>
      {heat === undefined ? null : (
        <>
          <Choice
            name="Metric"
            options={heats.map(({ metric: value }) => ({ value, text: metricTitle(data, value) }))}
            chosen={chosen}
            onChoose={choose}
          />
          <Figure
            title={`${capitalised(metricTitle(data, heat.metric))} over time, log axis`}
            n={heat.n}
            of={heat.metric === "itl" ? "gaps" : "attempts"}
            formulas={[data.formulas[heat.metric]]}
            table={
              <DataTable
                caption="The slowest stretches"
                columns={["time", "latency from", "to", "attempts"]}
                rows={slowest(heat).map(([column, row, n]) => [
                  clockText(column * heat.width),
                  figure(heat.edges[row], "ms"),
                  figure(heat.edges[row + 1], "ms"),
                  formatCount(n),
                ])}
              />
            }
          >
            <Strips data={data} link={link} />
            <HeatMap heat={heat} title={metricTitle(data, heat.metric)} times={times} link={link} key={heat.metric} />
          </Figure>
        </>
      )}
    </Section>
  );
}

const ROWS = 12;

function slowest({ cells }: PageData["heats"][number]): PageData["heats"][number]["cells"] {
  return [...cells].sort(([, a], [, b]) => b - a).slice(0, ROWS);
}

function says(data: PageData): string {
  const { metrics } = data.summary.total;
  const name = metrics.ttft === undefined ? "response" : "ttft";
  const metric = metrics[name];
  if (metric === undefined || metric.n === 0) return "No latency was measured.";
  const greatest = metric.max === undefined ? "" : `the slowest took ${figure(metric.max, "ms")}`;
  const median = metric.p50 === undefined ? "" : `half of them took less than ${figure(metric.p50, "ms")}, `;
  return `${capitalised(metricTitle(data, name))} of ${counted(metric.n, "attempt")}: ${median}${greatest}. Each cell is a stretch of time and of latency; the darker, the more attempts fell into it.`;
}
