export { type Probed, type ProbeOptions, probe } from "./probe.ts";
export type { FoundTarget } from "./types.ts";
