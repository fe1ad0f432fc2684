import type { PageData } from "../../../src/report/page/types.ts";
import { clockText, counted, figure } from "../lib/format.ts";
import { useWidth } from "../lib/use-width.ts";

const HEIGHT = 300;

/** A run without a load line: what was seen of it, as an area over time, and why there is no line. */
export function NoMark({ data }: { readonly data: PageData }) {
  const [ref, measured] = useWidth<HTMLElement>();
  const width = measured || 520;
  const { tracks, bins, verdict, summary } = data;
  const track =
    tracks.find(({ id }) => id === "rates.completed") ?? tracks.find(({ id }) => id === "attempts.inFlight");
  const lack = verdict.lacks.find(({ rule }) => rule.startsWith("load"));
  const words =
    lack === undefined
      ? data.limits.length === 0
        ? "No load line: the plan sets no limits."
        : "No load line: too little was measured to say up to which load any limit holds."
      : `No load line: it needs ${lack.needs}. ${lack.hint}`;
  const values = track?.values ?? [];
  const most = values.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
  if (track === undefined || most === 0)
    return (
      <figure class="mark" ref={ref}>
        <svg
          viewBox={`0 0 ${width} ${HEIGHT}`}
          width="100%"
          height={HEIGHT}
          role="img"
          aria-label="An empty mark: nothing was measured"
        >
          <g fill="none" stroke="var(--rule)">
            <circle cx={width / 2} cy={HEIGHT / 2} r="60" stroke-width="5" />
            <line x1={width / 2 - 104} x2={width / 2 + 104} y1={HEIGHT / 2} y2={HEIGHT / 2} stroke-width="6" />
          </g>
        </svg>
        <figcaption>{words}</figcaption>
      </figure>
    );
  const x = (bin: number): number => ((bin + 0.5) / bins) * width;
  const y = (value: number): number => HEIGHT - 30 - (value / most) * (HEIGHT - 60);
  const line = values.map((value, bin) => `${x(bin).toFixed(1)} ${y(value ?? 0).toFixed(1)}`).join("L");
  return (
    <figure class="mark" ref={ref}>
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        width="100%"
        height={HEIGHT}
        role="img"
        aria-label={`${track.title} over the run`}
      >
        <text x="0" y="14" font-size="13" class="soft">
          {track.title} over the run, at most {figure(most, track.unit)}
        </text>
        <path
          d={`M0 ${HEIGHT - 30}L${line}L${width} ${HEIGHT - 30}Z`}
          fill="var(--sea-deep)"
          stroke="var(--sea-line)"
        />
        <text x="0" y={HEIGHT - 10} font-size="12.5" class="soft">
          0:00
        </text>
        <text x={width} y={HEIGHT - 10} font-size="12.5" text-anchor="end" class="soft">
          {clockText(summary.run.duration)}
        </text>
      </svg>
      <figcaption>
        {words} {counted(summary.total.attempts, "attempt")}.
      </figcaption>
    </figure>
  );
}
