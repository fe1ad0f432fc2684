import { z } from "zod";
import { type DocumentKind, keysAt, problemsOf, resolveDocument } from "../../../../plan/index.ts";
import { count, quantity, spread } from "../../fields.ts";
import type { Spread } from "../../spread.ts";

/** What a fault can do to a replica. Times in ms. */
export interface Patient {
  slow(factor: number, forMs: number | undefined): void;
  /** `restart` undefined: as long as loading the weights and the engine's start take. */
  crash(restart: Spread | undefined): void;
  freeze(forMs: number): void;
}

/** What a change can do to a whole pool. */
export interface Ward {
  readonly size: number;
  grow(by: number): void;
  shrink(by: number): void;
  plant(fault: ReplicaFault): void;
}

export interface ReplicaFault {
  readonly do: string;
  /** Undefined: every replica. */
  readonly replica: number | undefined;
  readonly at: number;
  /** Blocks that each finished call never gives back, from the start on. */
  readonly leak?: number;
  strike?(patient: Patient): void;
}

const WHERE = {
  replica: count("Replica", "Index of the replica. Default: all of them.", 0, 10_000).optional(),
  at: quantity("duration", "At", "From the stack's start. Default: 0s.", "zero").default(0),
};
const WHILE = quantity("duration", "For", "How long. Default: to the end.").optional();

const slow = z
  .strictObject({
    do: z.literal("slow"),
    ...WHERE,
    for: WHILE,
    factor: z
      .number()
      .positive()
      .max(1e6)
      .meta({ title: "Factor", description: "Every step takes so many times as long." }),
  })
  .transform(
    ({ do: name, replica, at, factor, for: forMs }): ReplicaFault => ({
      do: name,
      replica,
      at,
      strike: (patient) => patient.slow(factor, forMs),
    }),
  )
  .meta({ title: "Slow", description: "A sick or throttled replica." });

const crash = z
  .strictObject({
    do: z.literal("crash"),
    ...WHERE,
    restart: spread("Restart", "Until it takes calls again. Default: the cold start's weights and init.").optional(),
  })
  .transform(
    ({ do: name, replica, at, restart }): ReplicaFault => ({
      do: name,
      replica,
      at,
      strike: (patient) => patient.crash(restart),
    }),
  )
  .meta({ title: "Crash", description: "A replica dies with the calls that it holds, and starts again." });

const freeze = z
  .strictObject({ do: z.literal("freeze"), ...WHERE, for: quantity("duration", "For", "How long.") })
  .transform(
    ({ do: name, replica, at, for: forMs }): ReplicaFault => ({
      do: name,
      replica,
      at,
      strike: (patient) => patient.freeze(forMs),
    }),
  )
  .meta({ title: "Freeze", description: "A replica does nothing for a while, and then goes on." });

const leak = z
  .strictObject({
    do: z.literal("leak"),
    replica: WHERE.replica,
    blocks: count("Blocks", "KV blocks that each finished call never gives back."),
  })
  .transform(({ do: name, replica, blocks }): ReplicaFault => ({ do: name, replica, at: 0, leak: blocks }))
  .meta({ title: "Leak", description: "A replica whose memory fills up." });

const replicaFaultSchema = z.discriminatedUnion("do", [slow, crash, freeze, leak]);

type Change = (ward: Ward) => void;
const planted =
  (fault: ReplicaFault): Change =>
  (ward) =>
    ward.plant(fault);

const scale = z
  .strictObject({ do: z.literal("scale"), replicas: count("Replicas", "How many there shall be.", 1, 10_000) })
  .transform(({ replicas }): Change => {
    return (ward) => {
      if (replicas > ward.size) ward.grow(replicas - ward.size);
      else ward.shrink(ward.size - replicas);
    };
  });

const changeSchema = z.discriminatedUnion("do", [
  slow.transform(planted),
  crash.transform(planted),
  freeze.transform(planted),
  scale,
]);

const CHANGE: DocumentKind<Change> = {
  word: "change",
  codes: "STACK",
  settings: ["factor=3", "replica=0"],
  begin: "Write a change such as `{ do: slow, replica: 0, factor: 3 }`.",
  pieces: () => [],
  check(raw, findings) {
    const result = changeSchema.safeParse(raw);
    if (result.success) return result.data;
    for (const problem of problemsOf(result.error.issues, raw, (path) => keysAt(changeSchema, path)))
      findings.fault(problem);
    return undefined;
  },
};

/** A change of a pool that runs, from plain data. Throws a PlimsollError with every fault. */
export function readChange(change: unknown): (ward: Ward) => void {
  return resolveDocument(change, CHANGE);
}

export const replicaFaultsSchema = z
  .array(replicaFaultSchema)
  .max(1000)
  .default([])
  .meta({ title: "Faults", description: "What goes wrong on replicas, planted." });
