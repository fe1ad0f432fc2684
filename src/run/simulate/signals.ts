import type { RunEvent } from "../../record/index.ts";
import type { StackGauge } from "../../twin/index.ts";

interface Names {
  readonly gauges: string[];
  readonly counters: string[];
}

/** Tells the record once which of a stack's series are gauges and which are counters: a series itself says neither. */
export class Signals {
  /** By part. */
  readonly #told = new Map<string, Set<string>>();

  /** An event for the names that have not been told; undefined where all have been. */
  untold(gauges: readonly StackGauge[], at: number): RunEvent | undefined {
    const detail: Record<string, Names> = {};
    for (const { part, name, kind } of gauges) {
      const told = this.#told.get(part) ?? new Set();
      if (told.has(name)) continue;
      this.#told.set(part, told.add(name));
      const names = detail[part] ?? { gauges: [], counters: [] };
      detail[part] = names;
      names[kind === "gauge" ? "gauges" : "counters"].push(name);
    }
    return Object.keys(detail).length === 0 ? undefined : { at, kind: "stack", name: "signals", detail };
  }
}
