import type { AnswerOptions } from "../types.ts";

/** What a test asks for where nothing else matters. */
export const OPTIONS: AnswerOptions = {
  seed: 7,
  model: "small",
  style: { median: 120, sigma: 0.6, max: 800 },
  maxTokens: undefined,
  minTokens: undefined,
  ignoreEos: false,
  json: undefined,
  degradations: [],
};
