import { nelderMead } from "../../stats/index.ts";
import { presetNamed } from "../engine/index.ts";
import type { Dialect } from "../engine/types.ts";
import type { Setting } from "./model.ts";
import { Objective } from "./objective.ts";
import { type ModelPoint, type ParameterEntry, toLogs } from "./parameters.ts";
import type { Part } from "./residuals.ts";

/** A shape of step times, scaled to the data by two factors: one for what prefill feels, one for all the rest. */
export interface Start {
  readonly name: string;
  readonly base: ModelPoint;
}

/** Shapes that differ enough to be worth trying; what a preset is for does not matter, since the data scale it. */
const SHAPES: Readonly<Record<Dialect, readonly string[]>> = {
  vllm: ["llama-3-8b-a100", "llama-3-8b-h100", "llama-3-70b-h100x4"],
  sglang: ["llama-3-8b-a100", "llama-3-8b-h100", "llama-3-70b-h100x4"],
  llamacpp: ["smollm2-135m-cpu", "llama-3-8b-a100"],
};
const PREFILL = new Set(["c2", "p1", "p2"]);
/** Neither scales with an engine's speed. */
const SHAPE_ONLY = new Set(["n0", "kappa", "overhead"]);
const COARSE = [-1.5, 0, 1.5];

/** Every shape scaled to the data as far as two factors can, the best first. */
export function scaledStarts(
  setting: Setting,
  part: Part,
  free: readonly ParameterEntry[],
  preset: string | undefined,
  stop: () => boolean,
): Start[] {
  const names = preset === undefined ? SHAPES[setting.spec.dialect] : [preset];
  const starts: { readonly start: Start; readonly misfit: number }[] = [];
  for (const name of names) {
    const shape = presetNamed(name);
    if (shape === undefined) continue;
    // A sequence's own cost is not told apart from a decode's: it is fitted as the latter.
    const { costs } = shape.spec;
    const base: ModelPoint = { costs: { ...costs, d2: costs.d2 + costs.ch, ch: 0, p2: 0 }, overhead: 0 };
    const logs = toLogs(base, free);
    const objective = new Objective(setting, part, free, base, logs);
    const moved = (scale: readonly number[]): number[] =>
      logs.map((value, i) => {
        const parameter = free[i]?.name ?? "c0";
        return SHAPE_ONLY.has(parameter) ? value : value + (scale[PREFILL.has(parameter) ? 1 : 0] ?? 0);
      });
    const misfit = (scale: readonly number[]): number => objective.misfit(moved(scale));
    const coarse = COARSE.map((by) => ({ by, value: misfit([by, by]) })).reduce((a, b) => (b.value < a.value ? b : a));
    const found = nelderMead(misfit, [coarse.by, coarse.by], { step: 0.4, maxEvaluations: 30, tolerance: 2e-3, stop });
    starts.push({ start: { name, base: objective.point(moved(found.x)) }, misfit: found.value });
    if (stop()) break;
  }
  return starts.sort((a, b) => a.misfit - b.misfit).map(({ start }) => start);
}
