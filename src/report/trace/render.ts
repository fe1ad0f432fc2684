import { formatDuration, formatNumber } from "../../base/index.ts";
import { LENGTH_PERCENTILES, type LengthHistogram, type LengthStatistics } from "../../traces/index.ts";
import { counted, formatCount, formatShare } from "../figures.ts";
import { type Paint, painter } from "../paint.ts";
import { bar, sparkline } from "../sparkline.ts";
import { table } from "../table.ts";
import { plain, wrap } from "../text.ts";
import type { TraceReport } from "./report.ts";

const WIDEST = 100;
const NARROWEST = 40;
const LABEL = 13;
const WIDEST_BAR = 40;

/** What a trace looks like, as lines for the terminal. */
export function renderTrace(report: TraceReport, options: { readonly width: number; readonly color: boolean }): string {
  const width = Math.max(NARROWEST, Math.min(WIDEST, options.width));
  const paint = painter(options.color);
  const facts = [...overview(report), ...structure(report), ...nearest(report)];
  const parts = [
    [paint(plain(report.file), "bold"), ...labelled("format", formatText(report), width, paint)],
    facts.flatMap(([label, text]) => labelled(label, text, width, paint)),
    overTime(report, width, paint),
    lengthTable(report, width, paint),
    histogram("Input tokens", report.histograms.input, width, paint),
    histogram("Output tokens", report.histograms.output, width, paint),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

type Fact = readonly [label: string, text: string];

const TURNS = {
  cumulative: "a later turn's input counts the conversation so far",
  deltas: "a later turn's input counts its own text alone",
} as const;

function formatText({ format, turns }: TraceReport): string {
  return `${format.title}; ${TURNS[turns]}`;
}

function overview({ requests, length, begins, rate, images }: TraceReport): Fact[] {
  const since = begins === undefined ? "" : `, from ${begins.slice(0, 19).replace("T", " ")} UTC`;
  const facts: Fact[] = [
    ["requests", `${formatCount(requests)} in ${formatDuration(Math.round(length / 1000) * 1000)}${since}`],
  ];
  if (rate !== undefined) {
    facts.push([
      "rate",
      `${formatNumber(rate.mean)} a second; the busiest second ${formatNumber(rate.peakToMean)} times as many`,
    ]);
    const idc = Object.entries(rate.idc).map(
      ([window, value]) => `${formatNumber(value)} at ${Number.parseInt(window, 10)} s`,
    );
    const cv = rate.cv === undefined ? [] : [`coefficient of variation of the gaps ${formatNumber(rate.cv)}`];
    const dispersion = idc.length === 0 ? [] : [`index of dispersion ${idc.join(", ")}`];
    facts.push(["bursts", `${[...cv, ...dispersion].join("; ")} (a Poisson process has 1)`]);
  }
  if (images !== undefined)
    facts.push(["images", `${formatCount(images.images)} with ${counted(images.requests, "request")}`]);
  return facts;
}

function structure({ reuse, sessions, tenants, correlation, requests }: TraceReport): Fact[] {
  const facts: Fact[] = [];
  if (correlation !== undefined)
    facts.push(["correlation", `${correlation.toFixed(3)} between input and output lengths`]);
  if (reuse !== undefined) {
    const seen = reuse.requests < requests ? ` of the first ${counted(reuse.requests, "request")}` : "";
    facts.push([
      "reuse",
      `${formatShare(reuse.share)} of the input tokens${seen} were a prefix that came before (blocks of ${reuse.blockTokens}, a cache without bounds)`,
    ]);
  }
  if (sessions !== undefined) {
    const gaps = sessions.gaps;
    facts.push([
      "sessions",
      `${formatCount(sessions.sessions)}, of ${formatNumber(sessions.turnsMean)} turns in the mean and at most ${formatCount(sessions.turnsMost)}; ${formatShare(sessions.multiTurn)} have several${
        gaps === undefined
          ? ""
          : `, ${[gaps.p10, gaps.p50, gaps.p90].map((gap) => `${formatNumber(gap)} s`).join(" / ")} apart (p10 / p50 / p90, from request to request)`
      }`,
    ]);
  }
  if (tenants !== undefined) {
    const top = tenants.top.map(({ tenants: count, share }) => `${count}: ${formatShare(share)}`);
    facts.push(["tenants", `${formatCount(tenants.tenants)}; requests of the busiest ${top.join(", ")}`]);
  }
  return facts;
}

function nearest({ presets }: TraceReport): Fact[] {
  const [first] = presets;
  if (first === undefined || !Number.isFinite(first.distance)) return [];
  const factor = formatNumber(Math.exp(first.distance));
  const compared = first.compared.map(({ what }) => what).join(", ");
  return [["preset", `${first.name} is the nearest, off by a factor of ${factor} (root mean square over ${compared})`]];
}

function overTime({ rates, diurnal, length }: TraceReport, width: number, paint: Paint): string[] {
  const most = Math.max(0, ...rates);
  const lines = [
    paint("Rate over time", "bold"),
    `  ${paint(sparkline(rates, width - 4), "cyan")}`,
    `  0 to ${formatNumber(most)} a second, ${formatDuration(Math.round(length / 1000) * 1000)}`,
  ];
  if (diurnal === undefined) return lines;
  const zone = diurnal.dated ? "UTC" : "from the first request on";
  const range = (values: readonly number[]): string =>
    `${formatNumber(Math.min(...values))} to ${formatNumber(Math.max(...values))} of the mean`;
  lines.push(`  ${paint(sparkline(diurnal.hours, 24), "cyan")}  hours of the day (${zone}): ${range(diurnal.hours)}`);
  if (diurnal.days !== undefined)
    lines.push(`  ${paint(sparkline(diurnal.days, 7), "cyan")}  days from Monday on: ${range(diurnal.days)}`);
  return lines;
}

function lengthTable({ input, output }: TraceReport, width: number, paint: Paint): string[] {
  const row = (name: string, lengths: LengthStatistics) => [
    { text: name },
    ...[lengths.mean, ...LENGTH_PERCENTILES.map((p) => lengths[p]), lengths.max].map((value) => ({
      text: formatNumber(value),
    })),
    { text: `${lengths.logMean.toFixed(2)}, ${lengths.logSd.toFixed(2)}` },
  ];
  const columns = ["mean", ...LENGTH_PERCENTILES, "max"];
  const lines = table(
    [
      { title: "", align: "left" },
      ...columns.map((title) => ({
        title,
        align: "right" as const,
        ...(title === "p25" || title === "p75" ? { drop: 2 } : {}),
      })),
      { title: "ln mean, sd", align: "right", drop: 1 },
    ],
    [row("input", input), row("output", output)],
    { width, paint },
  );
  const zeros = output.zeros > 0 ? [`  ${counted(output.zeros, "request")} without an answer (0 tokens)`] : [];
  return [paint("Lengths in tokens", "bold"), ...lines, ...zeros];
}

function histogram(title: string, { bounds, counts }: LengthHistogram, width: number, paint: Paint): string[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const most = Math.max(...counts);
  const size = Math.max(4, Math.min(WIDEST_BAR, width - 34));
  const rows = counts.map((count, i) => [
    { text: `${formatCount(bounds[i] ?? 0)} to ${formatCount((bounds[i + 1] ?? 0) - 1)}` },
    { text: bar(count / most, size).replaceAll("░", " "), styles: ["cyan"] as const },
    { text: formatShare(count / all) },
  ]);
  const columns = [
    { title: "", align: "right" as const },
    { title: "", align: "left" as const },
    { title: "", align: "right" as const },
  ];
  return [paint(title, "bold"), ...table(columns, rows, { width, paint })];
}

function labelled(label: string, text: string, width: number, paint: Paint): string[] {
  const lines = wrap(plain(text), width, " ".repeat(LABEL + 2), `  ${label.padEnd(LABEL)}`);
  return lines.map((line, index) => (index === 0 ? `  ${paint(label, "bold")}${line.slice(2 + label.length)}` : line));
}
