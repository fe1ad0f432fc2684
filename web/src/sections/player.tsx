import { useEffect, useState } from "preact/hooks";
import type { Transcript } from "../../../src/report/page/types.ts";
import { figure, formatCount } from "../lib/format.ts";
import { charactersAt, eventTimes } from "../lib/replay.ts";

/** One attempt as its user saw it: the wait, then the words at the pace at which they came. */
export function Player({ talk }: { readonly talk: Transcript }) {
  const events = eventTimes(talk);
  const [at, setAt] = useState(talk.end);
  const [playing, setPlaying] = useState(false);
  useEffect(() => {
    if (!playing) return undefined;
    const start = at >= talk.end ? 0 : at;
    const begun = performance.now();
    let frame = 0;
    const step = (): void => {
      const now = start + performance.now() - begun;
      setAt(Math.min(talk.end, now));
      if (now >= talk.end) setPlaying(false);
      else frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [playing]);
  const seen = events === undefined ? talk.answer.length : charactersAt(talk, events, at);
  return (
    <div class="talk">
      <p class="soft">{facts(talk)}</p>
      <h3>asked</h3>
      <div class="text">{talk.prompt}</div>
      <h3>answered{events === undefined ? "; its gaps were not kept, so it cannot be replayed" : ""}</h3>
      <div class="text answer">
        {talk.answer.slice(0, seen)}
        <span class="unseen" aria-hidden="true">
          {talk.answer.slice(seen)}
        </span>
      </div>
      {events === undefined ? null : (
        <>
          <Beats events={events} end={talk.end} at={at} />
          <div class="controls">
            <button type="button" class="button" onClick={() => setPlaying(!playing)}>
              {playing ? "Pause" : "Replay as the user saw it"}
            </button>
            <input
              type="range"
              min="0"
              max={talk.end}
              step="any"
              value={at}
              aria-label="Time since the user asked"
              aria-valuetext={figure(at, "ms")}
              onInput={(event) => {
                setPlaying(false);
                setAt(Number(event.currentTarget.value));
              }}
            />
            <output>
              {figure(at, "ms")} of {figure(talk.end, "ms")}
            </output>
          </div>
        </>
      )}
    </div>
  );
}

/** The events of a stream as strokes on its time: the wait before the first, and every stall, can be seen. */
function Beats({ events, end, at }: { readonly events: readonly number[]; readonly end: number; readonly at: number }) {
  const x = (ms: number): number => (ms / end) * 1000;
  const first = events[0] ?? 0;
  return (
    <svg
      class="beats"
      viewBox="0 0 1000 30"
      width="100%"
      height="30"
      preserveAspectRatio="none"
      role="img"
      aria-label={`First token after ${figure(first, "ms")}, ${formatCount(events.length)} events`}
    >
      <rect x="0" y="12" width={x(first)} height="6" fill="var(--sea-deep)" />
      <path
        d={events.map((ms) => `M${x(ms).toFixed(1)} 4v22`).join("")}
        stroke="var(--c1)"
        stroke-width="1"
        vector-effect="non-scaling-stroke"
      />
      <line
        x1={x(at)}
        x2={x(at)}
        y1="0"
        y2="30"
        stroke="var(--ink)"
        stroke-width="2"
        vector-effect="non-scaling-stroke"
      />
    </svg>
  );
}

function facts({ outcome, reason, ttft, end, outputTokens }: Transcript): string {
  return [
    reason === undefined ? outcome : `${outcome} (${reason})`,
    ttft === undefined ? "no token came" : `first token after ${figure(ttft, "ms")}`,
    `ended after ${figure(end, "ms")}`,
    ...(outputTokens === undefined ? [] : [`${formatCount(outputTokens)} tokens`]),
  ].join(" · ");
}
