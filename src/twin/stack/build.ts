import { randomStream } from "../../base/index.ts";
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
    models: [...new Set([...parts.values()].flatMap((each) => each.models))],
  };
}
