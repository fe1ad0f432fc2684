/**
 * Kubernetes' HorizontalPodAutoscaler as a pure function of what it saw and did (kubernetes/kubernetes, pkg/controller/podautoscaler: replica_calculator.go
 * and horizontal.go). Times in ms.
 */
export interface HpaRules {
  readonly min: number;
  readonly max: number;
  /** Of the metric a replica. */
  readonly target: number;
  /** Nothing happens while metric / target is within 1 plus or minus this. */
  readonly tolerance: number;
  readonly up: ScalingRules;
  readonly down: ScalingRules;
}

export interface ScalingRules {
  /** Stabilisation window: up takes the lowest, down the highest recommendation in it. */
  readonly window: number;
  /** Most replicas to add or remove within `period`: the larger of the two counts; 0 for both forbids it. */
  readonly pods: number;
  readonly percent: number;
  readonly period: number;
}

interface Stamped {
  readonly at: number;
  readonly count: number;
}

/** What an autoscaler remembers between two looks. */
export class HpaMemory {
  /** Absent before the first look. */
  #recommendations: Stamped[] | undefined;
  #ups: Stamped[] = [];
  #downs: Stamped[] = [];

  /**
   * How many replicas there should be at `now`. `current` counts those that start as well; `total` is the metric summed over the replicas that
   * report it: an External metric's AverageValue, under which replicas that start count as idle (a Pods metric would leave them out on the way
   * down). Without a metric (undefined) nothing changes but the bounds, and nothing is remembered.
   */
  decide(now: number, current: number, total: number | undefined, rules: HpaRules): number {
    // What a fleet starts with is a recommendation too: the windows protect it.
    this.#recommendations ??= [{ at: now, count: current }];
    if (total === undefined) return Math.max(Math.min(current, rules.max), rules.min);
    const wanted = recommend(current, total, rules);
    const stable = this.#stabilise(now, current, wanted, this.#recommendations, rules);
    const next = this.#limit(now, current, stable, rules);
    if (next > current) this.#ups.push({ at: now, count: next - current });
    if (next < current) this.#downs.push({ at: now, count: current - next });
    return next;
  }

  #stabilise(now: number, current: number, wanted: number, before: readonly Stamped[], { up, down }: HpaRules): number {
    let least = wanted;
    let most = wanted;
    for (const { at, count } of before) {
      if (now - at < up.window) least = Math.min(least, count);
      if (now - at < down.window) most = Math.max(most, count);
    }
    this.#recommendations = [...recent(before, now, Math.max(up.window, down.window)), { at: now, count: wanted }];
    return Math.min(Math.max(current, least), most);
  }

  #limit(now: number, current: number, wanted: number, { min, max, up, down }: HpaRules): number {
    this.#ups = recent(this.#ups, now, Math.max(up.period, down.period));
    this.#downs = recent(this.#downs, now, Math.max(up.period, down.period));
    if (wanted > current) {
      const start = current - sum(this.#ups, now, up.period) + sum(this.#downs, now, up.period);
      const most = Math.max(start + up.pods, Math.ceil(start * (1 + up.percent / 100)));
      return Math.min(wanted, Math.max(current, most), Math.max(max, min));
    }
    if (wanted < current) {
      const start = current + sum(this.#downs, now, down.period) - sum(this.#ups, now, down.period);
      const least = Math.min(start - down.pods, Math.floor(start * (1 - down.percent / 100)));
      return Math.max(wanted, Math.min(current, least), min);
    }
    return Math.min(Math.max(current, min), max);
  }
}

/** Keeps a quotient that is whole, or at the edge, in decimals from passing it by its binary error. */
const SLACK = 1e-12;

/** ceil(current * metric / target), where the metric is the mean over `current` replicas; `current` within the tolerance. */
export function recommend(
  current: number,
  total: number,
  { target, tolerance }: Pick<HpaRules, "target" | "tolerance">,
): number {
  if (current === 0) return Math.ceil(total / target);
  const ratio = total / (current * target);
  if (Math.abs(ratio - 1) <= tolerance + SLACK) return current;
  return Math.ceil((total / target) * (1 - SLACK));
}

function recent(events: readonly Stamped[], now: number, period: number): Stamped[] {
  return events.filter(({ at }) => now - at < period);
}

function sum(events: readonly Stamped[], now: number, period: number): number {
  return events.reduce((total, { at, count }) => (now - at < period ? total + count : total), 0);
}
