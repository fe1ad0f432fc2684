import type { PartContext } from "../../types.ts";

/** Whether a share hits this call; drawn by a stream of its own, so that it moves nobody else's draws. */
export function unlucky(context: PartContext, purpose: string, id: number, share: number): boolean {
  return share >= 1 || (share > 0 && context.random(purpose, id).next() < share);
}
