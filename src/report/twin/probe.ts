import { formatNumber } from "../../base/index.ts";
import type { ProbeFindings, ProbeResult } from "../../twin/index.ts";
import { counted, formatLatency } from "../figures.ts";
import { painter } from "../paint.ts";
import { type Cell, table } from "../table.ts";
import { plain, wrap } from "../text.ts";

export interface ProbeRenderOptions {
  readonly width: number;
  readonly color: boolean;
}

/** What a probe found, with the number of samples behind each figure. */
export function renderProbe(
  result: ProbeResult,
  findings: ProbeFindings,
  { width, color }: ProbeRenderOptions,
): string {
  const paint = painter(color);
  const wide = Math.min(100, width);
  const { firstToken, idleGap, rungs, batchLimit, prefix, interference } = findings;
  const said: string[] = [];
  const missing: string[] = [];
  const tell = <T>(found: T | undefined, what: string, text: (found: T) => string): void => {
    if (found === undefined) missing.push(what);
    else said.push(text(found));
  };
  tell(firstToken, "first token by prompt length", ({ intercept, slope, n }) =>
    slope > 0
      ? `First token of an idle engine: ${formatLatency(Math.max(0, intercept))} and ${formatLatency(slope)} a prompt token, which is ${formatNumber(1000 / slope)} prompt tokens/s (n = ${n}).`
      : `First token of an idle engine: ${formatLatency(intercept)}, whatever the prompt's length (n = ${n}).`,
  );
  tell(
    idleGap,
    "gaps of a single stream",
    ({ ms, n }) =>
      `A single stream gets a token every ${formatLatency(ms)}, ${formatNumber(1000 / ms)} tokens/s (n = ${n}).`,
  );
  const [fastest] = rungs.toSorted((a, b) => b.tokensPerSecond - a.tokensPerSecond);
  tell(
    fastest,
    "the ladder of streams",
    ({ tokensPerSecond, streams }) =>
      `All streams together get at most ${formatNumber(tokensPerSecond)} tokens/s, at ${counted(streams, "stream")}.`,
  );
  if (rungs.length > 0)
    said.push(
      batchLimit === undefined
        ? `No batch limit was met up to ${counted(rungs.at(-1)?.streams ?? 0, "stream")}.`
        : `${counted(batchLimit, "sequence")} run at once; more wait.`,
    );
  tell(
    prefix,
    "prefix reuse",
    ({ cached, fresh, half, again, n }) =>
      `Prefix caching ${cached ? "is on" : "shows no effect"}: first token ${formatLatency(fresh)} fresh, ${formatLatency(half)} with half of the prompt known, ${formatLatency(again)} with all of it (n = ${n}).`,
  );
  tell(
    interference,
    "a long prompt into running decodes",
    (held) =>
      `A long prompt holds running streams up for ${formatLatency(held.with)}, against ${formatLatency(held.without)} between tokens without it (n = ${held.n}).`,
  );
  const { spent } = result;
  const lines = [
    ...said.flatMap((text) => wrap(text, wide)),
    "",
    ...ladder(findings, wide, paint),
    "",
    ...(missing.length === 0 ? [] : wrap(`Not measured: ${missing.join(", ")}.`, wide)),
    ...result.file.notes.flatMap((text) => wrap(`${sentence(plain(text))}.`, wide, "  ", "- ")),
    `Spent ${formatNumber(spent.ms / 1000)} s, ${counted(spent.requests, "request")}, ${counted(spent.tokens, "token")}.`,
  ];
  return `${lines.join("\n")}\n`;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function ladder({ rungs }: ProbeFindings, width: number, paint: ReturnType<typeof painter>): string[] {
  if (rungs.length === 0) return [];
  const rows = rungs.map(({ streams, first, gap, tokensPerSecond, queued }): Cell[] => [
    { text: String(streams) },
    { text: formatLatency(first) },
    { text: formatLatency(gap) },
    { text: formatNumber(tokensPerSecond) },
    { text: queued === 0 ? "" : String(queued) },
  ]);
  return table(
    [
      { title: "streams", align: "right" },
      { title: "first token", align: "right" },
      { title: "time a token", align: "right" },
      { title: "tokens/s", align: "right" },
      { title: "waited", align: "right", drop: 1 },
    ],
    rows,
    { width, paint },
  );
}
