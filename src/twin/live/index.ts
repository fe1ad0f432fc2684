export { type LiveTwin, type ServeOptions, type ServeReport, serveTwin } from "./server.ts";
export { spawnTwin, type TwinProcess } from "./spawn.ts";
