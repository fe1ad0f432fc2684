export { type CsvRow, parseCsv } from "./csv.ts";
export { builtinPrompts, type PromptEntry } from "./prompts/index.ts";
export { type Timeline, timelineOf } from "./timeline.ts";
export { loadWorkload } from "./traces/with-replays.ts";
export type {
  AgentPlay,
  Arrival,
  LengthFound,
  Move,
  PromptsFound,
  SessionScript,
  TurnScript,
  Workload,
} from "./types.ts";
export { tabOf, userOf } from "./users.ts";
