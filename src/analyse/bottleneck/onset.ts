import type { Column } from "../facts/types.ts";
import { joinedBins, meanOver, type Window } from "./scene/columns.ts";
import type { Scene } from "./scene/scene.ts";

/** Bins that a change must last. */
const LASTS = 5;

/**
 * The first bin from which on a column stays on the far side of a level for five measured bins: `level` is what the caller says that trouble is.
 * Undefined where it never does.
 */
export function firstBeyond(
  scene: Scene,
  column: Column | undefined,
  level: number,
  side: "above" | "below" = "above",
) {
  let since: number | undefined;
  let lasted = 0;
  for (const bin of allBins(scene)) {
    const value = column?.[bin] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    if (side === "above" ? value <= level : value >= level) {
      since = undefined;
      lasted = 0;
      continue;
    }
    since ??= bin;
    lasted += 1;
    if (lasted >= LASTS) return since;
  }
  return undefined;
}

/**
 * When a column left its own baseline: the first of five bins beyond three standard deviations of the baseline's bins. Page's rule of a run of exceedances stands in for CUSUM: a baseline of few bins gives no better.
 */
export function leftBaseline(scene: Scene, column: Column | undefined): number | undefined {
  const { base, strained } = scene;
  const before = meanOver(column, base);
  const after = meanOver(column, strained);
  if (!Number.isFinite(before) || !Number.isFinite(after) || before === after) return undefined;
  const spread = Math.sqrt(
    meanOver(
      column?.map((value) => (value - before) ** 2),
      base,
    ),
  );
  const margin = Math.min(3 * spread, Math.abs(after - before) / 2);
  return after > before
    ? firstBeyond(scene, column, before + margin)
    : firstBeyond(scene, column, before - margin, "below");
}

function allBins({ windows }: Scene): Window {
  return joinedBins(windows.blocks);
}
