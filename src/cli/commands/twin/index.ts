import type { CommandGroup } from "../../command.ts";
import { fit } from "./fit.ts";
import { presets } from "./presets.ts";
import { probe } from "./probe.ts";
import { serve } from "./serve.ts";
import { simulate } from "./simulate.ts";
import { weaknesses } from "./weaknesses.ts";

export const twin: CommandGroup = {
  name: "twin",
  summary: "a model of a serving stack: serve it, simulate it, fit it to a real one",
  commands: [serve, simulate, probe, fit, presets, weaknesses],
};
