export type { SimulatedClient } from "./client.ts";
export { planClient } from "./plan-client.ts";
export { stackHash } from "./stack-hash.ts";
