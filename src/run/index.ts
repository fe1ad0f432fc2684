export { type FindOptions, find, type ProbeBegun } from "./find/index.ts";
export { type Imported, planFrom, readSource } from "./from/index.ts";
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
export { simulate } from "./simulate/door.ts";
export { simulatedGains } from "./simulate/gains.ts";
export type { Simulated } from "./simulate/simulate.ts";
export type { SimulateOptions, SimulationFacts, SimulationProgress } from "./simulate/types.ts";
export type { Progress, RunOptions } from "./types.ts";
