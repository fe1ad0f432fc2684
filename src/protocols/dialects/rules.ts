import type { AnswerRules } from "./dialect.ts";

/** Server-sent events that say when they are finished. */
export const STREAM_RULES: AnswerRules = {
  form: "sse",
  paths: [],
  plain: false,
  finishEnds: false,
  needsFinish: true,
  countsUsage: true,
};

/** One JSON body. */
export const WHOLE_RULES: AnswerRules = { ...STREAM_RULES, form: "json", needsFinish: false };
