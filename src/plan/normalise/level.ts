import type { Load } from "../../base/index.ts";
import type { Path } from "../path.ts";
import type { StageUnit } from "../types.ts";
import type { Context } from "./context.ts";

export interface Level {
  readonly value: number;
  readonly unit: StageUnit;
}

/** The expected peak: known, left out, or written and wrong (which is told elsewhere). */
export type Peak = { readonly level: Level } | "absent" | "wrong";

/** A load in the unit that the stage runs in; `undefined` with a fault where it cannot be. */
export function levelOf(load: Load, path: Path, peak: Peak, ctx: Context): Level | undefined {
  if (load.unit !== "x") return { value: load.value, unit: load.unit };
  if (peak === "wrong") return undefined;
  if (peak === "absent") {
    ctx.findings.fault({
      code: "PLAN_NO_PEAK",
      path,
      message: "a multiple of a peak that the plan does not name",
      hint: "Add `expect: { peak: 4/s }`, or write the load in /s or users.",
    });
    return undefined;
  }
  return whole({ value: tidy(load.value * peak.level.value), unit: peak.level.unit }, path, ctx);
}

function whole(level: Level, path: Path, ctx: Context): Level | undefined {
  if (level.unit !== "users" || Number.isInteger(level.value)) return level;
  ctx.findings.fault({
    code: "PLAN_LOAD",
    path,
    message: `this makes ${level.value} users, which is no whole number`,
    hint: `Write ${Math.max(1, Math.round(level.value))} users.`,
  });
  return undefined;
}

/** Takes the noise out of products of decimals: 1.1 * 3 is 3.3. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

export function show({ value, unit }: Level): string {
  return unit === "users" ? `${value} user${value === 1 ? "" : "s"}` : `${value}/s`;
}
