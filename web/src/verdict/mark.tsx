import type { PageData } from "../../../src/report/page/types.ts";
import { formatCount, formatNumber, loadUnit } from "../lib/format.ts";
import { fitText } from "../lib/measure.ts";
import { ink } from "../lib/palette.ts";
import { useWidth } from "../lib/use-width.ts";
import { type MarkLayout, type MarkLine, markLayout } from "./mark-layout.ts";

const AXIS = 42;
const TOP = 20;
const FOOT = 44;

/** The load line as ships carry it: one line a limit, the water up to the expected peak, the dial at the lowest line. */
export function Mark({ data }: { readonly data: PageData }) {
  const [ref, measured] = useWidth<HTMLElement>();
  const width = measured || 520;
  const height = width < 460 ? 430 : 548;
  const layout = markLayout(data, TOP, height - FOOT);
  const unit = data.verdict.line?.unit ?? "sessions/s";
  if (layout === undefined) return null;
  return (
    <figure class="mark" ref={ref}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width="100%"
        height={height}
        role="img"
        aria-label={described(layout, unit)}
      >
        <Water layout={layout} width={width} bottom={height - FOOT} />
        <Axis layout={layout} bottom={height - FOOT} unit={loadUnit(unit)} data={data} />
        <Dial layout={layout} width={width} bottom={height - FOOT} />
        <Mast layout={layout} width={width} bottom={height - FOOT} />
      </svg>
      <figcaption>
        Each line is the highest load at which a limit still held; whiskers are 95 % intervals, an arrow means that it
        held or broke at every load that was tried.{" "}
        {data.verdict.line?.safe === undefined
          ? "No limit was seen to break; the dial, where there is one, sits at the most that all of them were tried at."
          : "The dial sits at the lowest limit that was seen to break."}
        {layout.silent.map(({ name, why }) => ` No line for ${name}: ${why}.`)}
      </figcaption>
    </figure>
  );
}

function Water({
  layout,
  width,
  bottom,
}: {
  readonly layout: MarkLayout;
  readonly width: number;
  readonly bottom: number;
}) {
  if (layout.expected === undefined) return null;
  const surface = layout.y(layout.expected);
  return (
    <>
      <defs>
        <linearGradient id="water" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stop-color="var(--sea)" />
          <stop offset="1" stop-color="var(--sea-deep)" />
        </linearGradient>
      </defs>
      <rect x={AXIS} y={surface} width={width - AXIS} height={bottom - surface} fill="url(#water)" />
      <line
        x1={AXIS}
        x2={mastAt(width) + reachAt(width) + 14}
        y1={surface}
        y2={surface}
        stroke="var(--sea-line)"
        stroke-width="1.5"
        stroke-dasharray="6 4"
      />
    </>
  );
}

function Axis({
  layout,
  bottom,
  unit,
  data,
}: {
  readonly layout: MarkLayout;
  readonly bottom: number;
  readonly unit: string;
  readonly data: PageData;
}) {
  const tried = data.verdict.line?.tried;
  return (
    <>
      {layout.ticks.map((tick) => (
        <g key={tick}>
          <line x1={AXIS - 5} x2={AXIS} y1={layout.y(tick)} y2={layout.y(tick)} stroke="var(--soft)" />
          <text x={AXIS - 10} y={layout.y(tick) + 4} text-anchor="end" font-size="12.5" class="soft">
            {formatNumber(tick)}
          </text>
        </g>
      ))}
      <line x1={AXIS} x2={AXIS} y1={TOP} y2={bottom} stroke="var(--soft)" />
      {tried === undefined ? null : (
        <line
          x1={AXIS}
          x2={AXIS}
          y1={layout.y(tried.most)}
          y2={layout.y(tried.least)}
          stroke="var(--ink)"
          stroke-width="4"
        >
          <title>
            tried from {formatNumber(tried.least)} to {formatNumber(tried.most)}
          </title>
        </line>
      )}
      <text x={AXIS} y={bottom + 22} font-size="12.5" class="soft">
        {unit}
        {layout.isLog ? ", log scale" : ""}
        {tried === undefined ? "" : `; thick: tried, ${formatNumber(tried.least)} to ${formatNumber(tried.most)}`}
      </text>
    </>
  );
}

/** The circle and its bar; it stays within the picture where its line is near an end. */
function Dial({
  layout,
  width,
  bottom,
}: {
  readonly layout: MarkLayout;
  readonly width: number;
  readonly bottom: number;
}) {
  if (layout.dial === undefined) return null;
  const foot = bottom - layout.y(layout.dial);
  const radius = Math.max(20, Math.min(width < 460 ? 24 : 42, foot + 6));
  const x = AXIS + (mastAt(width) - AXIS) / 2;
  const y = layout.y(layout.dial);
  const label = y + radius + 22;
  const surface = layout.expected === undefined ? undefined : layout.y(layout.expected);
  // The dashes of the water's surface do not run through the label.
  const above = y + radius + 30 > bottom || (surface !== undefined && Math.abs(label - 5 - surface) < 12);
  return (
    <g>
      <g fill="none" stroke="var(--ink)">
        <circle cx={x} cy={y} r={radius} stroke-width="4" />
        <line x1={x - radius * 1.55} x2={x + radius * 1.55} y1={y} y2={y} stroke-width="5" />
      </g>
      <text x={x} y={above ? y - radius - 12 : label} text-anchor="middle" font-size="14" font-weight="650">
        safe load
      </text>
    </g>
  );
}

function mastAt(width: number): number {
  return width < 460 ? 126 : Math.round(width * 0.41);
}

function reachAt(width: number): number {
  return width < 460 ? 26 : 48;
}

function Mast({
  layout,
  width,
  bottom,
}: {
  readonly layout: MarkLayout;
  readonly width: number;
  readonly bottom: number;
}) {
  const x = mastAt(width);
  const reach = reachAt(width);
  const room = width - x - reach - 20;
  return (
    <g>
      <line x1={x} x2={x} y1={TOP} y2={bottom} stroke="var(--ink)" stroke-width="3" />
      {layout.lines.map((line) => (
        <g key={line.key}>
          {line.kind === "expected" ? null : <Line line={line} layout={layout} x={x} reach={reach} />}
          <path
            d={`M${x + (line.kind === "expected" ? 0 : reach)} ${line.y}H${x + reach + 6}L${x + reach + 16} ${line.labelY}`}
            fill="none"
            stroke={ink(line.color)}
            opacity={line.kind === "expected" ? 0 : 0.7}
          />
          <MarkLabel line={line} x={x + reach + 20} room={room} />
        </g>
      ))}
    </g>
  );
}

function MarkLabel({
  line,
  x,
  room,
}: {
  readonly line: MarkLine & { readonly labelY: number };
  readonly x: number;
  readonly room: number;
}) {
  const { kind, value, name, expression, samples, isLowest } = line;
  const figure = `${{ holds: "", above: room < 200 ? "> " : "above ", below: room < 200 ? "< " : "below ", expected: "" }[kind]}${formatNumber(value)}`;
  const weight = isLowest || kind === "expected" ? 660 : 400;
  const label = fitText(`${figure}\u2002${name}`, room, 14, weight);
  const more = `${expression === "" ? "" : `, ${expression}`}${samples === undefined ? "" : `, n = ${formatCount(samples)}`}`;
  return (
    <text x={x} y={line.labelY + 5} font-size="14" font-weight={weight}>
      {label}
      <title>{`${figure}: ${name}${more}`}</title>
    </text>
  );
}

function Line({
  line,
  layout,
  x,
  reach,
}: {
  readonly line: MarkLayout["lines"][number];
  readonly layout: MarkLayout;
  readonly x: number;
  readonly reach: number;
}) {
  const { part, lane, kind, low, high } = line;
  const start = x + (part.index / part.of) * reach;
  const whisker = x + lane * reach;
  const middle = start + reach / part.of / 2;
  const arrow = kind === "above" ? -1 : kind === "below" ? 1 : 0;
  return (
    <g stroke={ink(line.color)} fill="none">
      <line x1={start} x2={start + reach / part.of} y1={line.y} y2={line.y} stroke-width="5" />
      {low === undefined || high === undefined ? null : (
        <path
          d={`M${whisker} ${layout.y(high)}V${layout.y(low)}M${whisker - 4} ${layout.y(high)}h8M${whisker - 4} ${layout.y(low)}h8`}
          stroke-width="2"
        />
      )}
      {arrow === 0 ? null : (
        <path
          d={`M${middle} ${line.y}v${arrow * 17}m-5 ${arrow * -6}l5 ${arrow * 6}l5 ${arrow * -6}`}
          stroke-width="2"
        />
      )}
    </g>
  );
}

/** The mark in words. */
function described({ lines, dial }: MarkLayout, unit: string): string {
  const words = {
    holds: "holds up to",
    above: "held at every load tried, up to",
    below: "was broken from",
    expected: "is",
  };
  return [
    "Load line.",
    ...lines.map(({ name, kind, value }) => `${name} ${words[kind]} ${formatNumber(value)} ${unit}.`),
    dial === undefined ? "" : `The safe load is ${formatNumber(dial)} ${unit}.`,
  ].join(" ");
}
