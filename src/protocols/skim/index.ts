export type { PathNode, WantedPath } from "./compile.ts";
export { type PathStep, parsePath } from "./path.ts";
export { KIND, MAX_DEPTH, Skimmer } from "./skim.ts";
export { scanString } from "./string.ts";
export { decodeString } from "./unescape.ts";
