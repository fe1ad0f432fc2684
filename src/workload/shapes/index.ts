import type { LoadPart } from "../../plan/index.ts";
import type { Curve } from "./curve.ts";
import { hold } from "./hold.ts";
import { ramp } from "./ramp.ts";
import { series } from "./series.ts";
import { sine } from "./sine.ts";
import { spike } from "./spike.ts";
import { steps } from "./steps.ts";
import { surge } from "./surge.ts";
import { week } from "./week.ts";

export type { Curve } from "./curve.ts";

type ShapeName = LoadPart["shape"];
type PartOf<S extends ShapeName> = { [P in S]: Extract<LoadPart, { readonly shape: P }> }[S];

/** Every load shape: one entry each. */
const SHAPES: { readonly [S in ShapeName]: (part: PartOf<S>) => Curve } = {
  hold,
  ramp,
  steps,
  spike,
  sine,
  series,
  surge,
  week,
};

function build<S extends ShapeName>(shape: S, part: PartOf<S>): Curve {
  return SHAPES[shape](part);
}

export function curveOf(part: LoadPart): Curve {
  return build(part.shape, part);
}
