import { hashOwner, sessionHash } from "./session-hash.ts";
import { moduloOf, sessionModulo } from "./session-modulo.ts";

/** The balancers whose choice follows from the session's name alone, as functions of it: among replicas 0 to n - 1, all of them ready. */
export const STATIC_OWNERS: Readonly<Record<string, (replicas: number) => (session: string) => number>> = {
  [sessionHash.name]: hashOwner,
  [sessionModulo.name]: (replicas) => (session) => moduloOf(session, replicas),
};
