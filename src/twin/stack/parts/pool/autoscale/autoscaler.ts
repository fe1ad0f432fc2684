import type { Gauge, Kernel } from "../../../types.ts";
import { HpaMemory } from "./hpa.ts";
import type { AutoscaleSpec, Signal } from "./schema.ts";

/** What an autoscaler acts on. */
export interface Fleet {
  /** Replicas that are ready or start. */
  readonly size: number;
  /** Of these, replicas that start for the first time. */
  readonly starting: number;
  /** The metric summed over the replicas that are ready, as it is now. */
  total(signal: Signal): number;
  grow(by: number): void;
  shrink(by: number): void;
  note(name: string, attributes: Readonly<Record<string, string | number>>): void;
}

/**
 * Looks at a metric that is as old as its scrape, and sets the number of replicas. It measures its own lag: from the moment at which the metric
 * first called for more replicas to the moment at which the first of them was ready.
 */
export class Autoscaler {
  readonly #spec: AutoscaleSpec;
  readonly #kernel: Kernel;
  readonly #fleet: Fleet;
  readonly #memory = new HpaMemory();
  #samples: { readonly at: number; readonly total: number }[] = [];
  /** Since when more are called for than there are. */
  #overSince: number | undefined;
  /** The replicas that start: since when they are called for, and when that was decided. */
  #growing: { readonly calledFor: number; readonly decided: number } | undefined;
  #lag = Number.NaN;
  #changes = 0;
  #direction = 0;
  #turns = 0;

  /** `phase` (0 to 1) is where between two scrapes the autoscaler looks: the two know nothing of each other. */
  constructor(spec: AutoscaleSpec, phase: number, kernel: Kernel, fleet: Fleet) {
    this.#spec = spec;
    this.#kernel = kernel;
    this.#fleet = fleet;
    const { scrape, sync } = spec;
    this.#every(kernel.now + scrape, scrape, () => this.#scrape());
    this.#every(kernel.now + sync * (1 + phase), sync, () => this.#sync());
  }

  /** `autoscale.lag`: ms from the first call for more replicas to the first of them, the last time; absent before. */
  gauges(): Gauge[] {
    return [
      { name: "autoscale.changes", kind: "counter", value: this.#changes },
      { name: "autoscale.turns", kind: "counter", value: this.#turns },
      ...(Number.isNaN(this.#lag) ? [] : [{ name: "autoscale.lag", kind: "gauge" as const, value: this.#lag }]),
    ];
  }

  /** Told when calls come: the metric may have passed its target. */
  watch(): void {
    const { metric, target, tolerance } = this.#spec;
    const over = this.#fleet.total(metric) > this.#fleet.size * target * (1 + tolerance);
    if (!over) this.#overSince = undefined;
    else this.#overSince ??= this.#kernel.now;
  }

  /** A new replica became ready. */
  arrived(): void {
    if (this.#growing === undefined) return;
    const { now } = this.#kernel;
    const { calledFor, decided } = this.#growing;
    this.#growing = undefined;
    this.#lag = now - calledFor;
    this.#fleet.note("scaled", { lag: this.#lag, noticing: decided - calledFor, starting: now - decided });
  }

  #every(first: number, period: number, run: () => void): void {
    const tick = () => {
      run();
      this.#every(first + period, period, run);
    };
    this.#kernel.at(first, tick, "background");
  }

  #scrape(): void {
    this.watch();
    this.#samples.push({ at: this.#kernel.now, total: this.#fleet.total(this.#spec.metric) });
  }

  #sync(): void {
    const { now } = this.#kernel;
    const seen = this.#seen(now - this.#spec.delay);
    const current = this.#fleet.size;
    const next = this.#memory.decide(now, current, seen?.total, this.#spec);
    if (next === current) return;
    this.#changes++;
    const direction = Math.sign(next - current);
    if (this.#direction !== 0 && direction !== this.#direction) this.#turns++;
    this.#direction = direction;
    this.#fleet.note("scale", {
      from: current,
      to: next,
      ...(seen === undefined ? {} : { metric: seen.total / Math.max(1, current), age: now - seen.at }),
    });
    if (direction > 0) {
      this.#growing ??= { calledFor: this.#overSince ?? seen?.at ?? now, decided: now };
      this.#fleet.grow(next - current);
    } else {
      this.#fleet.shrink(current - next);
      if (this.#fleet.starting === 0) this.#growing = undefined;
    }
  }

  /** The newest sample that is no younger than `at`; older ones are forgotten. */
  #seen(at: number): { readonly at: number; readonly total: number } | undefined {
    const index = this.#samples.findLastIndex((sample) => sample.at <= at);
    if (index > 0) this.#samples.splice(0, index);
    return index < 0 ? undefined : this.#samples[0];
  }
}
