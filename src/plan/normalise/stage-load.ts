import type { Load } from "../../base/index.ts";
import type { Path } from "../path.ts";
import type { Problem } from "../problems.ts";
import { PART_SHAPES } from "../schema/stages.ts";
import type { LoadPart, StageKind } from "../types.ts";
import type { Context } from "./context.ts";
import { type Level, levelOf, type Peak, tidy } from "./level.ts";
import { endLevel } from "./load-shape.ts";
import type { WrittenStage } from "./stages.ts";

export interface StageLoad {
  readonly parts: readonly LoadPart[];
  readonly unit: Level["unit"];
  /** Where the next stage goes on from. */
  readonly end: Level;
}

export interface StageView {
  readonly written: WrittenStage;
  readonly kind: StageKind;
  readonly duration: number;
  readonly path: Path;
  /** Where the stage before ended; `undefined` for the first, and after a stage with faults. */
  readonly before: Level | undefined;
  readonly peak: Peak;
  readonly ctx: Context;
}

type Form = "level" | "slope" | "pulse";
const FORMS: Readonly<Record<StageKind, Form>> = {
  rest: "level",
  baseline: "level",
  ramp: "slope",
  steady: "level",
  stress: "slope",
  spike: "pulse",
  soak: "level",
  chaos: "level",
  recovery: "level",
  replay: "level",
};

const FIELDS: Readonly<Record<Form, readonly (keyof WrittenStage)[]>> = {
  level: ["at"],
  slope: ["from", "to", "curve", "steps"],
  pulse: ["from", "to", "rise"],
};
const LOAD_FIELDS = ["at", "from", "to", "curve", "steps", "rise"] as const;

/** The load of one stage, or `undefined` after faults. */
export function stageLoad(view: StageView): StageLoad | undefined {
  const { written, kind, path, ctx } = view;
  const form = FORMS[kind];
  const allowed = written.load ? [] : FIELDS[form];
  const strange = LOAD_FIELDS.filter((field) => written[field] !== undefined && !allowed.includes(field));
  for (const field of strange) {
    ctx.findings.fault({
      code: "PLAN_CONFLICT",
      path: [...path, field],
      message: written.load
        ? `\`load\` says the whole load; \`${field}\` beside it has no meaning`
        : `a ${kind} stage has no \`${field}\``,
      hint: written.load ? `Remove ${field}, or remove load.` : `Use ${FIELDS[form].join(", ")}, or load.`,
      atKey: true,
    });
  }
  if (strange.length > 0) return undefined;
  return written.load ? partsLoad(view, written.load) : READERS[form](view);
}

const READERS: Readonly<Record<Form, (view: StageView) => StageLoad | undefined>> = {
  level: levelLoad,
  slope: slopeLoad,
  pulse: pulseLoad,
};

function state(view: StageView, field: string, value: string): void {
  const [, index] = view.path;
  view.ctx.findings.defaults.push({ path: `stages[${index ?? 0}].${field}`, value });
}

export function show({ value, unit }: Level): string {
  return unit === "users" ? `${value} users` : `${value}/s`;
}

function fault(view: StageView, problem: Omit<Problem, "path"> & { field?: string }): undefined {
  const { field, ...rest } = problem;
  view.ctx.findings.fault({ ...rest, path: field === undefined ? view.path : [...view.path, field] });
  return undefined;
}

function level(view: StageView, field: "at" | "from" | "to"): Level | undefined {
  const load = view.written[field];
  return load && levelOf(load, [...view.path, field], view.peak, view.ctx);
}

function oneTimesPeak(view: StageView, field: string): Level | undefined {
  if (view.peak === "wrong") return undefined;
  if (view.peak === "absent") {
    return fault(view, {
      code: "PLAN_NO_PEAK",
      message: `a ${view.kind} stage without \`${field}\` runs at the expected peak, which the plan does not name`,
      hint: `Add \`${field}: 5/s\` here, or \`expect: { peak: 4/s }\`.`,
      atKey: true,
      bare: true,
    });
  }
  state(view, field, `1x (${show(view.peak.level)})`);
  return view.peak.level;
}

function levelLoad(view: StageView): StageLoad | undefined {
  let at: Level | undefined;
  if (view.written.at) at = level(view, "at");
  else if (view.kind === "rest") {
    at = { value: 1, unit: "users" };
    state(view, "at", "1 users");
  } else at = oneTimesPeak(view, "at");
  return at && { parts: [{ shape: "hold", value: at.value, at: 0, for: view.duration }], unit: at.unit, end: at };
}

function sameUnit(view: StageView, a: Level, b: Level): boolean {
  if (a.unit === b.unit) return true;
  fault(view, {
    code: "PLAN_MIXED_UNITS",
    message: "a stage counts its load in sessions a second or in users, not in both",
    hint: "Write every load of this stage in one unit.",
    bare: true,
  });
  return false;
}

function slopeLoad(view: StageView): StageLoad | undefined {
  const { written, before, duration } = view;
  if (!written.to)
    return fault(view, {
      field: "to",
      code: "PLAN_MISSING",
      message: `a ${view.kind} stage needs \`to\``,
      hint: "Add `to: 2x`, or another load.",
      bare: true,
    });
  const to = level(view, "to");
  const named = written.from && level(view, "from");
  if (!to || (written.from && !named)) return undefined;
  let from = named;
  if (!from) {
    from = before?.unit === to.unit ? before : { value: 0, unit: to.unit };
    state(view, "from", show(from));
  }
  if (!sameUnit(view, from, to)) return undefined;
  const curve = written.curve ?? "linear";
  if (written.steps !== undefined) {
    if (written.curve !== undefined)
      return fault(view, {
        field: "curve",
        code: "PLAN_CONFLICT",
        message: "steps have no curve",
        hint: "Remove curve or steps.",
        atKey: true,
      });
    return {
      parts: [{ shape: "steps", from: from.value, to: to.value, count: written.steps, at: 0, for: duration }],
      unit: to.unit,
      end: to,
    };
  }
  if (curve === "exponential" && !positive(view, "curve", from, to)) return undefined;
  return {
    parts: [{ shape: "ramp", from: from.value, to: to.value, curve, at: 0, for: duration }],
    unit: to.unit,
    end: to,
  };
}

function positive(view: StageView, field: string, from: Level, to: Level): boolean {
  if (from.value > 0 && to.value > 0) return true;
  fault(view, {
    field,
    code: "PLAN_LOAD",
    message: `an exponential ramp cannot ${from.value > 0 ? "end" : "begin"} at zero`,
    hint:
      from.value > 0
        ? "Write a `to` above zero, or curve: linear."
        : "Add a `from` above zero, or write curve: linear.",
  });
  return false;
}

function pulseLoad(view: StageView): StageLoad | undefined {
  const { written, before, duration } = view;
  if (!written.to)
    return fault(view, {
      field: "to",
      code: "PLAN_MISSING",
      message: "a spike stage needs `to`",
      hint: "Add `to: 5x`, or another load.",
      bare: true,
    });
  const to = level(view, "to");
  if (!to) return undefined;
  let from = written.from && level(view, "from");
  if (written.from && !from) return undefined;
  if (!from) {
    if (before?.unit === to.unit) {
      from = before;
      state(view, "from", show(from));
    } else if (typeof view.peak === "object" && view.peak.level.unit === to.unit) from = oneTimesPeak(view, "from");
    else {
      from = { value: 0, unit: to.unit };
      state(view, "from", show(from));
    }
  }
  if (!from || !sameUnit(view, from, to)) return undefined;
  if (to.value <= from.value)
    return fault(view, {
      field: "to",
      code: "PLAN_LOAD",
      message: `a spike that does not rise: it starts from ${show(from)}`,
      hint: "Write a `to` above `from`.",
    });
  const rise = written.rise ?? 0;
  if (2 * rise > duration)
    return fault(view, {
      field: "rise",
      code: "PLAN_SPAN",
      message: "rising and falling take longer than the stage",
      hint: "Write a rise of at most half the stage.",
    });
  const spike: LoadPart = { shape: "spike", value: tidy(to.value - from.value), rise, at: 0, for: duration };
  return {
    parts: from.value === 0 ? [spike] : [{ shape: "hold", value: from.value, at: 0, for: duration }, spike],
    unit: to.unit,
    end: from,
  };
}

type WrittenPart = NonNullable<WrittenStage["load"]>[number];

function partsLoad(view: StageView, written: readonly WrittenPart[]): StageLoad | undefined {
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
      parts.push(read.part);
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
  const at = written.at ?? written.spike?.at ?? 0;
  const span = written.for ?? written.spike?.for ?? view.duration - at;
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
