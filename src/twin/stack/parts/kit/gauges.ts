import type { Gauge } from "../../types.ts";

/** Counts of a part by their canonical names, all of them there from the start. */
export class Counts<N extends string> {
  readonly #counts: Map<N, number>;

  constructor(names: readonly N[]) {
    this.#counts = new Map(names.map((name) => [name, 0]));
  }

  add(name: N, by = 1): void {
    this.#counts.set(name, this.get(name) + by);
  }

  get(name: N): number {
    return this.#counts.get(name) ?? 0;
  }

  gauges(): Gauge[] {
    return [...this.#counts].map(([name, value]) => ({ name, kind: "counter", value }));
  }
}

export function gauge(name: string, value: number): Gauge {
  return { name, kind: "gauge", value };
}
