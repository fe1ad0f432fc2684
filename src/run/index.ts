export { plimsollVersion } from "./manifest.ts";
export { assertMayLoad } from "./owner.ts";
export { run } from "./run.ts";
export type { Progress, RunOptions } from "./types.ts";
export { workerCount } from "./workers.ts";
