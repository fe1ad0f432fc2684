import type { Load } from "../../base/index.ts";
import type { Path } from "../path.ts";
import { PART_SHAPES } from "../schema/stages.ts";
import type { LoadPart } from "../types.ts";
import { type Level, levelOf, tidy } from "./level.ts";
import { endLevel } from "./load-shape.ts";
import { knownRegion } from "./regions.ts";
import type { StageLoad, StageView, WrittenStage } from "./stage-view.ts";

type WrittenPart = NonNullable<WrittenStage["load"]>[number];

/** The sum of parts that a plan writes out under `load`. */
export function partsLoad(view: StageView, written: readonly WrittenPart[]): StageLoad | undefined {
  const parts: LoadPart[] = [];
  let unit: Level["unit"] | undefined;
  let wrong = false;
  for (const [i, part] of written.entries()) {
    const path: Path = [...view.path, "load", i];
    const read = readPart(view, part, path);
    if (!read) wrong = true;
    else if (unit !== undefined && unit !== read.unit) {
      view.ctx.findings.fault({
        code: "PLAN_MIXED_UNITS",
        path,
        message: `this part counts in ${read.unit}, those before it in ${unit}`,
        hint: "Write every load of this stage in one unit.",
        bare: true,
      });
      wrong = true;
    } else {
      unit = read.unit;
      if (part.region !== undefined) knownRegion(part.region, [...path, "region"], view.regions, view.ctx);
      parts.push({ ...read.part, ...(part.region === undefined ? {} : { region: part.region }) });
    }
  }
  if (wrong || unit === undefined) return undefined;
  return { parts, unit, end: { value: tidy(Math.max(0, endLevel(parts, view.duration))), unit } };
}

function readPart(
  view: StageView,
  written: WrittenPart,
  path: Path,
): { part: LoadPart; unit: Level["unit"] } | undefined {
  const problem = (field: string | undefined, code: string, message: string, hint: string): undefined => {
    view.ctx.findings.fault({
      code,
      path: field === undefined ? path : [...path, ...field.split(".")],
      message,
      hint,
      bare: field === undefined,
    });
    return undefined;
  };
  const shapes = PART_SHAPES.filter((shape) => written[shape] !== undefined);
  if (shapes.length !== 1) {
    return problem(
      undefined,
      "PLAN_SHAPE",
      shapes.length === 0 ? "a part needs a shape" : `a part has one shape, not ${shapes.join(" and ")}`,
      `Give each part exactly one of ${PART_SHAPES.join(", ")}.`,
    );
  }
  const level = (load: Load, ...field: string[]): Level | undefined =>
    levelOf(load, [...path, ...field], view.peak, view.ctx);
  const at = written.at ?? written.spike?.at ?? written.surge?.at ?? 0;
  const span = written.for ?? written.spike?.for ?? written.surge?.for ?? view.duration - at;
  if (at >= view.duration)
    return problem("at", "PLAN_SPAN", "this part begins when the stage is over", "Write an `at` inside the stage.");
  if (at + span > view.duration)
    return problem(
      "for",
      "PLAN_SPAN",
      "this part lasts longer than the stage",
      "Write a shorter `for`, or leave it out.",
    );
  const place = { at, for: span };

  if (written.hold) {
    const value = level(written.hold, "hold");
    return value && { part: { shape: "hold", value: value.value, ...place }, unit: value.unit };
  }
  if (written.sine) {
    const amplitude = level(written.sine.amplitude, "sine", "amplitude");
    return (
      amplitude && {
        part: {
          shape: "sine",
          amplitude: amplitude.value,
          period: written.sine.period,
          phase: ((written.sine.phase ?? 0) * Math.PI) / 180,
          ...place,
        },
        unit: amplitude.unit,
      }
    );
  }
  if (written.surge) {
    const by = level(written.surge.by, "surge", "by");
    const { rise = 0, half } = written.surge;
    if (rise >= span)
      return problem("surge.rise", "PLAN_SPAN", "rising takes longer than the surge", "Write a shorter rise.");
    return by && { part: { shape: "surge", value: by.value, rise, half, ...place }, unit: by.unit };
  }
  if (written.week) {
    const mean = level(written.week.mean, "week", "mean");
    const zone = view.regions.find(({ name }) => name === written.region)?.zone;
    return (
      mean && { part: { shape: "week", mean: mean.value, ...weekOf(written.week, zone), ...place }, unit: mean.unit }
    );
  }
  if (written.spike) {
    const by = level(written.spike.by, "spike", "by");
    const rise = written.spike.rise ?? 0;
    if (2 * rise > span)
      return problem(
        "spike.rise",
        "PLAN_SPAN",
        "rising and falling take longer than the spike",
        "Write a rise of at most half the spike.",
      );
    return by && { part: { shape: "spike", value: by.value, rise, ...place }, unit: by.unit };
  }
  const slope = written.ramp ?? written.steps;
  const name = written.ramp ? "ramp" : "steps";
  if (!slope) return undefined;
  const from = level(slope.from, name, "from");
  const to = level(slope.to, name, "to");
  if (!from || !to) return undefined;
  if (from.unit !== to.unit)
    return problem(name, "PLAN_MIXED_UNITS", "from and to are in different units", "Write both in one unit.");
  if (written.steps)
    return {
      part: { shape: "steps", from: from.value, to: to.value, count: written.steps.count, ...place },
      unit: to.unit,
    };
  const curve = written.ramp?.curve ?? "linear";
  if (curve === "exponential" && !(from.value > 0 && to.value > 0))
    return problem(
      "ramp.curve",
      "PLAN_LOAD",
      "an exponential ramp cannot touch zero",
      "Write loads above zero, or curve: linear.",
    );
  return { part: { shape: "ramp", from: from.value, to: to.value, curve, ...place }, unit: to.unit };
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** A week as it is written, in ms after Monday 0:00 of the users' own clock. */
function weekOf(
  written: NonNullable<WrittenPart["week"]>,
  theirs: string | undefined,
): Pick<Extract<LoadPart, { shape: "week" }>, "swing" | "peak" | "weekend" | "begin" | "pace"> {
  const { swing = 0.4, peak = 14 * HOUR, weekend = 1, zone = theirs ?? "+0", begins = "Mon", pace = "1x" } = written;
  const [day = "Mon", clock = "0:00"] = begins.split(" ");
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  const [ahead = 0, more = 0] = zone.slice(1).split(":").map(Number);
  const offset = (ahead + more / 60) * HOUR * (zone.startsWith("-") ? -1 : 1);
  const begin = DAYS.indexOf(day) * DAY + (hours + minutes / 60) * HOUR + offset;
  return {
    swing,
    peak: peak % DAY,
    weekend,
    begin: ((begin % (7 * DAY)) + 7 * DAY) % (7 * DAY),
    pace: Number.parseFloat(pace),
  };
}
