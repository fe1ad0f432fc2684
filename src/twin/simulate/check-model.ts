import { EXIT, PlimsollError } from "../../base/index.ts";
import type { Target } from "../../plan/index.ts";
import { buildStack, type StackSpec, VirtualKernel } from "../stack/index.ts";
import { asksOf } from "./asks.ts";

/** Throws PlimsollError STACK_UNKNOWN_MODEL (exit code 104) where a live twin would refuse every request of the plan for its model's name. */
export function checkModel(target: Target, spec: StackSpec): void {
  const { model } = asksOf(target);
  const { models } = buildStack(spec, new VirtualKernel(), { sinks: () => ({}), fastForward: true }).entry;
  if (model === undefined || models.length === 0 || models.includes(model)) return;
  throw new PlimsollError(
    {
      code: "STACK_UNKNOWN_MODEL",
      path: "target.model",
      message: `the stack ${spec.name} serves no model ${model}`,
      received: model,
      hint: `Add --set target.model=${models[0]}, or the name to the stack's \`models\`.`,
    },
    EXIT.planInvalid,
  );
}
