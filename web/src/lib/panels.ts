import type { PageData, Track } from "../../../src/report/page/types.ts";
import type { PanelSpec } from "../charts/panel.tsx";
import type { TimeSeries } from "../charts/time-chart.tsx";
import { greatest, leastPositive } from "../charts/values.ts";
import { figure } from "./format.ts";
import { fixedHue } from "./palette.ts";

interface Wanted {
  readonly id: string;
  readonly title: string;
  readonly tracks: readonly string[];
  /** Labels of the tracks, where their titles say too much. */
  readonly labels?: readonly string[];
}

/** What the timeline shows of the load and of the client, in this order. */
const CLIENT: readonly Wanted[] = [
  { id: "t-load", title: "Load", tracks: ["load.asked", "sessions.started"], labels: ["asked for", "started"] },
  { id: "t-users", title: "Users", tracks: ["load.users"], labels: ["asked for"] },
  {
    id: "t-answers",
    title: "Answers",
    tracks: ["rates.completed", "rates.goodput"],
    labels: ["all", "within every limit"],
  },
  { id: "t-flight", title: "In flight", tracks: ["attempts.inFlight"], labels: ["requests"] },
  {
    id: "t-ttft",
    title: "First token",
    tracks: ["ttft.p50", "ttft.p95", "ttft.p99", "ttft.max"],
    labels: ["p50", "p95", "p99", "greatest"],
  },
  {
    id: "t-response",
    title: "Response time",
    tracks: ["response.p50", "response.p95", "response.max"],
    labels: ["p50", "p95", "greatest"],
  },
];

export const TOKENS: readonly Wanted[] = [
  {
    id: "t-tokens",
    title: "Tokens",
    tracks: ["tokens.input", "tokens.cached", "tokens.output"],
    labels: ["input", "of these, cached", "output"],
  },
  {
    id: "t-gaps",
    title: "Gap between tokens",
    tracks: ["itl.p50", "itl.p99", "itl.max"],
    labels: ["p50", "p99", "greatest"],
  },
  { id: "t-tpot", title: "Time per output token", tracks: ["tpot.p50", "tpot.p95"], labels: ["p50", "p95"] },
];

export const GENERATOR: readonly Wanted[] = [
  { id: "t-lag", title: "Start lag", tracks: ["startLag.p99", "startLag.max"], labels: ["p99", "greatest"] },
  { id: "t-delay", title: "Event-loop delay", tracks: ["generator.loop.delay"], labels: ["p99, worst worker"] },
  { id: "t-loop", title: "Event loop", tracks: ["generator.loop"], labels: ["busy, busiest worker"] },
  { id: "t-cpu", title: "CPU of the generator", tracks: ["generator.cpu"], labels: ["whole process"] },
  {
    id: "t-sockets",
    title: "Requests that wait for a socket",
    tracks: ["attempts.waitingForSocket"],
    labels: ["requests"],
  },
];

export function clientPanels(data: PageData): readonly PanelSpec[] {
  const open = data.tracks.some(({ id }) => id === "load.asked");
  return panelsOf(data, CLIENT).filter(({ id }) => id !== "t-users" || !open);
}

export function panelsOf(data: PageData, wanted: readonly Wanted[]): readonly PanelSpec[] {
  return wanted.flatMap(({ id, title, tracks, labels = [] }): PanelSpec[] => {
    const found = tracks.flatMap((name, i) => {
      const track = data.tracks.find((one) => one.id === name);
      return track === undefined ? [] : [{ track, label: labels[i] ?? track.title }];
    });
    const [first] = found;
    if (first === undefined) return [];
    const series = found.map(({ track, label }, i) => ({
      ...seriesOf(track, label, i),
      formula: data.formulas[track.id],
    }));
    const metric = first.track.id.split(".")[0] ?? "";
    const log = first.track.unit === "ms" && spans(series);
    const height = first.track.unit === "ms" ? 150 : 112;
    return [{ id, title, unit: first.track.unit, series, log, limits: limitsOf(data, metric), height }];
  });
}

function seriesOf(track: Track, label: string, index: number): TimeSeries {
  const statistic = track.id.split(".").at(-1) ?? "";
  const color =
    fixedHue(track.id, 0) === "--c1" && track.unit === "ms" ? fixedHue(statistic, index) : fixedHue(track.id, index);
  return {
    label,
    color,
    values: track.values,
    ...(track.id === "load.asked" || track.id === "load.users" ? { dashed: true } : {}),
    ...(statistic === "max" ? { thin: true } : {}),
  };
}

/** Values that a linear axis would squeeze: the greatest many times the least. */
const WIDE = 40;

function spans(series: readonly TimeSeries[]): boolean {
  const least = Math.min(...series.map(({ values }) => leastPositive(values) ?? Number.POSITIVE_INFINITY));
  const most = Math.max(...series.map(({ values }) => greatest(values) ?? 0));
  return Number.isFinite(least) && most / least > WIDE;
}

/** Limits on a latency of all attempts, as lines. */
function limitsOf(data: PageData, metric: string): readonly { readonly value: number; readonly label: string }[] {
  return data.limits.flatMap(({ metric: of, limit, subject, stage, persona }) =>
    of === metric && limit !== undefined && stage === undefined && persona === undefined
      ? [{ value: limit, label: `limit, ${subject.slice(metric.length + 1)} ${figure(limit, "ms")}` }]
      : [],
  );
}
