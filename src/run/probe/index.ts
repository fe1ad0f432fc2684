export { type Probed, type ProbeOptions, probe } from "./probe.ts";
export { QUICK_DEFAULTS, type QuickPlan, type QuickRequest, quickPlan } from "./quick-plan.ts";
