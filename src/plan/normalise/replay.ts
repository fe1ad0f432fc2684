import { statSync } from "node:fs";
import { resolve } from "node:path";
import { PlimsollError } from "../../base/index.ts";
import {
  type ReplaySettings,
  type Schedule,
  schedule,
  startsBySteps,
  startsOf,
  traceColumns,
} from "../../traces/index.ts";
import type { Path } from "../path.ts";
import type { Replay, Stage } from "../types.ts";
import type { Context } from "./context.ts";
import { readableFile } from "./files.ts";
import type { WrittenStage } from "./stage-view.ts";

interface ReplayView {
  readonly written: WrittenStage;
  readonly name: string;
  readonly from: number;
  readonly path: Path;
  readonly seed: number;
  readonly ctx: Context;
}

const FOREIGN = ["rate", "at", "from", "to", "curve", "steps", "rise", "load"] as const;
/** ms; the load of a replay is told in steps that are not shorter, a replay of less than a minute apart. */
const STEP = 10_000;
const FEWEST_STEPS = 6;
const MOST_STEPS = 2000;

/** A stage that replays a trace; undefined after faults. */
export function writtenReplay({ written, name, from, path, seed, ctx }: ReplayView): Stage | undefined {
  const strange = FOREIGN.filter((field) => written[field] !== undefined);
  for (const field of strange) {
    ctx.findings.fault({
      code: "PLAN_CONFLICT",
      path: [...path, field],
      message: `a replay's load is its trace's; \`${field}\` has no meaning`,
      hint: "Write { replay: { file: .., speed: 2x, rate: 2x } }.",
      atKey: true,
    });
  }
  const replay = readReplay(written.replay, [...path, "replay"], ctx);
  if (replay === undefined || strange.length > 0) return undefined;
  const made = scheduled(replay, seed, path, ctx);
  return made && replayStage(replay, made, { name, from });
}

/** The stage that a schedule makes, `from` ms after the run's start. */
export function replayStage(
  replay: Omit<Replay, "sessions">,
  made: Schedule,
  { name, from }: Pick<Stage, "name" | "from">,
): Stage {
  const length = made.period * made.loop;
  const duration = Math.ceil(length);
  const steps = Math.max(1, Math.min(MOST_STEPS, Math.max(FEWEST_STEPS, Math.floor(length / STEP))));
  return {
    name,
    kind: "replay",
    from,
    duration,
    unit: "sessions/s",
    load: [{ shape: "series", ...startsBySteps(made, steps), at: 0, for: duration }],
    replay: { ...replay, sessions: startsOf(made) },
  };
}

/** What `schedule` takes of a replay. */
export function settingsOf(replay: Omit<Replay, "sessions">): ReplaySettings {
  const { file, format, columns, from, for: span, speed, rate, loop, linked } = replay;
  return {
    source: { file, ...(format === undefined ? {} : { format }), ...(columns === undefined ? {} : { columns }) },
    from,
    ...(span === undefined ? {} : { for: span }),
    speed,
    rate,
    loop,
    ...(linked === undefined ? {} : { linked }),
  };
}

function readReplay(written: WrittenStage["replay"], path: Path, ctx: Context): Omit<Replay, "sessions"> | undefined {
  if (written === undefined) return undefined;
  const options = typeof written === "string" ? { file: written } : written;
  const place: Path = typeof written === "string" ? path : [...path, "file"];
  if (options.columns !== undefined && options.format !== undefined) {
    ctx.findings.fault({
      code: "PLAN_CONFLICT",
      path: [...path, "format"],
      message: "columns say what a trace of no known format holds",
      hint: "Remove format or columns.",
      atKey: true,
    });
    return undefined;
  }
  const file = isFolder(options.file, ctx) ? resolve(ctx.base, options.file) : readableFile(options.file, place, ctx);
  if (file === undefined) return undefined;
  const { format, columns, from = 0, for: span, speed = 1, rate = 1, loop = 1, linked } = options;
  return {
    file,
    ...(format === undefined ? {} : { format }),
    ...(columns === undefined ? {} : { columns: traceColumns(columns) }),
    from,
    ...(span === undefined ? {} : { for: span }),
    speed,
    rate,
    loop,
    ...(linked === undefined ? {} : { linked }),
  };
}

function isFolder(file: string, ctx: Context): boolean {
  return statSync(resolve(ctx.base, file), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function scheduled(replay: Omit<Replay, "sessions">, seed: number, path: Path, ctx: Context): Schedule | undefined {
  try {
    const made = schedule(settingsOf(replay), seed);
    if (made.at.length > 0) return made;
    ctx.findings.fault({
      code: "PLAN_NOTHING",
      path: [...path, "replay"],
      message: "the replay would start nothing",
      hint: "Raise the rate, or replay more of the trace.",
      bare: true,
    });
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    for (const { code, message, hint } of error.faults) {
      ctx.findings.fault({ code, path: [...path, "replay"], message, hint, bare: true });
    }
  }
  return undefined;
}
