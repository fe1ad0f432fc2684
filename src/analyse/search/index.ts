export { type Answer, answerOf, nextStep } from "./controller.ts";
export { wordOf } from "./evidence.ts";
export { type SearchLimit, searchLimits } from "./limits.ts";
export { readProbe } from "./read-probe.ts";
export { type Dimension, type Found, type FoundProbe, foundJsonSchema } from "./schema.ts";
export { ProbeWatch } from "./sequential.ts";
export type { LimitEvidence, ProbeSeen, SearchSettings } from "./types.ts";
