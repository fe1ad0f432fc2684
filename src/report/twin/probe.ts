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
  const tell = (known: boolean, what: string, text: () => string): void => {
    if (known) said.push(text());
    else missing.push(what);
  };
  tell(firstToken !== undefined, "first token by prompt length", () =>
    firstToken === undefined
      ? ""
      : firstToken.slope > 0
        ? `First token of an idle engine: ${formatLatency(Math.max(0, firstToken.intercept))} and ${formatLatency(firstToken.slope)} a prompt token, which is ${formatNumber(1000 / firstToken.slope)} prompt tokens/s (n = ${firstToken.n}).`
        : `First token of an idle engine: ${formatLatency(firstToken.intercept)}, whatever the prompt's length (n = ${firstToken.n}).`,
  );
  tell(idleGap !== undefined, "gaps of a single stream", () =>
    idleGap === undefined
      ? ""
      : `A single stream gets a token every ${formatLatency(idleGap.ms)}, ${formatNumber(1000 / idleGap.ms)} tokens/s (n = ${idleGap.n}).`,
  );
  const best = rungs.reduce((most, rung) => Math.max(most, rung.tokensPerSecond), 0);
  tell(rungs.length > 0, "the ladder of streams", () => {
    const top = rungs.find(({ tokensPerSecond }) => tokensPerSecond === best);
    return `All streams together get at most ${formatNumber(best)} tokens/s, at ${counted(top?.streams ?? 0, "stream")}.`;
  });
  if (rungs.length > 0)
    said.push(
      batchLimit === undefined
        ? `No batch limit was met up to ${counted(rungs.at(-1)?.streams ?? 0, "stream")}.`
        : `${counted(batchLimit, "sequence")} run at once; more wait.`,
    );
  tell(prefix !== undefined, "prefix reuse", () =>
    prefix === undefined
      ? ""
      : `Prefix caching ${prefix.cached ? "is on" : "shows no effect"}: first token ${formatLatency(prefix.fresh)} fresh, ${formatLatency(prefix.half)} with half of the prompt known, ${formatLatency(prefix.again)} with all of it (n = ${prefix.n}).`,
  );
  tell(interference !== undefined, "a long prompt into running decodes", () =>
    interference === undefined
      ? ""
      : `A long prompt holds running streams up for ${formatLatency(interference.with)}, against ${formatLatency(interference.without)} between tokens without it (n = ${interference.n}).`,
  );
  const { spent } = result;
  const lines = [
    ...said.flatMap((text) => wrap(text, wide)),
    "",
    ...ladder(findings, wide, paint),
    "",
    ...(missing.length === 0 ? [] : wrap(`Not measured: ${missing.join(", ")}.`, wide)),
    ...result.notes.flatMap((text) => wrap(`${sentence(plain(text))}.`, wide, "  ", "- ")),
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
