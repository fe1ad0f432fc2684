import { relative } from "node:path";
import type { Found, FoundProbe } from "../../analyse/index.ts";
import { formatDuration, formatNumber } from "../../base/index.ts";
import { formatCount, formatShare, NONE } from "../figures.ts";
import { painter, type Style } from "../paint.ts";
import { type Cell, table } from "../table.ts";
import { plain, wrap } from "../text.ts";
import { answerSentence, loadText } from "./words.ts";

export interface FindRenderOptions {
  readonly width: number;
  readonly color: boolean;
  /** The search's folder, as it is to be shown. */
  readonly folder: string;
  readonly cwd: string;
}

const WIDEST = 100;
const NARROWEST = 40;

const STYLES: Readonly<Record<FoundProbe["word"], Style>> = {
  holds: "green",
  breaks: "red",
  doubtful: "yellow",
  unusable: "dim",
};

/** The result of a search as text: the answer first, then each probe in the order of the loads, then what was left out. */
export function renderFind(found: Found, { width: wide, color, folder, cwd }: FindRenderOptions): string {
  const width = Math.max(NARROWEST, Math.min(WIDEST, wide));
  const paint = painter(color);
  const { answer, ended, vary, at, probes, leftOut } = found;
  const [head = "", ...more] = wrap(answerSentence(found), width, "  ", "");
  const lines = [paint(head, "bold", answer.kind === "below" ? "red" : "cyan"), ...more];
  if (answer.kind !== "nothing") lines.push(...wrap(ended.words, width, "  "));
  const facts = [
    plain(found.name),
    `varied ${vary}${at === undefined ? "" : ` at ${loadText(at.value, at.unit)}`}`,
    `${formatCount(probes.length)} of ${formatCount(found.tried.most)} probes`,
    `each ${formatDuration(found.probeTime.least)} to ${formatDuration(found.probeTime.most)} after ${formatDuration(found.probeTime.warmUp)} of warm-up`,
    ...(found.simulated === undefined ? [] : [`simulated on ${plain(found.simulated.stack)}`]),
  ];
  lines.push(...wrap(facts.join(" · "), width).map((line) => paint(line, "dim")));
  if (probes.length > 0) lines.push("", ...probeTable(found, width, paint));
  if (leftOut.length > 0) {
    lines.push("", paint("Not looked for", "bold"));
    for (const { expression, why } of leftOut)
      lines.push(...wrap(`${plain(expression)}: ${plain(why)}`, width, "    ", "  "));
  }
  const near = relative(cwd, folder);
  lines.push("", `${paint("Folder", "bold")}  ${near === "" || near.startsWith("..") ? folder : near}`);
  return `${lines.join("\n")}\n`;
}

function probeTable({ probes, unit }: Found, width: number, paint: ReturnType<typeof painter>): string[] {
  const rows = [...probes]
    .map((probe, i) => ({ probe, number: i + 1 }))
    .sort((a, b) => a.probe.load - b.probe.load)
    .map(({ probe, number }): Cell[] => {
      const worst = worstOf(probe);
      return [
        { text: formatNumber(probe.load) },
        { text: probe.word, styles: [STYLES[probe.word]] },
        { text: worst === undefined ? NONE : plain(worst.expression) },
        {
          text:
            worst === undefined ? NONE : `${shareText(worst)} of ${shareText({ ...worst, observed: worst.allowed })}`,
        },
        { text: formatCount(probe.attempts) },
        { text: formatDuration(Math.round(probe.measured / 1000) * 1000) },
        { text: ENDED[probe.ended] },
        { text: String(number) },
      ];
    });
  return table(
    [
      { title: unit, align: "right" },
      { title: "", align: "left" },
      { title: "nearest to its limit", align: "left", shrinkTo: 16 },
      { title: "beyond it", align: "right" },
      { title: "n", align: "right" },
      { title: "measured", align: "right", drop: 2 },
      { title: "ended", align: "left", drop: 3 },
      { title: "probe", align: "right", drop: 1 },
    ],
    rows,
    { width, paint },
  );
}

const ENDED: Readonly<Record<FoundProbe["ended"], string>> = {
  clear: "clear",
  saturated: "saturated",
  full: "full time",
  cut: "cut short",
};

type Seen = FoundProbe["limits"][number];

/** The limit that is broken most, or is nearest to it. */
function worstOf({ limits }: FoundProbe): Seen | undefined {
  return [...limits].sort((a, b) => (b.margin ?? Number.POSITIVE_INFINITY) - (a.margin ?? Number.POSITIVE_INFINITY))[0];
}

function shareText({ observed, allowed }: Seen): string {
  if (observed === undefined) return "nothing measured";
  return allowed <= 1 ? formatShare(observed) : formatNumber(observed);
}
