import { bottleneck } from "../bottleneck/rule.ts";
import { costRule } from "../cost/rule.ts";
import { recoveryRule } from "../recovery/rule.ts";
import { soakRule } from "../soak/rule.ts";
import { stepsRule } from "../soak/steps.ts";
import { spikesRule } from "../spikes/rule.ts";
import { warningsRule } from "../warnings/rule.ts";
import type { Rule } from "./rule.ts";

/** Every rule, in the order in which equal findings are told. */
export const RULES: readonly Rule[] = [
  bottleneck,
  recoveryRule,
  soakRule,
  stepsRule,
  costRule,
  spikesRule,
  warningsRule,
];
