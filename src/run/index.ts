export {
  type Probed,
  type ProbeOptions,
  probe,
  QUICK_DEFAULTS,
  type QuickPlan,
  type QuickRequest,
  quickPlan,
} from "./probe/index.ts";
export { run } from "./run.ts";
export type { Progress, RunOptions } from "./types.ts";
