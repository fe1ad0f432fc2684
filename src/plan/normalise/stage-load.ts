import type { Problem } from "../problems.ts";
import type { LoadPart } from "../types.ts";
import { type Level, levelOf, show, tidy } from "./level.ts";
import { partsLoad } from "./load-parts.ts";
import type { LoadedKind, StageLoad, StageView, WrittenStage } from "./stage-view.ts";

type Form = "level" | "slope" | "pulse";
const FORMS: Readonly<Record<LoadedKind, Form>> = {
  rest: "level",
  baseline: "level",
  ramp: "slope",
  steady: "level",
  stress: "slope",
  spike: "pulse",
  soak: "level",
  chaos: "level",
  recovery: "level",
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
    state(view, "at", show(at));
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
