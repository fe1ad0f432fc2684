import { textKey } from "../../../../answers/index.ts";
import type { BalancerEntry, Candidate, Routed } from "./types.ts";

/** A session's number modulo the replicas; a name without a number counts by its hash. Nearly every session moves when a replica comes or goes. */
export const sessionModulo: BalancerEntry = {
  name: "session-modulo",
  summary: "a session's number modulo the replicas",
  create() {
    return {
      pick<C extends Candidate>(call: Routed, candidates: readonly [C, ...C[]]): C {
        return candidates[moduloOf(call.session, candidates.length)] ?? candidates[0];
      },
    };
  },
};

export function moduloOf(session: string, replicas: number): number {
  return (/^\d{1,15}$/.test(session) ? Number(session) : textKey(session)) % replicas;
}
