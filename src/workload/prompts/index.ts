export { builtinPrompts, PROMPT_SETS } from "./builtin.ts";
export type { PromptEntry, PromptPool } from "./entry.ts";
export { promptPool } from "./pool.ts";
