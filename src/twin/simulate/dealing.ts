import { isMapping, type Target } from "../../plan/index.ts";
import { resolveStack, STATIC_OWNERS, type StackSpec } from "../stack/index.ts";
import { asksOf } from "./asks.ts";

/** How sessions fall to replicas that have nothing to do with each other. */
export interface Dealing {
  readonly replicas: number;
  /** The stack in which each session finds its replica by its name alone. */
  readonly spec: StackSpec;
  /** Requests carry their session's name to the balancer, also where the plan does not send it. */
  readonly named: boolean;
  readonly owner: (session: number) => number;
}

/** Fields of a pool through which one replica's load changes what becomes of another's requests. */
const SHARED = ["autoscale", "degrade", "queue", "faults", "cold", "unready"];
const ROUND_ROBIN = "round-robin";

/**
 * Says which replica serves which session, where that follows from the session's number alone; else why it does not, as the end of a sentence. `askOnce`:
 * every session sends one request, so that requests come in the order of their sessions.
 */
export function dealingOf(spec: StackSpec, target: Target, askOnce: boolean): Dealing | { readonly why: string } {
  const written = isMapping(spec.source["parts"]) ? spec.source["parts"][spec.entry] : undefined;
  if (spec.parts.size > 1) return { why: "requests share the parts of the stack" };
  if (!isMapping(written) || written["kind"] !== "pool") return { why: "the stack is no pool of replicas" };
  const shared = SHARED.find((name) => written[name] !== undefined);
  if (shared !== undefined) return { why: `${shared} looks at all replicas` };
  const replicas = Number(written["replicas"] ?? 1);
  if (replicas < 2) return { why: "the stack has one replica" };
  const named = written["balancer"];
  const balancer = typeof named === "string" ? named : ROUND_ROBIN;
  const own = asksOf(target).session === "own";
  if (!own && !askOnce) return { why: "sessions that ask more than once do not tell the balancer who they are" };
  if (balancer === ROUND_ROBIN && !askOnce)
    return { why: "round robin deals requests in the order in which they come" };
  const owners = STATIC_OWNERS[balancer === ROUND_ROBIN ? "session-modulo" : balancer];
  if (owners === undefined) return { why: `the balancer ${balancer} looks at all replicas` };
  const owner = owners(replicas);
  if (balancer !== ROUND_ROBIN) {
    const nameOf = own ? String : (session: number) => `request-${session + 1}`;
    return { replicas, spec, named: own, owner: (session) => owner(nameOf(session)) };
  }
  // In turn by arrival: the same replicas as of round robin, known before the run.
  const parts = { [spec.entry]: { ...written, balancer: "session-modulo" } };
  const { name, seed, entry } = spec;
  return {
    replicas,
    spec: resolveStack({ ...spec.source, name, seed, entry, parts }),
    named: true,
    owner: (session) => owner(String(session)),
  };
}
