export { checkModel } from "./check-model.ts";
export type { SimulatedClient } from "./client.ts";
export { type Dealing, dealingOf } from "./dealing.ts";
export type { PromptBlocks } from "./plain-prompt.ts";
export { planClient } from "./plan-client.ts";
export type { RequestSinks, RequestTimes, SimulatedRequest } from "./request-call.ts";
export { type RequestsEnd, type RequestsOptions, simulateRequests } from "./requests.ts";
export { stackHash } from "./stack-hash.ts";
