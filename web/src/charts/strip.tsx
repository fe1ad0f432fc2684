import { span } from "../lib/format.ts";
import { ink } from "../lib/palette.ts";
import type { TimeLink } from "./time-link.ts";
import { useLink } from "./use-link.ts";

export interface Stretch {
  readonly id: string;
  /** ms */
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly words: string;
  readonly color: string;
  readonly href?: string;
}

/** What happened when, above the time axes: one row a kind, more where stretches overlap. */
export function Strip({
  name,
  stretches,
  link,
}: {
  readonly name: string;
  readonly stretches: readonly Stretch[];
  readonly link: TimeLink;
}) {
  useLink(link, "range");
  const [from, to] = link.range;
  const place = (ms: number): number => ((ms / 1000 - from) / (to - from)) * 100;
  const shown = stretches.filter((one) => one.to / 1000 >= from && one.from / 1000 <= to);
  return (
    <ul class="strip" aria-label={name}>
      {lanes(shown).map((lane, i) => (
        <li class="strip-row" key={i}>
          {lane.map((one) => {
            const left = Math.max(0, place(one.from));
            const width = Math.max(0.6, Math.min(100, place(one.to)) - left);
            const style = { left: `${left}%`, width: `${width}%`, "--tone": ink(one.color) };
            const title = `${one.words}, ${span(one.from, one.to)}`;
            return one.href === undefined ? (
              <span class="band" style={style} title={title} key={one.id}>
                {one.text}
              </span>
            ) : (
              <a class="band" style={style} title={title} href={one.href} key={one.id}>
                {one.text}
              </a>
            );
          })}
        </li>
      ))}
    </ul>
  );
}

const MOST_LANES = 4;

/** Each stretch in the first row that is free for it. */
function lanes(stretches: readonly Stretch[]): readonly (readonly Stretch[])[] {
  const rows: Stretch[][] = [];
  for (const one of [...stretches].sort((a, b) => a.from - b.from)) {
    const free = rows.find((row) => (row.at(-1)?.to ?? 0) <= one.from + 1);
    if (free !== undefined) free.push(one);
    else if (rows.length < MOST_LANES) rows.push([one]);
  }
  return rows;
}

export interface Moment {
  readonly at: number;
  readonly words: string;
  readonly color: string;
}

/** Moments as ticks on the time axis. */
export function Moments({
  name,
  moments,
  link,
}: {
  readonly name: string;
  readonly moments: readonly Moment[];
  readonly link: TimeLink;
}) {
  useLink(link, "range");
  const [from, to] = link.range;
  if (moments.length === 0) return null;
  return (
    <ul class="strip strip-row" aria-label={name}>
      {moments
        .filter(({ at }) => at / 1000 >= from && at / 1000 <= to)
        .map(({ at, words, color }, i) => (
          <li
            key={i}
            class="tick"
            title={words}
            style={{ left: `${((at / 1000 - from) / (to - from)) * 100}%`, "--tone": ink(color) }}
          >
            <span class="hidden">{words}</span>
          </li>
        ))}
    </ul>
  );
}
