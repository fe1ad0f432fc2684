import { useEffect, useRef } from "preact/hooks";
import type { Formula } from "../../../src/report/page/types.ts";
import { FormulaTip } from "../figures/figure.tsx";
import { DataTable } from "../figures/table.tsx";
import { figure } from "../lib/format.ts";
import { ink } from "../lib/palette.ts";
import { TimeChart, type TimeSeries } from "./time-chart.tsx";
import type { TimeLink } from "./time-link.ts";
import { greatest, meanOf } from "./values.ts";

export interface PanelSpec {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly series: readonly (TimeSeries & { readonly formula?: Formula | undefined })[];
  readonly log?: boolean;
  readonly limits?: readonly { readonly value: number; readonly label: string }[];
  readonly height?: number;
}

/** One figure over time: its labels show the values under the cursor. */
export function Panel({
  spec,
  times,
  link,
}: {
  readonly spec: PanelSpec;
  readonly times: readonly number[];
  readonly link: TimeLink;
}) {
  const { id, title, unit, series, log = false, limits = [], height = 118 } = spec;
  const cells = useRef<(HTMLOutputElement | null)[]>([]);
  useEffect(
    () =>
      link.watch(() => {
        for (const [i, { values }] of series.entries()) {
          const cell = cells.current[i];
          if (cell) cell.textContent = link.at === undefined ? "" : figure(values[link.at], unit);
        }
      }),
    [],
  );
  return (
    <div class="panel" id={id}>
      <div class="panel-head">
        <h3>
          {title} <small>{unitText(unit, log)}</small>
        </h3>
        {series.map(({ label, color, dashed }, i) => (
          <span class="label" key={label}>
            <span class={dashed ? "swatch dashed" : "swatch"} style={{ backgroundColor: ink(color) }} />
            {label}
            <output
              ref={(cell: HTMLOutputElement | null) => {
                cells.current[i] = cell;
              }}
            />
          </span>
        ))}
        <FormulaTip title={title} formulas={series.map(({ formula }) => formula)} />
      </div>
      <TimeChart
        title={title}
        unit={unit}
        times={times}
        series={series}
        link={link}
        log={log}
        limits={limits}
        height={height}
      />
      <details class="figure-table">
        <summary aria-label={`Table of ${title}`}>Table</summary>
        <div class="scroll">
          <DataTable
            caption={title}
            columns={["series", "mean", "greatest"]}
            rows={series.map(({ label, values }) => [
              label,
              figure(meanOf(values), unit),
              figure(greatest(values), unit),
            ])}
          />
        </div>
      </details>
    </div>
  );
}

function unitText(unit: string, log: boolean): string {
  const name = unit === "0 to 1" ? "share" : unit;
  return log ? `${name}, log axis` : name;
}
