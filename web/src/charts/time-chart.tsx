import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Values } from "../../../src/report/page/types.ts";
import { axisText, clockText, figure } from "../lib/format.ts";
import { onPrint } from "../lib/print.ts";
import { cssColor, onTheme } from "../lib/theme.ts";
import { logTicks } from "../lib/ticks.ts";
import { PAPER_WIDTH } from "../lib/use-width.ts";
import { chartKeys } from "./chart-keys.ts";
import type { TimeLink } from "./time-link.ts";

export interface TimeSeries {
  readonly label: string;
  readonly color: string;
  readonly values: Values;
  readonly dashed?: boolean;
  /** Filled down to zero, or to the series drawn before. */
  readonly filled?: boolean;
  readonly thin?: boolean;
}

interface Props {
  readonly title: string;
  readonly unit: string;
  /** Seconds at which the bins begin. */
  readonly times: readonly number[];
  readonly series: readonly TimeSeries[];
  readonly link: TimeLink;
  readonly log?: boolean;
  readonly limits?: readonly { readonly value: number; readonly label: string }[];
  readonly height?: number;
  /** Told the bin under the cursor. */
  readonly onCursor?: (bin: number | undefined) => void;
  /** Draws under the series, over the grid. */
  readonly paint?: (chart: uPlot) => void;
  readonly yRange?: readonly [low: number, high: number];
}

/** Width of the axis at the left: the same everywhere, so that times stand under each other. */
export const GUTTER = 58;
export const MARGIN = 14;

/** Lines over the run's time: linked cursors, zoom by dragging, all of it by keys too. */
export function TimeChart(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const { title, link, height = 130 } = props;
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const chart = new uPlot(optionsOf(props, element.clientWidth || 600), dataOf(props), element);
    const fit = (): void => {
      if (element.clientWidth > 0) chart.setSize({ width: element.clientWidth, height });
    };
    const observer = new ResizeObserver(fit);
    observer.observe(element);
    const say = (): void => {
      const { at } = link;
      if (at === undefined) return;
      element.setAttribute("aria-valuenow", String(at));
      element.setAttribute("aria-valuetext", wordsAt(props, at));
    };
    const undo = [
      link.join(chart),
      link.watch(say),
      onTheme(() => chart.redraw(false)),
      onPrint((onPaper) => (onPaper ? chart.setSize({ width: PAPER_WIDTH, height }) : fit())),
      chartKeys(element, chart, link),
    ];
    return () => {
      observer.disconnect();
      for (const end of undo) end();
      chart.destroy();
    };
    // The data of a report never changes while it is open.
  }, []);
  return (
    <div
      class="plot"
      ref={box}
      style={{ height: `${height}px` }}
      tabIndex={0}
      role="slider"
      aria-label={`${title} over time`}
      aria-valuemin={0}
      aria-valuemax={props.times.length - 1}
      aria-valuenow={0}
      aria-valuetext="Arrow keys move the cursor, plus and minus zoom, Escape shows the whole run."
    />
  );
}

function wordsAt({ times, series, unit }: Props, bin: number): string {
  const values = series.map(({ label, values: all }) => `${label} ${figure(all[bin], unit)}`);
  return [clockText((times[bin] ?? 0) * 1000), ...values].join(", ");
}

function dataOf({ times, series }: Props): uPlot.AlignedData {
  return [[...times], ...series.map(({ values }) => [...values])];
}

function optionsOf(
  { unit, series, link, log = false, limits = [], height = 130, onCursor, paint, yRange }: Props,
  width: number,
): uPlot.Options {
  const axis = {
    stroke: () => cssColor("--soft"),
    grid: { stroke: () => cssColor("--grid"), width: 1 },
    ticks: { stroke: () => cssColor("--grid"), width: 1, size: 4 },
    font: "12px system-ui, sans-serif",
  };
  return {
    width,
    height,
    padding: [6, MARGIN, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: () => [link.range[0], link.range[1]] },
      y: log
        ? { distr: 3, ...(yRange === undefined ? {} : { range: () => [yRange[0], yRange[1]] }) }
        : {
            range: (_, low, high) =>
              yRange === undefined ? [Math.min(0, low), high > 0 ? high * 1.06 : 1] : [yRange[0], yRange[1]],
          },
    },
    axes: [
      { ...axis, size: 26, values: (_, splits) => splits.map((seconds) => clockText(seconds * 1000)) },
      {
        ...axis,
        size: GUTTER,
        space: 26,
        values: (_, splits) => splits.map((value) => (value === null ? "" : axisText(value, unit))),
        ...(log
          ? {
              splits: (_: uPlot, __: number, low: number, high: number) => [...logTicks(low, high)],
              filter: (_: uPlot, splits: number[]) => splits,
            }
          : {}),
      },
    ],
    series: [{}, ...series.map((one) => seriesOf(one))],
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      bind: {
        dblclick: () => () => {
          link.zoom(...link.whole);
          return null;
        },
      },
    },
    hooks: {
      drawAxes: paint === undefined ? [] : [paint],
      draw: [(chart) => drawLimits(chart, limits)],
      setCursor: [
        (chart) => {
          const bin = chart.cursor.idx ?? undefined;
          onCursor?.(bin);
          link.point(bin, chart);
        },
      ],
      setSelect: [
        (chart) => {
          if (chart.select.width < 4) return;
          link.zoom(
            chart.posToVal(chart.select.left, "x"),
            chart.posToVal(chart.select.left + chart.select.width, "x"),
          );
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

function seriesOf({ label, color, dashed = false, filled = false, thin = false }: TimeSeries): uPlot.Series {
  return {
    label,
    stroke: () => cssColor(color),
    width: thin ? 1 : 1.75,
    spanGaps: false,
    points: { show: true, size: 4, filter: (chart, index) => lone(chart.data[index] ?? []) },
    ...(dashed ? { dash: [6, 4] } : {}),
    ...(filled ? { fill: () => cssColor(color) } : {}),
  };
}

/** Bins whose value stands between two that are missing: it would have no line to be seen by. */
function lone(values: ArrayLike<number | null | undefined>): number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if ((values[i] ?? null) !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null)
      found.push(i);
  }
  return found;
}

/** Pixels that a line of a label takes. */
const LABEL = 14;

function drawLimits(chart: uPlot, limits: readonly { readonly value: number; readonly label: string }[]): void {
  const { ctx, bbox } = chart;
  for (const { value, label } of limits) {
    const y = Math.round(chart.valToPos(value, "y", true));
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.save();
    ctx.strokeStyle = cssColor("--ink");
    ctx.fillStyle = cssColor("--ink");
    ctx.lineWidth = uPlot.pxRatio;
    ctx.setLineDash([2 * uPlot.pxRatio, 4 * uPlot.pxRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.font = `${11 * uPlot.pxRatio}px system-ui, sans-serif`;
    ctx.textAlign = "right";
    // Above its line, but for one at the top, whose label would be cut.
    const above = y - bbox.top > LABEL * uPlot.pxRatio;
    ctx.fillText(label, bbox.left + bbox.width - 4, y + (above ? -4 : LABEL - 2) * uPlot.pxRatio);
    ctx.restore();
  }
}
