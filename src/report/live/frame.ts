import { formatMoney, formatNumber } from "../../base/index.ts";
import type { Progress } from "../../run/index.ts";
import { clockText, counted, formatCount, formatShare } from "../figures.ts";
import type { Paint, Style } from "../paint.ts";
import { bar, sparkline } from "../sparkline.ts";
import { displayWidth, fit, padEnd, padStart, plain } from "../text.ts";
import { type History, WATCHED, type Watched } from "./history.ts";
import {
  errorsText,
  GENERATOR_WORDS,
  loadText,
  milliseconds,
  PHASES,
  seenOutcomes,
  timeText,
  topPercentile,
} from "./words.ts";

export interface FrameInput {
  readonly name: string;
  readonly progress: Progress;
  readonly history: History;
  /** Columns that a line may take. */
  readonly width: number;
  readonly paint: Paint;
}

const LABEL = 10;
const FIGURE = 10;
const WIDEST = 100;
const TITLES: Readonly<Record<Watched, string>> = { ttft: "first token", itl: "gap", response: "response" };
const HEALTH: Readonly<Record<Progress["generator"]["word"], Style>> = {
  well: "green",
  strained: "yellow",
  limited: "red",
};

/** The screen of a run, at most eleven lines. Every figure keeps its place from frame to frame. */
export function frame({ name, progress, history, width: columns, paint }: FrameInput): string[] {
  const width = Math.min(columns, WIDEST);
  const { stage, load, recent } = progress;
  const label = (text: string): string => paint(padEnd(text, LABEL), "dim");
  const slot = (text: string, least: number): string => padEnd(text, least);

  const time = timeText(progress);
  const title = fit(plain(name), Math.max(8, width - time.length - 2));
  const lines = [`${paint(title, "bold")}${padStart(time, width - displayWidth(title))}`];

  const phase = PHASES[progress.phase];
  if (phase !== "") lines.push(label("stage") + paint(phase, "yellow"));
  else {
    const place = `${plain(stage.name)} (${stage.index + 1} of ${stage.count})`;
    const clock = `${clockText(stage.elapsed)} of ${clockText(stage.duration)}`;
    const room = width - LABEL - displayWidth(place) - clock.length - 4;
    const share = stage.duration > 0 ? stage.elapsed / stage.duration : 0;
    lines.push(
      `${label("stage")}${place}  ${room >= 6 ? `${paint(bar(share, Math.min(room, 40)), "cyan")}  ` : ""}${clock}`,
    );
  }

  lines.push(
    label("load") +
      slot(`asked ${loadText(load.asked, load.unit)}`, 18) +
      slot(`reached ${loadText(load.reached, load.unit)}`, 20) +
      slot(`in flight ${formatCount(progress.inFlight)}`, 17) +
      counted(progress.sessions, "session"),
  );

  const head = `${" ".repeat(LABEL + 2)}${["p50", "p95", "p99"].map((text) => padStart(text, FIGURE)).join("")}`;
  const room = Math.min(40, width - head.length - 7);
  lines.push("", paint(`${head}   ${room >= 20 ? "over the last minute" : ""}`.trimEnd(), "dim"));
  for (const watched of WATCHED) {
    const { p50, p95, p99 } = recent[watched];
    const figures = [p50, p95, p99].map((value) => padStart(milliseconds(value), FIGURE)).join("");
    const { statistic, values } = history.of(watched, room);
    const seen = values.some((value) => value !== undefined);
    const spark = room >= 8 && seen ? `   ${paint(statistic, "dim")} ${paint(sparkline(values, room), "cyan")}` : "";
    lines.push(`${paint(padEnd(TITLES[watched], LABEL + 2), "dim")}${figures}${spark}`);
  }

  const outcomes = seenOutcomes(progress).map(({ name: outcome, count, error }) => {
    const text = `${formatCount(count)} ${outcome}`;
    return error ? paint(text, "red") : text;
  });
  lines.push(
    "",
    `${label("outcomes")}${outcomes.length > 0 ? `errors ${errorsText(progress)} · ${outcomes.join(" · ")}` : "none yet"}`,
  );

  const { tokensPerSecond, cost, generator } = progress;
  const health = `${GENERATOR_WORDS[generator.word]}, start lag ${topPercentile(recent.startLag)}, loop ${formatShare(Math.round(generator.loop * 100) / 100)} busy`;
  const rates: string[] = [];
  if (tokensPerSecond !== undefined) rates.push(`${formatNumber(tokensPerSecond)} tokens/s`);
  if (cost !== undefined) rates.push(`${formatMoney(cost)} spent`);
  if (rates.length > 0) lines.push(label("tokens") + rates.join(" · "));
  lines.push(label("generator") + paint(health, HEALTH[generator.word]));
  return lines.map((line) => fit(line.trimEnd(), width));
}
