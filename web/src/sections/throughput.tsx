import { useState } from "preact/hooks";
import type { AtLoad, PageData, Percentile } from "../../../src/report/page/types.ts";
import { Xy, type XyAxis, type XyPoint, type XySeries } from "../charts/xy.tsx";
import { Figure } from "../figures/figure.tsx";
import { Select } from "../figures/select.tsx";
import { DataTable } from "../figures/table.tsx";
import {
  axisText,
  capitalised,
  counted,
  figure,
  formatCount,
  formatNumber,
  loadText,
  loadUnit,
} from "../lib/format.ts";
import { metricTitle } from "../lib/names.ts";
import { aloneIn, byLoad, loadAxis, loadMarks } from "./at-load.ts";
import { Section } from "./section.tsx";

/** What the load gave, and what it cost in latency. */
export function Throughput({ data }: { readonly data: PageData }) {
  const rows = byLoad(data);
  const metrics = ["ttft", "response", "itl", "tpot"].filter((metric) =>
    rows.some(({ p50 }) => p50[metric] !== undefined),
  );
  const [metric = "response", choose] = useState(metrics[0]);
  if (rows.length === 0)
    return (
      <Section
        id="throughput"
        title="Throughput against latency"
        says="No stretch of the run had a load of its own with attempts in it."
      />
    );
  const x = loadAxis(data, rows);
  const n = rows.reduce((sum, { attempts }) => sum + attempts, 0);
  return (
    <Section id="throughput" title="Throughput against latency" says={says(rows)}>
      <div class="pair">
        <Figure
          title="Answers a second, by load"
          n={n}
          formulas={[data.formulas["rates.completed"], data.formulas["rates.goodput"]]}
          table={<LoadTable rows={rows} />}
        >
          <Xy
            title="Answers a second by load"
            x={x}
            y={answersAxis(rows)}
            upright={loadMarks(data)}
            series={answersOf(rows)}
          />
        </Figure>
        <div>
          <Figure
            title={`${capitalised(metricTitle(data, metric))}, by load`}
            choice={
              <Select
                name="Metric"
                options={metrics.map((value) => ({ value, text: metricTitle(data, value) }))}
                chosen={metric}
                onChoose={choose}
              />
            }
            n={n}
            formulas={[data.formulas[metric]]}
            caption="Upright strokes are 95 % intervals. A percentile that a stretch's samples do not carry is left out."
            table={<LatencyTable rows={rows} metric={metric} />}
          >
            <Xy
              title={`${metricTitle(data, metric)} by load`}
              x={x}
              y={latencyAxis(rows, metric, limitsOf(data, metric))}
              across={limitsOf(data, metric)}
              upright={loadMarks(data)}
              series={latencyOf(rows, metric)}
            />
          </Figure>
        </div>
      </div>
    </Section>
  );
}

function answersOf(rows: readonly AtLoad[]): readonly XySeries[] {
  const point =
    (value: (row: AtLoad) => number, named: boolean) =>
    (row: AtLoad): XyPoint => ({
      ...aloneIn(rows, row, named),
      x: row.load,
      y: value(row),
      words: `${row.stage}, ${loadText(row.load, row.unit)}: ${figure(value(row), "/s")} (n = ${formatCount(row.attempts)})`,
    });
  return [
    {
      label: "all answers",
      color: "--c3",
      points: rows.map(point(({ completed }) => completed, false)),
      marks: "rings",
    },
    { label: "within limits", color: "--c1", points: rows.map(point(({ goodput }) => goodput, true)), marks: "dots" },
  ];
}

function answersAxis(rows: readonly AtLoad[]): XyAxis {
  return {
    kind: "linear",
    low: 0,
    high: Math.max(...rows.map(({ completed }) => completed), 0.001) * 1.1,
    title: "answers a second",
    text: formatNumber,
  };
}

function latencyOf(rows: readonly AtLoad[], metric: string): readonly XySeries[] {
  const points = (of: (row: AtLoad) => Percentile | undefined, name: string): readonly XyPoint[] =>
    rows.flatMap((row): XyPoint[] => {
      const found = of(row);
      if (found === undefined) return [];
      const { value, low, high } = found;
      return [
        {
          ...aloneIn(rows, row, name === "p95"),
          x: row.load,
          y: value,
          ...(low === undefined || high === undefined ? {} : { low, high }),
          words: `${row.stage}, ${loadText(row.load, row.unit)}: ${name} ${figure(value, "ms")} (n = ${formatCount(row.attempts)})`,
        },
      ];
    });
  return [
    { label: "p50", color: "--c1", points: points(({ p50 }) => p50[metric], "p50"), marks: "dots" },
    { label: "p95", color: "--c2", points: points(({ p95 }) => p95[metric], "p95"), marks: "rings" },
  ];
}

function latencyAxis(rows: readonly AtLoad[], metric: string, limits: readonly { readonly y: number }[]): XyAxis {
  const all = rows.flatMap(({ p50, p95 }) => [p50[metric], p95[metric]].filter((one) => one !== undefined));
  const highest = Math.max(...all.map(({ value, high }) => high ?? value), 0.01);
  const lowest = Math.min(...all.map(({ value, low }) => low ?? value), highest);
  const top = limits
    .filter(({ y }) => y < highest * 8)
    .reduce((most, { y }) => Math.max(most, y * 1.08), highest * 1.08);
  return lowest > 0 && top / lowest > 20
    ? { kind: "log", low: lowest * 0.85, high: top * 1.1, title: "ms, log axis", text: (ms) => axisText(ms, "ms") }
    : { kind: "linear", low: 0, high: top, title: "ms", text: (ms) => axisText(ms, "ms") };
}

function limitsOf(data: PageData, metric: string): readonly { readonly y: number; readonly label: string }[] {
  return data.limits.flatMap(({ metric: of, limit, subject, stage, persona }) =>
    of === metric && limit !== undefined && stage === undefined && persona === undefined
      ? [{ y: limit, label: `limit ${subject.slice(metric.length + 1)}` }]
      : [],
  );
}

function LoadTable({ rows }: { readonly rows: readonly AtLoad[] }) {
  return (
    <DataTable
      caption="Answers by load"
      columns={["stage", "load", "seconds", "attempts", "errors", "answers/s", "good/s", "tokens/s"]}
      rows={rows.map(({ stage, load, unit, seconds, attempts, errors, completed, goodput, tokensPerSecond }) => [
        stage,
        loadText(load, unit),
        formatNumber(seconds),
        formatCount(attempts),
        formatCount(errors),
        formatNumber(completed),
        formatNumber(goodput),
        tokensPerSecond === undefined ? undefined : formatNumber(tokensPerSecond),
      ])}
    />
  );
}

function LatencyTable({ rows, metric }: { readonly rows: readonly AtLoad[]; readonly metric: string }) {
  const cell = (one: Percentile | undefined): string | undefined =>
    one === undefined
      ? undefined
      : `${figure(one.value, "ms")}${one.low === undefined || one.high === undefined ? "" : ` (${figure(one.low, "ms")} to ${figure(one.high, "ms")})`}`;
  return (
    <DataTable
      caption="Latency by load"
      columns={["stage", "load", "attempts", "p50 (95 % interval)", "p95 (95 % interval)"]}
      rows={rows.map(({ stage, load, unit, attempts, p50, p95 }) => [
        stage,
        loadText(load, unit),
        formatCount(attempts),
        cell(p50[metric]),
        cell(p95[metric]),
      ])}
    />
  );
}

function says(rows: readonly AtLoad[]): string {
  const best = rows.reduce((most, row) => (row.goodput > most.goodput ? row : most));
  const [first] = rows;
  return `${counted(rows.length, "stretch", "stretches")} of even load${first === undefined ? "" : `, in ${loadUnit(first.unit)}`}; ramps are cut into steps. Most good answers: ${figure(best.goodput, "/s")} at ${loadText(best.load, best.unit)}, in ${best.stage}.`;
}
