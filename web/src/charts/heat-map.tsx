import type uPlot from "uplot";
import type { Heat } from "../../../src/report/page/types.ts";
import { formatCount } from "../lib/format.ts";
import { cssColor } from "../lib/theme.ts";
import { TimeChart } from "./time-chart.tsx";
import type { TimeLink } from "./time-link.ts";

/** Attempts by time and latency: the darker, the more; a lone one still shows. */
export function HeatMap({
  heat,
  title,
  times,
  link,
}: {
  readonly heat: Heat;
  readonly title: string;
  readonly times: readonly number[];
  readonly link: TimeLink;
}) {
  const most = heat.cells.reduce((max, [, , n]) => Math.max(max, n), 1);
  const [low = 1, high = 10] = [heat.edges[0], heat.edges.at(-1)];
  return (
    <>
      <TimeChart
        title={title}
        unit="ms"
        times={times}
        series={[]}
        link={link}
        log
        yRange={[low, high]}
        height={260}
        paint={(chart) => paintHeat(chart, heat, most)}
      />
      <span class="heat-key">
        1 <i /> {formatCount(most)} {heat.metric === "itl" ? "gaps" : "attempts"} a cell
      </span>
    </>
  );
}

/** The least that a cell of one attempt is coloured, so that it is seen. */
const FAINTEST = 0.14;

function paintHeat(chart: uPlot, { cells, edges, width }: Heat, most: number): void {
  const { ctx, bbox } = chart;
  const [faint, strong] = [rgb(cssColor("--heat-0")), rgb(cssColor("--heat-1"))];
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const [column, row, n] of cells) {
    const left = chart.valToPos((column * width) / 1000, "x", true);
    const right = chart.valToPos(((column + 1) * width) / 1000, "x", true);
    if (right < bbox.left || left > bbox.left + bbox.width) continue;
    const bottom = chart.valToPos(edges[row] ?? 1, "y", true);
    const top = chart.valToPos(edges[row + 1] ?? 1, "y", true);
    const share = FAINTEST + (1 - FAINTEST) * (most > 1 ? Math.log(n) / Math.log(most) : 1);
    ctx.fillStyle = `rgb(${faint.map((from, i) => Math.round(from + ((strong[i] ?? 0) - from) * share)).join(" ")})`;
    ctx.fillRect(left, top, Math.max(1, right - left), Math.max(1, bottom - top));
  }
  ctx.restore();
}

function rgb(hex: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}
