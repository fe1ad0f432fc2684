export { builtinPrompts } from "./builtin.ts";
export type { PromptEntry, PromptPool } from "./entry.ts";
export { askedOf } from "./lengths.ts";
export type { Place } from "./place.ts";
export { promptPool } from "./pool.ts";
