import type { Curve } from "./curve.ts";
import { exponentialRamp } from "./exponential-ramp.ts";
import { linearRamp } from "./linear-ramp.ts";

type Ramp = { readonly from: number; readonly to: number; readonly for: number };

const CURVES = { linear: linearRamp, exponential: exponentialRamp } satisfies Readonly<
  Record<string, (part: Ramp) => Curve>
>;

/** From one load to another, in a straight line or by a constant factor. */
export function ramp(part: Ramp & { readonly curve: keyof typeof CURVES }): Curve {
  return CURVES[part.curve](part);
}
