export { type CsvRow, parseCsv } from "./csv.ts";
export { builtinPrompts, PROMPT_SETS, type PromptEntry } from "./prompts/index.ts";
export { type Timeline, timelineOf } from "./timeline.ts";
export { loadWorkload } from "./traces/with-replays.ts";
export type { Arrival, LengthFound, PromptsFound, SessionScript, TurnScript, Workload } from "./types.ts";
