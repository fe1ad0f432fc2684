export {
  type AnswerPaths,
  type Arrivals,
  type Budget,
  type Distribution,
  type GeneratorPlan,
  type Guards,
  type Json,
  type LoadPart,
  type Persona,
  type Plan,
  type Prices,
  type PromptSource,
  PROTOCOLS,
  type ProtocolName,
  type RetryPlan,
  type Stage,
  STAGE_KINDS,
  type StageKind,
  type StageUnit,
  type Target,
  type Threshold,
  type ThresholdSubject,
  type WorkloadPlan,
} from "./types.ts";
export { definePlan } from "./define.ts";
export { planJsonSchema } from "./json-schema.ts";
export { PLAN_VARIABLES } from "./overrides.ts";
export type { StatedDefault } from "./problems.ts";
export { isLoopback } from "./proxy.ts";
export { planHash, type PublicPlan, publicPlan } from "./public.ts";
export { readPlan } from "./read.ts";
export { type ReadOptions, type ReadResult, type ResolveOptions, resolvePlan } from "./resolve.ts";
export type { PlanInput } from "./schema/plan.ts";
export { type BuiltinPromptSet, BUILTIN_PROMPT_SETS } from "./schema/workload.ts";
export { planTemplate, planToYaml } from "./template.ts";
export { formatThreshold, parseThreshold, type ThresholdOptions, type ThresholdResult } from "./threshold.ts";
