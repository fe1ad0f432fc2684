import { z } from "zod";
import { STAGE_KINDS, type StageKind } from "../types.ts";
import { count, load, quantity, text } from "./fields.ts";
import { zone } from "./regions.ts";
import { replaySchema } from "./replay.ts";

const at = quantity("duration", "At", "From the stage's start. Default: 0s.", "zero").optional();
const span = quantity("duration", "For", "How long this part lasts. Default: to the stage's end.").optional();
const rise = quantity(
  "duration",
  "Rise",
  "Time to rise and time to fall, inside the spike. Default: 0s.",
  "zero",
).optional();
const curve = z.enum(["linear", "exponential"]).meta({ title: "Curve", description: "Default: linear." }).optional();

const ramp = z
  .strictObject({ from: load("From", "Load at the start."), to: load("To", "Load at the end."), curve })
  .meta({ title: "Ramp", description: "From one load to another." });
const steps = z
  .strictObject({
    from: load("From", "Load of the first step."),
    to: load("To", "Load of the last step."),
    count: count("Steps", "How many steps.", 2, 10_000),
  })
  .meta({ title: "Steps", description: "Equal steps from one load to another." });
const spike = z
  .strictObject({ by: load("By", "How much the spike adds."), at, for: span, rise })
  .meta({ title: "Spike", description: "A load that comes and goes." });
const sine = z
  .strictObject({
    amplitude: load("Amplitude", "Swing to either side."),
    period: quantity("duration", "Period", "Length of one wave."),
    phase: z.number().min(-360).max(360).meta({ title: "Phase", description: "Degrees. Default: 0." }).optional(),
  })
  .meta({ title: "Sine", description: "A wave, to be added to a steady load." });

const surge = z
  .strictObject({
    by: load("By", "How much it adds at its height."),
    at,
    for: span,
    rise,
    half: quantity("duration", "Half", "After its height it falls to half in this time, and again."),
  })
  .meta({
    title: "Surge",
    description: "A load that comes suddenly and leaves slowly: a campaign, a link that spreads.",
  });
const share = (title: string, description: string, most: number) =>
  z.number().min(0).max(most).meta({ title, description });
const week = z
  .strictObject({
    mean: load("Mean", "Mean load of a working day."),
    swing: share("Swing", "Share of the mean by which the day goes up and down, 0 to 1. Default: 0.4.", 1).optional(),
    peak: quantity("duration", "Peak", "When the day is busiest, from midnight. Default: 14h.", "zero").optional(),
    zone,
    weekend: share("Weekend", "Saturday and Sunday, in times of a working day. Default: 1.", 10).optional(),
    begins: z
      .string()
      .regex(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)( ([01]?\d|2[0-3]):[0-5]\d)?$/)
      .meta({
        title: "Begins",
        description: "Day and time at which it begins. Default: Mon 00:00.",
        samples: ["Mon 00:00", "Fri 18:30"],
      })
      .optional(),
    pace: z
      .string()
      .regex(/^\d+(\.\d+)?x$/)
      .meta({
        title: "Pace",
        description: "How much faster than real time: 168x plays a week in an hour. Default: 1x.",
        samples: ["168x"],
      })
      .optional(),
  })
  .meta({ title: "Week", description: "Traffic that follows the time of day and the week." });

export const PART_SHAPES = ["hold", "ramp", "steps", "spike", "sine", "surge", "week"] as const;

export const loadPartSchema = z
  .strictObject({
    hold: load("Hold", "A steady load.").optional(),
    ramp: ramp.optional(),
    steps: steps.optional(),
    spike: spike.optional(),
    sine: sine.optional(),
    surge: surge.optional(),
    week: week.optional(),
    region: text("Region", "Region whose users it brings. Default: those of all, by their shares.", 64).optional(),
    at,
    for: span,
  })
  .meta({
    title: "Part",
    description: "One shape; the load is the sum of the parts.",
    oneOf: PART_SHAPES.map((shape) => ({ required: [shape] })),
  });

const kinds: Readonly<Record<Exclude<StageKind, "replay">, string>> = {
  rest: "A stage with next to no load: the target at rest. Default load: 1 user.",
  baseline: "A stage whose figures others are compared with. Default load: 1x.",
  ramp: "A stage whose load grows or shrinks.",
  steady: "A stage of steady load. Default load: 1x.",
  stress: "A stage whose load grows past what is expected.",
  spike: "A stage of sudden load.",
  soak: "A long stage of steady load. Default load: 1x.",
  chaos: "A stage in which things break. Default load: 1x.",
  recovery: "A stage after a fault. Default load: 1x.",
};

const kind = (name: keyof typeof kinds) =>
  quantity(
    "duration",
    `${name[0]?.toUpperCase()}${name.slice(1)}`,
    `${kinds[name]} The value is its duration.`,
  ).optional();

export const stageSchema = z
  .strictObject({
    rest: kind("rest"),
    baseline: kind("baseline"),
    ramp: kind("ramp"),
    steady: kind("steady"),
    stress: kind("stress"),
    spike: kind("spike"),
    soak: kind("soak"),
    chaos: kind("chaos"),
    recovery: kind("recovery"),
    replay: replaySchema.optional(),
    name: text("Name", "Name of the stage. Default: its kind, numbered where it repeats.", 64).optional(),
    at: load("At", "The steady load of the stage.").optional(),
    from: load(
      "From",
      "ramp, stress: load at the start; spike: load around it. Default: where the stage before ended.",
    ).optional(),
    to: load("To", "ramp, stress: load at the end; spike: load of the spike.").optional(),
    curve: z
      .enum(["linear", "exponential"])
      .meta({ title: "Curve", description: "ramp, stress. Default: linear." })
      .optional(),
    steps: count("Steps", "ramp, stress: this many equal steps instead of a slope.", 2, 10_000).optional(),
    rise: quantity(
      "duration",
      "Rise",
      "spike: time to rise and to fall, inside the stage. Default: 0s.",
      "zero",
    ).optional(),
    rate: load(
      "Rate",
      "Sessions a second that the users of a stage in `users` begin together. Default: as they think.",
    ).optional(),
    load: z
      .array(loadPartSchema)
      .min(1)
      .meta({ title: "Load", description: "Parts that are summed, in place of at, from and to." })
      .optional(),
  })
  .meta({
    title: "Stage",
    description: "A stretch of the run with one load shape and one kind.",
    oneOf: STAGE_KINDS.map((name) => ({ required: [name] })),
  });
