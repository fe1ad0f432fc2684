import { fitText } from "../lib/measure.ts";
import { ink } from "../lib/palette.ts";
import { spreadLabels } from "../lib/spread.ts";
import { useWidth } from "../lib/use-width.ts";
import { type ScaleKind, scaleOf } from "./scale.ts";

export interface XyPoint {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
  /** Shown for whoever points at it. */
  readonly words?: string;
  /** Stands alone: no line leads to it, and its name stands beside it. */
  readonly alone?: string;
}

export interface XySeries {
  readonly label: string;
  readonly color: string;
  readonly points: readonly XyPoint[];
  readonly marks?: "none" | "dots" | "rings";
  readonly line?: boolean;
  readonly dashed?: boolean;
}

export interface XyAxis {
  readonly kind: ScaleKind;
  readonly low: number;
  readonly high: number;
  readonly title: string;
  readonly text: (value: number) => string;
}

interface Props {
  readonly title: string;
  readonly x: XyAxis;
  readonly y: XyAxis;
  readonly series: readonly XySeries[];
  /** Lines across: limits. */
  readonly across?: readonly { readonly y: number; readonly label: string }[];
  /** Lines upright: the expected peak, the safe load. */
  readonly upright?: readonly { readonly x: number; readonly label: string }[];
  readonly height?: number;
}

const LEFT = 60;
const TOP = 34;
const BOTTOM = 40;
const LABEL_GAP = 15;

/** Points and lines over two axes, each line labelled at its end. */
export function Xy({ title, x, y, series, across = [], upright = [], height = 300 }: Props) {
  const [ref, measured] = useWidth<HTMLDivElement>();
  const width = measured || 560;
  const right = Math.min(132, Math.max(70, width * 0.22));
  const [innerWidth, innerHeight] = [Math.max(80, width - LEFT - right), height - TOP - BOTTOM];
  const xs = scaleOf(x.kind, x.low, x.high, innerWidth);
  const ys = scaleOf(y.kind, y.low, y.high, innerHeight);
  const px = (value: number): number => LEFT + xs.at(value);
  const py = (value: number): number => TOP + innerHeight - ys.at(value);
  const drawn = series.filter(({ points }) => points.length > 0);
  const ends = drawn.map(({ points }) => points.at(-1) ?? { x: 0, y: 0 });
  const limits = across.filter((line) => line.y >= y.low && line.y <= y.high);
  const wanted = [...ends.map((end) => py(end.y)), ...limits.map((line) => py(line.y))];
  const places = spreadLabels(wanted, LABEL_GAP, TOP, TOP + innerHeight);
  const room = right - 16;
  return (
    <div ref={ref} style={{ height: `${height}px` }}>
      <svg viewBox={`0 0 ${width} ${height}`} width="100%" height={height} role="img" aria-label={title}>
        <text x={0} y={13} font-size="12" class="soft">
          {y.title}
        </text>
        {ys.ticks.map((tick) => (
          <g key={tick}>
            <line x1={LEFT} x2={LEFT + innerWidth} y1={py(tick)} y2={py(tick)} stroke="var(--grid)" />
            <text x={LEFT - 8} y={py(tick) + 4} text-anchor="end" font-size="12" class="soft">
              {y.text(tick)}
            </text>
          </g>
        ))}
        {apart(xs.ticks, px).map((tick) => (
          <text key={tick} x={px(tick)} y={TOP + innerHeight + 18} text-anchor="middle" font-size="12" class="soft">
            {x.text(tick)}
          </text>
        ))}
        <text x={LEFT + innerWidth} y={height - 4} text-anchor="end" font-size="12" class="soft">
          {x.title}
        </text>
        <line x1={LEFT} x2={LEFT + innerWidth} y1={TOP + innerHeight} y2={TOP + innerHeight} stroke="var(--soft)" />
        {[...upright]
          .filter((line) => line.x >= x.low && line.x <= x.high)
          .sort((a, b) => a.x - b.x)
          .map((line, i, all) => (
            <g key={line.label}>
              <line
                x1={px(line.x)}
                x2={px(line.x)}
                y1={TOP}
                y2={TOP + innerHeight}
                stroke="var(--sea-line)"
                stroke-dasharray="5 4"
              />
              <text
                x={px(line.x)}
                y={TOP - 4}
                text-anchor={i === 0 && (all.length > 1 || px(line.x) > LEFT + innerWidth / 2) ? "end" : "start"}
                font-size="12"
                class="soft"
              >
                {line.label}
              </text>
            </g>
          ))}
        {limits.map((line, i) => (
          <g key={line.label}>
            <line
              x1={LEFT}
              x2={LEFT + innerWidth}
              y1={py(line.y)}
              y2={py(line.y)}
              stroke="var(--ink)"
              stroke-width="1.5"
              stroke-dasharray="2 4"
            />
            <Label
              at={px(x.high)}
              from={py(line.y)}
              to={places[ends.length + i] ?? 0}
              text={line.label}
              room={room}
              color="--soft"
            />
          </g>
        ))}
        {drawn.map((one, i) => (
          <g key={one.label}>
            <Line series={one} px={px} py={py} />
            <Label
              at={px(ends[i]?.x ?? 0)}
              column={px(x.high)}
              from={wanted[i] ?? 0}
              to={places[i] ?? 0}
              text={one.label}
              room={room}
              color={one.color}
            />
          </g>
        ))}
      </svg>
    </div>
  );
}

/** Pixels between the middles of two texts under the axis. */
const TICK_GAP = 40;

/** Ticks whose texts do not touch; where they would, the later one stands. */
function apart(ticks: readonly number[], px: (value: number) => number): readonly number[] {
  return ticks.filter((tick, i) => {
    const next = ticks[i + 1];
    return next === undefined || px(next) - px(tick) >= TICK_GAP;
  });
}

/** Whether a lone point's name would cover that of one before it. */
function isCrowded(
  points: readonly XyPoint[],
  i: number,
  px: (x: number) => number,
  py: (y: number) => number,
): boolean {
  const point = points[i];
  if (point === undefined) return false;
  return points
    .slice(0, i)
    .some(
      (other) =>
        (other.alone ?? "") !== "" &&
        Math.abs(px(other.x) - px(point.x)) < 56 &&
        Math.abs(py(other.y) - py(point.y)) < 14,
    );
}

function Line({
  series,
  px,
  py,
}: {
  readonly series: XySeries;
  readonly px: (x: number) => number;
  readonly py: (y: number) => number;
}) {
  const { points, color, marks = "none", line = true, dashed = false } = series;
  const path = points
    .filter(({ alone }) => alone === undefined)
    .map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${px(x).toFixed(1)} ${py(y).toFixed(1)}`)
    .join("");
  return (
    <>
      {line ? (
        <path
          d={path}
          fill="none"
          stroke={ink(color)}
          stroke-width="2"
          stroke-linejoin="round"
          stroke-dasharray={dashed ? "6 4" : undefined}
        />
      ) : null}
      {points.map((point, i) => (
        <g key={i}>
          {point.low === undefined || point.high === undefined ? null : (
            <line
              x1={px(point.x)}
              x2={px(point.x)}
              y1={py(point.low)}
              y2={py(point.high)}
              stroke={ink(color)}
              stroke-width="1.5"
              opacity="0.65"
            />
          )}
          {marks === "none" ? null : (
            <circle
              cx={px(point.x)}
              cy={py(point.y)}
              r="4"
              stroke={ink(color)}
              stroke-width="2"
              fill={marks === "rings" ? "var(--paper)" : ink(color)}
            >
              {point.words === undefined ? null : <title>{point.words}</title>}
            </circle>
          )}
          {point.alone === undefined ? null : (
            <text
              x={px(point.x)}
              y={py(point.y) + (isCrowded(points, i, px, py) ? 19 : -9)}
              text-anchor="middle"
              font-size="11"
              class="soft"
            >
              {point.alone}
            </text>
          )}
        </g>
      ))}
    </>
  );
}

/** A label in the column at the right, with a thin line back to what it names. */
function Label({
  at,
  column = at,
  from,
  to,
  text,
  room,
  color,
}: {
  readonly at: number;
  readonly column?: number;
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly room: number;
  readonly color: string;
}) {
  const short = fitText(text, room, 12);
  return (
    <>
      <path
        d={`M${at + 5} ${from}L${column + 6} ${from}L${column + 12} ${to}`}
        fill="none"
        stroke={ink(color)}
        stroke-width="1"
        opacity="0.55"
      />
      <text x={column + 15} y={to + 4} font-size="12" style={{ fill: ink(color) }}>
        {short}
        {short === text ? null : <title>{text}</title>}
      </text>
    </>
  );
}
