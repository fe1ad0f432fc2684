export { applyWeaknesses, fittingWeaknesses } from "./apply.ts";
export { WEAKNESSES } from "./table.ts";
export type { Weakness } from "./types.ts";
