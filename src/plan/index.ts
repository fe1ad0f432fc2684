export { PROTOCOLS, type ProtocolName } from "../base/index.ts";
export { definePlan } from "./define.ts";
export { nearest } from "./did-you-mean.ts";
export { type DocumentKind, type DocumentOptions, parseDocument, readDocument, resolveDocument } from "./document.ts";
export type { HookAnswer, HookForms, HookName, HookRequest, HookSession, Hooks, HookTurn } from "./hooks.ts";
export { defineHooks } from "./hooks.ts";
export { problemsOf } from "./issues.ts";
export { documentJsonSchema, planJsonSchema } from "./json-schema.ts";
export { loadHooks } from "./module.ts";
export { replayStage, settingsOf } from "./normalise/replay.ts";
export { PLAN_VARIABLES } from "./overrides.ts";
export { assertMayLoad } from "./owner.ts";
export { isMapping, type Path, parsePath, valueAt } from "./path.ts";
export type { Findings, StatedDefault } from "./problems.ts";
export { isLoopback } from "./proxy.ts";
export { type PublicPlan, planHash, planOfRun, publicPlan } from "./public.ts";
export { readPlan } from "./read.ts";
export { type ReadOptions, type ReadResult, type ResolveOptions, resolvePlan } from "./resolve.ts";
export { count, flag, type Issuer, parseShare, quantity, refuse, text, type UnitName } from "./schema/fields.ts";
export { keysAt } from "./schema/known-keys.ts";
export type { PlanInput } from "./schema/plan.ts";
export { BUILTIN_PROMPT_SETS } from "./schema/prompts.ts";
export { isSecretHeader, isSecretQuery, redactUrl } from "./secrets.ts";
export { planTemplate, planToYaml, SCHEMA_LINE } from "./template.ts";
export { formatThreshold, parseThreshold, type ThresholdOptions, type ThresholdResult } from "./threshold/read.ts";
export {
  type AgentPlan,
  type AnswerPaths,
  type Arrivals,
  type AudioPlan,
  type Budget,
  type BurstPlan,
  type Distribution,
  type DrawOrder,
  type ExportPlace,
  type ExportPlan,
  type FeedPlan,
  type GeneratorPlan,
  type Guards,
  type ImagePlan,
  type Json,
  type LoadPart,
  MOST_RETURNS,
  MOST_TABS,
  type ObservedPage,
  type ObservedProcess,
  type ObservedServer,
  type ObservePlan,
  type Persona,
  type Plan,
  type PrefixPlan,
  type Prices,
  type PromptColumns,
  type PromptDress,
  type PromptFormat,
  type PromptSource,
  REQUEST_PLACEHOLDERS,
  type RegionPlan,
  type Replay,
  type RetryPlan,
  STAGE_KINDS,
  type Stage,
  type StageKind,
  type StageUnit,
  type Target,
  type TenantsPlan,
  type Threshold,
  type ThresholdSubject,
  type Trust,
  type UserRetryPlan,
  type WorkloadPlan,
} from "./types.ts";
export { parseYaml, writeYaml } from "./yaml.ts";
