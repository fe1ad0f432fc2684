export { PACED_DEFAULTS, type PacedOptions } from "./paced/options.ts";
export { type PacedServer, startPaced } from "./paced/server.ts";
export type { PacedState } from "./paced/service.ts";
export { type PacedProcess, spawnPaced } from "./paced/spawn.ts";
