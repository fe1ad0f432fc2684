import type { ConceptName } from "../../../base/index.ts";
import type { Column, LoadColumns } from "../../facts/types.ts";
import { folded, meanOver, type Window } from "./columns.ts";
import type { Servers } from "./servers.ts";

export type PlaceKind = "model" | "service" | "store" | "connections" | "process";

/** A place in which requests stay: what waits there, and what is worked on. */
export interface Place {
  readonly kind: PlaceKind;
  readonly part: string;
  readonly waiting: Column | undefined;
  readonly inside: Column | undefined;
}

/**
 * How long an attempt stays at a place, ms: what is there over what ends a second. Little, "A Proof for the Queuing Formula: L = λW" (1961);
 * with the client's own rate for λ it is the place's share of the client's response time, whatever number of visits an attempt makes.
 */
export function stayOf(column: Column | undefined, { ended }: LoadColumns, window: Window): number {
  const rate = meanOver(ended, window);
  return rate > 0 ? (meanOver(column, window) / rate) * 1000 : Number.NaN;
}

const KINDS: readonly {
  readonly kind: PlaceKind;
  readonly waiting: ConceptName;
  readonly inside: ConceptName | undefined;
}[] = [
  { kind: "store", waiting: "store.waiting", inside: "store.active" },
  { kind: "connections", waiting: "connections.waiting", inside: undefined },
];

export function placesOf(servers: Servers): readonly Place[] {
  const engines = (parts: readonly string[], kind: PlaceKind): Place[] =>
    parts.map((part) => place(servers, kind, part, "server.queued", "server.running"));
  const others = KINDS.flatMap(({ kind, waiting, inside }) => {
    const parts = new Set([...servers.parts(waiting), ...(inside === undefined ? [] : servers.parts(inside))]);
    return [...parts].map((part) => place(servers, kind, part, waiting, inside));
  });
  return [...engines(servers.models, "model"), ...engines(servers.services, "service"), ...others];
}

function place(
  servers: Servers,
  kind: PlaceKind,
  part: string,
  waiting: ConceptName,
  running: ConceptName | undefined,
): Place {
  const queue = servers.of(waiting, part);
  const working = running === undefined ? undefined : servers.of(running, part);
  const both = [queue, working].filter((column) => column !== undefined);
  return { kind, part, waiting: queue, inside: folded(both, "sum") };
}
