import type { Random } from "../../../../../base/index.ts";
import type { Call } from "../../../types.ts";

/** What a balancer sees of a call: its conversation, and its prompt as an engine would get it. */
export type Routed = Pick<Call, "session" | "prompt">;

/** What a balancer sees of a replica that takes calls. */
export interface Candidate {
  readonly index: number;
  /** Calls that it holds, waiting and running. */
  readonly outstanding: number;
  /** Prompt tokens that wait or are being prefilled. */
  readonly pendingPrefillTokens: number;
  readonly usedBlocks: number;
  readonly blockSize: number;
  /** Tokens of this prompt that its prefix cache holds. */
  cachedTokens(call: Routed): number;
}

export interface Balancer {
  /** One of the candidates; there is at least one. Their order is that of their indexes. */
  pick<C extends Candidate>(call: Routed, candidates: readonly [C, ...C[]]): C;
}

export interface BalancerEntry {
  readonly name: string;
  readonly summary: string;
  /** `random` is the balancer's own stream. */
  create(random: Random): Balancer;
}
