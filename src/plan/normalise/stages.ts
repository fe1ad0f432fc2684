import { formatDuration, type Load } from "../../base/index.ts";
import { nearest } from "../did-you-mean.ts";
import { lenient } from "../lenient.ts";
import { isMapping, type Path } from "../path.ts";
import { stageSchema } from "../schema/stages.ts";
import { type RegionPlan, STAGE_KINDS, type Stage, type StageKind, type StageUnit } from "../types.ts";
import type { Context } from "./context.ts";
import { type Level, levelOf, type Peak, show } from "./level.ts";
import { extremes } from "./load-shape.ts";
import { writtenReplay } from "./replay.ts";
import { stageLoad } from "./stage-load.ts";

const FASTEST = 100_000;
const MOST_USERS = 1_000_000;
const DEFAULT_DURATION = 30_000;

export interface StagesResult {
  readonly stages: readonly Stage[];
  /** Names and kinds, also of stages that have faults: for limits that name them. */
  readonly names: readonly string[];
  readonly kinds: ReadonlySet<StageKind>;
}

export function normaliseStages(
  raw: unknown,
  peak: Peak,
  seed: number,
  ctx: Context,
  regions: readonly RegionPlan[] = [],
): StagesResult {
  if (raw === undefined || raw === null) return defaultStages(peak, ctx);
  if (!Array.isArray(raw)) return { stages: [], names: [], kinds: new Set() };
  const stages: Stage[] = [];
  const names: string[] = [];
  const kinds = new Set<StageKind>();
  let from = 0;
  let before: Level | undefined;
  let faulty = false;
  for (const [i, entry] of raw.entries()) {
    const path: Path = ["stages", i];
    const read = lenient(stageSchema, entry);
    const kind = kindOf(entry, path, ctx);
    if (!kind) {
      before = undefined;
      faulty = true;
      continue;
    }
    kinds.add(kind);
    const name = nameOf(entry, kind, names, path, ctx);
    names.push(name);
    if (kind === "replay") {
      const stage = read?.whole ? writtenReplay({ written: read.value, name, from, path, seed, ctx }) : undefined;
      before = undefined;
      if (stage === undefined) {
        faulty = true;
        continue;
      }
      checkExtremes(stage, path, ctx);
      stages.push(stage);
      from += stage.duration;
      continue;
    }
    const duration = read?.value[kind];
    const load =
      read?.whole && duration !== undefined
        ? stageLoad({ written: read.value, kind, duration, path, before, peak, regions, ctx })
        : undefined;
    before = load?.end;
    if (!load || duration === undefined) {
      faulty = true;
      continue;
    }
    const rate = read?.value.rate && rateOf(read.value.rate, load.unit, [...path, "rate"], peak, ctx);
    const stage: Stage = {
      name,
      kind,
      from,
      duration,
      unit: load.unit,
      load: load.parts,
      ...(rate === undefined ? {} : { rate }),
    };
    checkExtremes(stage, path, ctx);
    stages.push(stage);
    from += duration;
  }
  if (!faulty && stages.length > 0 && stages.every((stage) => extremes(stage.load, stage.duration).most <= 0)) {
    ctx.findings.fault({
      code: "PLAN_NOTHING",
      path: ["stages"],
      message: "no stage would start anything",
      hint: "Give a stage a load above zero.",
      bare: true,
    });
  }
  return { stages, names, kinds };
}

function defaultStages(peak: Peak, ctx: Context): StagesResult {
  const level: Level = typeof peak === "object" ? peak.level : { value: 1, unit: "sessions/s" };
  ctx.findings.defaults.push({
    path: "stages",
    value: `steady for ${formatDuration(DEFAULT_DURATION)} at ${typeof peak === "object" ? `1x (${show(level)})` : show(level)}`,
  });
  const load = [{ shape: "hold", value: level.value, at: 0, for: DEFAULT_DURATION }] as const;
  return {
    stages: [{ name: "steady", kind: "steady", from: 0, duration: DEFAULT_DURATION, unit: level.unit, load }],
    names: ["steady"],
    kinds: new Set(["steady"]),
  };
}

function kindOf(entry: unknown, path: Path, ctx: Context): StageKind | undefined {
  if (!isMapping(entry)) return undefined;
  const present = STAGE_KINDS.filter((name) => Object.hasOwn(entry, name));
  const [kind] = present;
  if (present.length === 0 && Object.keys(entry).some((key) => nearest(key, STAGE_KINDS) !== undefined)) {
    return undefined; // the mistyped kind is told as an unknown field, with its hint
  }
  if (present.length !== 1) {
    ctx.findings.fault({
      code: "PLAN_STAGE_KIND",
      path,
      message: present.length === 0 ? "a stage needs a kind" : `a stage has one kind, not ${present.join(" and ")}`,
      hint: `Give the stage exactly one of ${STAGE_KINDS.join(", ")}, with its duration: { steady: 1m }, or its trace: { replay: trace.csv }.`,
      bare: true,
    });
    return undefined;
  }
  return kind;
}

function nameOf(entry: unknown, kind: StageKind, taken: readonly string[], path: Path, ctx: Context): string {
  const written = isMapping(entry) ? entry["name"] : undefined;
  if (typeof written !== "string" || written === "") {
    let name: string = kind;
    for (let n = 2; taken.includes(name); n++) name = `${kind}-${n}`;
    return name;
  }
  const fault = (message: string, hint: string): void =>
    ctx.findings.fault({ code: "PLAN_NAME", path: [...path, "name"], message, hint });
  if (!/^[\p{L}\p{N}][\p{L}\p{N} _.-]*$/u.test(written))
    fault("a stage's name is letters, digits, spaces, `-`, `_` and `.`", "Write a plain name.");
  if (taken.includes(written)) fault("another stage has this name", "Give each stage a name of its own.");
  return written;
}

/** Sessions a second of a closed stage's users. */
function rateOf(written: Load, unit: StageUnit, path: Path, peak: Peak, ctx: Context): number | undefined {
  const rate = levelOf(written, path, peak, ctx);
  if (rate === undefined) return undefined;
  const wrong = (message: string, hint: string): void =>
    ctx.findings.fault({ code: "PLAN_CONFLICT", path, message, hint });
  if (rate.unit === "users") wrong("users make sessions a second", "Write a rate such as 10/s.");
  else if (unit !== "users")
    wrong("a stage in sessions a second has its rate", "Remove rate, or write its load in users.");
  else if (rate.value <= 0) wrong("a rate of nothing", "Write a rate above zero.");
  return rate.value;
}

function checkExtremes(stage: Stage, path: Path, ctx: Context): void {
  const { least, leastAt, most } = extremes(stage.load, stage.duration);
  const limit = stage.unit === "users" ? MOST_USERS : FASTEST;
  const noise = 1e-9 * Math.max(1, Math.abs(most));
  if (least < -noise) {
    ctx.findings.fault({
      code: "PLAN_LOAD",
      path,
      message: `the load falls below zero, to ${show({ value: Number(least.toPrecision(3)), unit: stage.unit })} at ${formatDuration(leastAt) || "0s"}`,
      hint: "Raise what is held, or lower the amplitude.",
      bare: true,
    });
  }
  if (most > limit) {
    ctx.findings.fault({
      code: "PLAN_LOAD",
      path,
      message: `the load reaches ${show({ value: Number(most.toPrecision(6)), unit: stage.unit })}, more than the ${limit.toLocaleString("en-US")} that one run may ask for`,
      hint: "Lower the load.",
      bare: true,
    });
  }
}
