import { basename } from "node:path";
import { formatDuration, formatNumber } from "../../base/index.ts";
import { type Plan, settingsOf } from "../../plan/index.ts";
import { burstiness, type RateStatistics, type Schedule, schedule } from "../../traces/index.ts";
import { counted, formatShare } from "../figures.ts";

/** What a stage replays, and how its requests come beside those of the trace. */
export interface ReplayReport {
  readonly stage: string;
  readonly file: string;
  readonly format: string;
  /** Requests of the part of the trace that is replayed, and sessions that the replay starts. */
  readonly requests: number;
  readonly sessions: number;
  /** What the requests are multiplied by. */
  readonly rate: number;
  /** How it is done, a sentence each. */
  readonly how: readonly string[];
  /** Both on the trace's own clock. */
  readonly trace?: RateStatistics;
  readonly replay?: RateStatistics;
}

/** Every replayed stage of a plan; reads its traces. */
export function replayReports({ stages, seed }: Plan): readonly ReplayReport[] {
  return stages.flatMap((stage): ReplayReport[] => {
    if (stage.replay === undefined) return [];
    const { file, sessions, rate } = stage.replay;
    const made = schedule(settingsOf(stage.replay), seed);
    return [
      {
        stage: stage.name,
        file,
        format: made.table.format.name,
        requests: made.table.rows,
        sessions,
        rate,
        how: [...contents(made), ...pace(made)],
        ...burstiness(made),
      },
    ];
  });
}

function contents({ table }: Schedule): string[] {
  const { format, next, blocksFrom, images } = table;
  const counts = format.turns === "cumulative" ? "the conversation so far" : "its own text alone";
  return [
    next === undefined
      ? "each row is a session of one request"
      : `rows of one conversation are turns of one session, due at the trace's times or when the answer before has ended; a turn's input counts ${counts}`,
    ...(blocksFrom === undefined
      ? ["prompts share nothing"]
      : [`prompts share the beginnings that the trace's blocks of ${format.blockTokens} tokens share`]),
    ...(images === 0 ? [] : [`its ${counted(images, "image")} are left out`]),
  ];
}

function pace({ speed, loop, copies, shift, thinned }: Schedule): string[] {
  const told: string[] = [];
  if (speed !== 1) told.push(`times are divided by ${formatNumber(speed)}`);
  if (copies > 1) {
    told.push(
      `${copies} copies are laid over each other, each shifted by ${formatDuration(Math.round(shift / 1000) * 1000)} of the trace against the one before`,
    );
  }
  if (thinned !== undefined) {
    const whole = copies > 1 ? "of the last copy " : "";
    told.push(
      thinned.gap < 0
        ? `${whole}${formatShare(thinned.share)} of the requests are kept, each drawn on its own, since the trace has no bursts`
        : `${whole}${formatShare(thinned.share)} of the requests are kept, in whole bursts: ${counted(thinned.bursts, "burst")}, of requests at most ${formatDuration(Math.ceil(thinned.gap))} apart`,
    );
  }
  if (loop > 1) told.push(`replayed ${loop} times; loops share no content`);
  return told;
}

/** A line for people. */
export function replayText({ file, format, requests, sessions, rate, how, trace, replay }: ReplayReport): string {
  const first = `${counted(requests, "request")} of ${basename(file)} (${format}) start ${counted(sessions, "session")}; ${how.join("; ")}`;
  if (rate === 1 || trace === undefined || replay === undefined) return first;
  return `${first}; on the trace's clock: ${ratesText(trace)} become ${ratesText(replay)}`;
}

function ratesText({ mean, cv, idc }: RateStatistics): string {
  const dispersion = Object.entries(idc).map(
    ([window, value]) => `${formatNumber(value)} at ${Number.parseInt(window, 10)} s`,
  );
  return [
    `${formatNumber(mean)}/s`,
    ...(cv === undefined ? [] : [`CV ${formatNumber(cv)}`]),
    ...(dispersion.length === 0 ? [] : [`IDC ${dispersion.join(", ")}`]),
  ].join(", ");
}
