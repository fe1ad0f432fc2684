import { EXIT, PlimsollError, randomStream } from "../../base/index.ts";
import type { StackSpec } from "./read.ts";
import type { Call, EngineHooks, Flight, Gauge, Kernel, Part, Reply } from "./types.ts";

/** A gauge and the part that it belongs to. */
export interface StackGauge extends Gauge {
  readonly part: string;
}

/** A stack on its kernel, ready for calls. */
export interface Stack {
  readonly spec: StackSpec;
  readonly kernel: Kernel;
  readonly entry: Part;
  readonly parts: ReadonlyMap<string, Part>;
  /** Sends a call to the entry. Only while the kernel handles an event, as everything that parts do. */
  take(call: Call, reply: Reply): Flight;
  gauges(): StackGauge[];
  /**
   * Changes a part now, as an entry of a pool's `faults` would (`{ do: slow, replica: 0, factor: 3 }`), or its size (`{ do: scale, replicas: 4 }`). Only
   * while the kernel handles an event. Throws a PlimsollError for a part or a change that there is not.
   */
  retune(part: string, change: unknown): void;
  /** Every model that some part answers for, each once. */
  readonly models: readonly string[];
}

export function buildStack(spec: StackSpec, kernel: Kernel, engine: EngineHooks): Stack {
  const parts = new Map<string, Part>();
  const part = (name: string): Part => {
    const found = parts.get(name);
    if (!found) throw new Error(`the stack has no part ${name}`);
    return found;
  };
  for (const [name, bound] of spec.parts) {
    parts.set(
      name,
      bound.build({
        name,
        kernel,
        engine,
        part,
        random: (...keys) => randomStream(spec.seed, "stack", name, ...keys),
      }),
    );
  }
  const entry = part(spec.entry);
  return {
    spec,
    kernel,
    entry,
    parts,
    take: (call, reply) => entry.take(call, reply),
    gauges: () => [...parts.values()].flatMap((each) => each.gauges().map((gauge) => ({ ...gauge, part: each.name }))),
    retune(name, change) {
      const found = parts.get(name);
      if (found?.retune !== undefined) {
        found.retune(change);
        return;
      }
      const able = [...parts.values()].filter(({ retune }) => retune !== undefined).map((each) => each.name);
      throw new PlimsollError(
        {
          code: found ? "STACK_FIXED_PART" : "STACK_UNKNOWN_PART",
          message: found ? `\`${name}\` cannot be changed while it runs` : `there is no part \`${name}\``,
          received: name,
          hint: able.length > 0 ? `Name one of ${able.join(", ")}.` : "Change the stack and start it again.",
        },
        EXIT.planInvalid,
      );
    },
    models: [...new Set([...parts.values()].flatMap((each) => each.models))],
  };
}
