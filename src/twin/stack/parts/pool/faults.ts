import { z } from "zod";
import { count, quantity, spread } from "../../fields.ts";
import type { Spread } from "../../spread.ts";

/** What a fault can do to a replica. Times in ms. */
export interface Patient {
  slow(factor: number, forMs: number | undefined): void;
  /** `restart` undefined: as long as loading the weights and the engine's start take. */
  crash(restart: Spread | undefined): void;
  freeze(forMs: number): void;
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

export const replicaFaultSchema = z.discriminatedUnion("do", [slow, crash, freeze, leak]);

export const replicaFaultsSchema = z
  .array(replicaFaultSchema)
  .max(1000)
  .default([])
  .meta({ title: "Faults", description: "What goes wrong on replicas, planted." });
