export { find } from "./find.ts";
export type { FindOptions, ProbeBegun } from "./types.ts";
