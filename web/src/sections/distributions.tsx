import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Curve, PageData } from "../../../src/report/page/types.ts";
import { Xy, type XyAxis } from "../charts/xy.tsx";
import { Figure } from "../figures/figure.tsx";
import { Select } from "../figures/select.tsx";
import { DataTable } from "../figures/table.tsx";
import { axisText, figure, formatCount, formatLatency } from "../lib/format.ts";
import { metricTitle } from "../lib/names.ts";
import { fixedHue, hue } from "../lib/palette.ts";
import { Section } from "./section.tsx";

const WHOLE: readonly string[] = ["response", "service", "ttft"];

/** How bad the tail is: intended and service time together over the whole run, and one metric stage by stage. */
export function Distributions({ data }: { readonly data: PageData }) {
  const whole = data.curves.filter(({ metric, stage }) => stage === undefined && WHOLE.includes(metric));
  const metrics = [...new Set(data.curves.map(({ metric }) => metric))].filter((metric) => metric !== "startLag");
  const [chosen, choose] = useState(metrics.includes("ttft") ? "ttft" : metrics[0]);
  const staged = data.curves.filter(({ metric, stage }) => stage !== undefined && metric === chosen);
  const stageNames = data.summary.stages.map(({ name }) => name);
  return (
    <Section id="distributions" title="How bad is the tail" says={says(data)}>
      {whole.length === 0 ? null : (
        <div class="pair">
          <CurveFigure
            title="Whole run: from the intended and from the actual send time"
            curves={whole}
            label={({ metric }) => metricTitle(data, metric)}
            color={({ metric }) => fixedHue(metric)}
            dashed={({ metric }) => metric === "service"}
            data={data}
          />
          <div>
            <CurveFigure
              title={`By stage: ${metricTitle(data, chosen ?? "")}`}
              choice={
                <Select
                  name="Metric"
                  options={metrics.map((value) => ({ value, text: metricTitle(data, value) }))}
                  chosen={chosen}
                  onChoose={choose}
                />
              }
              curves={staged}
              label={({ stage = "" }) => stage}
              color={({ stage = "" }) => hue(stageNames.indexOf(stage))}
              data={data}
            />
          </div>
        </div>
      )}
    </Section>
  );
}

interface CurveProps {
  readonly title: string;
  readonly choice?: ComponentChildren;
  readonly curves: readonly Curve[];
  readonly label: (curve: Curve) => string;
  readonly color: (curve: Curve) => string;
  readonly dashed?: (curve: Curve) => boolean;
  readonly data: PageData;
}

const SHOWN: readonly number[] = [0.5, 0.9, 0.95, 0.99, 0.999];

function CurveFigure({ title, choice, curves, label, color, dashed, data }: CurveProps) {
  const values = curves.flatMap(({ points }) => points.map(([, ms]) => ms)).filter((ms) => ms > 0);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0) return null;
  const last = Math.max(...curves.flatMap(({ points }) => points.map(([share]) => share).filter((share) => share < 1)));
  const x: XyAxis = {
    kind: "nines",
    low: 0,
    high: Math.max(0.9, last),
    title: "share of attempts, each nine as wide",
    text: percentText,
  };
  const y: XyAxis = {
    kind: "log",
    low: low * 0.9,
    high: high * 1.1,
    title: "ms, log axis",
    text: (ms) => axisText(ms, "ms"),
  };
  const [first] = curves;
  return (
    <Figure
      title={title}
      choice={choice}
      {...(first === undefined ? {} : { n: curves.reduce((n, curve) => Math.max(n, curve.n), 0) })}
      formulas={[...new Set(curves.map(({ metric }) => metric))].map((metric) => data.formulas[metric])}
      caption={censoredWords(curves)}
      table={
        <DataTable
          caption={title}
          columns={["curve", "n", ...SHOWN.map(percentText), "greatest"]}
          rows={curves.map((curve) => [
            label(curve),
            formatCount(curve.n),
            ...SHOWN.map((share) => at(curve, share)),
            formatLatency(curve.points.at(-1)?.[1] ?? 0),
          ])}
        />
      }
    >
      <Xy
        title={title}
        x={x}
        y={y}
        height={330}
        series={curves.map((curve) => ({
          label: label(curve),
          color: color(curve),
          dashed: dashed?.(curve) ?? false,
          points: curve.points.filter(([share, ms]) => share < 1 && ms > 0).map(([share, ms]) => ({ x: share, y: ms })),
        }))}
      />
    </Figure>
  );
}

function at({ points }: Curve, share: number): string {
  const point = points.find(([one]) => Math.abs(one - share) < 1e-9);
  return point === undefined ? "–" : formatLatency(point[1]);
}

function percentText(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}

function censoredWords(curves: readonly Curve[]): string {
  const most = curves.reduce((n, { censored }) => Math.max(n, censored), 0);
  return most === 0
    ? "Every attempt of these curves ended by itself."
    : `Up to ${formatCount(most)} attempts of a curve were still waiting when they ended; they count with their wait so far, so the tail is at least this bad.`;
}

function says({ summary }: PageData): string {
  const { response, service } = summary.total.metrics;
  if (response?.p95 === undefined || service?.p95 === undefined)
    return response === undefined || response.n === 0
      ? "No answer was measured, so there is no distribution to show."
      : `${formatCount(response.n)} attempts are too few for a 95th percentile; the curves end where the samples do.`;
  if (response.atLeast?.includes("p95") === true)
    return `One attempt in twenty waits ${figure(response.p95, "ms")} or longer for the whole answer (n = ${formatCount(response.n)}); ${formatCount(response.censored ?? 0)} were still waiting when they ended, so it may be much longer.`;
  const same = Math.abs(response.p95 - service.p95) < 0.01 * response.p95;
  return same
    ? `95 % of the answers were whole within ${figure(response.p95, "ms")} (n = ${formatCount(response.n)}); counted from the actual send time it is the same, so nobody waited before the request went out.`
    : `95 % of the answers were whole within ${figure(response.p95, "ms")} of the time at which the user meant to ask (n = ${formatCount(response.n)}); counted from the actual send time it is ${figure(service.p95, "ms")}.`;
}
