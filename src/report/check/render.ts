import { formatDuration, formatMoney, formatNumber } from "../../base/index.ts";
import { clockText, counted, formatCount } from "../figures.ts";
import { type Paint, painter } from "../paint.ts";
import { sparkline } from "../sparkline.ts";
import { table } from "../table.ts";
import { plain, wrap } from "../text.ts";
import type { StageEstimate } from "./estimate.ts";
import type { LengthReached } from "./lengths.ts";
import { replayText } from "./replays.ts";
import type { CheckReport } from "./report.ts";
import type { Reuse } from "./reuse.ts";

export interface CheckOptions {
  readonly width: number;
  readonly color: boolean;
}

const LABEL = 10;
const WIDEST = 100;
const NARROWEST = 40;
const CURVE = 12;

/** An estimate pretends to no more digits than it has. */
function about(value: number): string {
  if (value < 100) return formatNumber(Math.round(value));
  const size = 10 ** (Math.floor(Math.log10(value)) - 1);
  return `about ${formatCount(Math.round(value / size) * size)}`;
}

function loadText({ unit, load }: StageEstimate): string {
  const suffix = unit === "users" ? "users" : "/s";
  const first = load[0] ?? 0;
  const last = load.at(-1) ?? 0;
  const most = Math.max(...load);
  const least = Math.min(...load);
  if (most - least < 1e-9) return `${formatNumber(most)} ${most === 1 && unit === "users" ? "user" : suffix}`;
  const rises = first === least && last === most;
  const falls = first === most && last === least;
  if (rises || falls) return `${formatNumber(first)} to ${formatNumber(last)} ${suffix}`;
  return `${formatNumber(least)} to ${formatNumber(most)} ${suffix}`;
}

function budgetText({ budget }: CheckReport): string {
  const limits: string[] = [];
  if (budget.cost !== undefined) limits.push(formatMoney(budget.cost));
  if (budget.tokens !== undefined) limits.push(counted(budget.tokens, "token"));
  if (budget.requests !== undefined) limits.push(counted(budget.requests, "request"));
  if (budget.duration !== undefined) limits.push(formatDuration(budget.duration));
  return limits.length > 0 ? `the run stops at ${limits.join(", or at ")}` : "no limit";
}

function guardText({ guards }: CheckReport): string {
  if (guards.allFailedFor === 0) return "off";
  return `the run stops when every attempt of ${formatDuration(guards.allFailedFor)} failed, and there were at least ${formatCount(guards.allFailedMinimum)}`;
}

function observeText({ observe }: CheckReport): string {
  const { prometheus, server, processes, discover, every } = observe;
  const called = (name: string, url: string): string => (name === new URL(url).host ? "" : ` as ${name}`);
  const queries =
    server === undefined || server.queries.length === 0
      ? ""
      : `, ${counted(server.queries.length, "query", "queries")}`;
  const jobs = server === undefined || server.jobs.length === 0 ? "" : `, of ${server.jobs.join(", ")}`;
  const watched = [
    ...prometheus.map(({ name, url }) => `${url}${called(name, url)}`),
    ...(server === undefined
      ? []
      : [`the Prometheus server ${server.url}${called(server.name, server.url)}${queries}${jobs}`]),
    ...processes.map((process) => `process ${"pid" in process ? process.pid : `on port ${process.port}`}`),
    ...(discover ? ["the target's own metrics page, if it has one"] : []),
  ];
  return watched.length === 0 ? "nothing but the load" : `${watched.join("; ")}; every ${formatDuration(every)}`;
}

function exportText({ export: { remoteWrite, otlp, listen } }: CheckReport): string {
  const places = [
    ...(remoteWrite === undefined ? [] : [`Prometheus remote write at ${remoteWrite.url}`]),
    ...(otlp === undefined ? [] : [`OTLP at ${otlp.url}`]),
    ...(listen === undefined
      ? []
      : [`whoever scrapes ${listen.host}:${listen.port === 0 ? "any free port" : listen.port}`]),
  ];
  return places.length === 0 ? "nobody while it runs" : `${places.join("; ")}; every second`;
}

/** What a plan would do, without sending anything. */
export function renderCheck(report: CheckReport, { width: columns, color }: CheckOptions): string {
  const width = Math.max(NARROWEST, Math.min(WIDEST, columns));
  const paint = painter(color);
  const { estimate, target, plan, generator } = report;
  const { tokens, sockets, cost } = estimate;
  const facts: readonly (readonly [label: string, text: string])[] = [
    ["plan", `${plan.name} (seed ${plan.seed})`],
    [
      "target",
      `${target.method} ${target.url}, ${target.protocol}${target.model === undefined ? "" : `, model ${target.model}`}`,
    ],
    [
      "length",
      `${clockText(estimate.duration)}, and up to ${formatDuration(generator.drain)} for the last answers to end`,
    ],
    [
      "sessions",
      `${about(estimate.sessions)}, ${about(estimate.requests)} requests: ${formatNumber(estimate.turnsPerSession)} turns a session, the mean of the first ${estimate.drawnSessions}`,
    ],
    [
      "sockets",
      `${about(sockets.peak)} at the peak if an answer takes ${formatDuration(estimate.answerTime)} (--answer-time says otherwise); never more than ${formatCount(sockets.most)}`,
    ],
    ...report.asked.prompts.map(({ persona, says }, i) => [i === 0 ? "asks" : "", `${persona}: ${says}`] as const),
    ...report.replays.map((each) => ["replay", `${each.stage}: ${replayText(each)}`] as const),
    ...report.regions.map((text, i) => [i === 0 ? "regions" : "", text] as const),
    ["tokens", tokensText(tokens)],
    ["cache", cacheText(report.asked.reuse)],
    ["cost", cost.atMost === undefined ? `unknown: ${cost.why}` : `at most ${formatMoney(cost.atMost)}: ${cost.why}`],
    ["budget", budgetText(report)],
    ["guard", guardText(report)],
    ["observes", observeText(report)],
    ["tells", exportText(report)],
  ];
  const parts = [
    facts.flatMap(([label, text]) => labelled(label, text, width, paint)),
    stageTable(estimate.stages, width, paint),
    ...lengthTable(report.asked.lengths, width, paint),
    [
      paint("Thresholds", "bold"),
      ...(report.slo.length > 0
        ? report.slo.flatMap((line) => wrap(plain(line), width, "    ", "  "))
        : ["  none: the run gives no verdict"]),
    ],
  ];
  if (report.defaults.length > 0) {
    const rows = report.defaults.map(({ path, value }) => [{ text: plain(path) }, { text: plain(value) }]);
    parts.push([
      paint("Defaults, for what the plan leaves out", "bold"),
      ...table(
        [
          { title: "", align: "left", shrinkTo: 20 },
          { title: "", align: "left", shrinkTo: 12 },
        ],
        rows,
        { width, paint },
      ),
    ]);
  }
  if (report.warnings.length > 0) {
    parts.push([
      paint("Warnings", "bold"),
      ...report.warnings.flatMap(({ message, hint }) => [
        ...wrap(plain(message), width, "    ", "  ").map((line) => paint(line, "yellow")),
        ...(hint === undefined ? [] : wrap(plain(hint), width, "    ")),
      ]),
    ]);
  }
  return `${parts.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function tokensText({ input, outputAtMost, answersInHistory }: CheckReport["estimate"]["tokens"]): string {
  const history = answersInHistory ? "" : ", earlier answers in the history left out";
  const output =
    outputAtMost === undefined
      ? "output unknown: some turns have no maxTokens"
      : `output at most ${about(outputAtMost)}, by maxTokens`;
  return `input ${about(input)} (estimated at four characters a token${history}); ${output}`;
}

function labelled(label: string, text: string, width: number, paint: Paint): string[] {
  const lines = wrap(plain(text), width, " ".repeat(LABEL), label.padEnd(LABEL));
  return lines.map((line, index) => (index === 0 ? paint(label, "bold") + line.slice(label.length) : line));
}

function stageTable(stages: readonly StageEstimate[], width: number, paint: Paint): string[] {
  const tops = new Map<string, number>();
  for (const { unit, load } of stages) tops.set(unit, Math.max(tops.get(unit) ?? 0, ...load));
  return [
    paint("Stages", "bold"),
    ...table(
      [
        { title: "", align: "left", shrinkTo: 12 },
        { title: "from", align: "right" },
        { title: "for", align: "right" },
        { title: "load", align: "right" },
        { title: "over time", align: "left", drop: 1 },
        { title: "sessions", align: "right" },
      ],
      stages.map((stage) => [
        { text: plain(stage.name) },
        { text: clockText(stage.from) },
        { text: formatDuration(stage.duration) },
        { text: loadText(stage) },
        { text: sparkline(stage.load, CURVE, tops.get(stage.unit)), styles: ["cyan"] as const },
        { text: about(stage.sessions) },
      ]),
      { width, paint },
    ),
  ];
}

function cacheText({ share, sessions }: Reuse): string {
  const percent = `${formatNumber(Math.round(share * 1000) / 10)} %`;
  return `${percent} of the input begins as an earlier request did: what a prefix cache that forgets nothing would find, by the first ${formatCount(sessions)} sessions`;
}

/** Lengths in tokens as asked and as reached; nothing where the plan asks for none. */
function lengthTable(lengths: readonly LengthReached[], width: number, paint: Paint): string[][] {
  if (lengths.length === 0) return [];
  const pair = (asked: number, reached: number) => ({ text: `${tokenText(asked)} / ${tokenText(reached)}` });
  return [
    [
      paint("Lengths in tokens, asked / reached", "bold"),
      ...table(
        [
          { title: "", align: "left", shrinkTo: 20 },
          { title: "mean", align: "right" },
          { title: "p50", align: "right" },
          { title: "p95", align: "right" },
          { title: "draws", align: "right", drop: 1 },
        ],
        lengths.map(({ path, draws, asked, reached }) => [
          { text: plain(path.replace(/^workload\./, "")) },
          pair(asked.mean, reached.mean),
          pair(asked.p50, reached.p50),
          pair(asked.p95, reached.p95),
          { text: formatCount(draws) },
        ]),
        { width, paint },
      ),
    ],
  ];
}

function tokenText(value: number): string {
  return Number.isFinite(value) ? formatCount(Math.round(value)) : "none";
}
