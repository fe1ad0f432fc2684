import { count, quantity } from "../../fields.ts";
import type { Call, Failure, Flight, Gauge, Part, PartContext, StageName, Timer } from "../../types.ts";
import { failureOf } from "./failures.ts";
import { Counts, gauge } from "./gauges.ts";
import { unlucky } from "./luck.ts";
import { Run } from "./run.ts";
import { type Claim, Slots } from "./slots.ts";
import {
  type ErrorRate,
  errorRate,
  finishAt,
  type Outage,
  outageAt,
  outages,
  type SlowPeriod,
  servers,
  slowPeriods,
} from "./times.ts";

/** Fields of every part that serves with c servers from one queue. */
export const CENTRE_FIELDS = {
  servers: servers("Servers", "Calls that it works on at once. Default: 1.").default(1),
  queue: count("Queue", "Most calls that may wait; more are refused with 503. Default: no bound.", 0).optional(),
  timeout: quantity("duration", "Timeout", "Longest stay, queue and service together; then 504.").optional(),
  errors: errorRate("Errors", "Share of the calls that fail when they have been served.").optional(),
  slow: slowPeriods(),
  outages: outages(),
};

interface CentreSpec {
  readonly servers: number;
  readonly queue?: number | undefined;
  readonly timeout?: number | undefined;
  readonly errors?: ErrorRate | undefined;
  readonly slow: readonly SlowPeriod[];
  readonly outages: readonly Outage[];
}

/** What a visit wants: `work` is asked when a server is free, and is the service time at rest (ms). */
export interface Errand {
  work(startedAt: number): number;
  done(at: number, startedAt: number): void;
  failed(at: number, failure: Failure): void;
  /** More attributes for the visit's span. */
  attributes?(): Readonly<Record<string, string | number>>;
}

const NAMES = ["requests", "failures", "rejected", "timeouts"] as const;

/**
 * A G/G/c station: c servers, one queue, first come, first served. Slow periods stretch the work that falls into them; a call that leaves frees
 * its place or its server at once.
 */
export class ServiceCentre {
  readonly spec: CentreSpec;
  readonly context: PartContext;
  readonly stage: StageName;
  readonly slots: Slots;
  readonly counts = new Counts(NAMES);
  readonly load: Part["load"];

  constructor(spec: CentreSpec, context: PartContext, stage: StageName) {
    this.spec = spec;
    this.context = context;
    this.stage = stage;
    this.slots = new Slots(spec.servers, spec.queue);
    this.load = loadOf(this.slots);
  }

  visit(call: Call, errand: Errand): Flight {
    return new Visit(this, call, errand).begin();
  }

  gauges(): Gauge[] {
    return [gauge("queue", this.slots.waiting), gauge("running", this.slots.running), ...this.counts.gauges()];
  }
}

export function loadOf(slots: Slots): Part["load"] {
  return {
    get waiting() {
      return slots.waiting;
    },
    get running() {
      return slots.running;
    },
  };
}

class Visit extends Run {
  readonly #centre: ServiceCentre;
  readonly #call: Call;
  readonly #errand: Errand;
  readonly #from: number;
  #startedAt = Number.NaN;
  #claim: Claim | undefined;
  readonly #timers: Timer[] = [];

  constructor(centre: ServiceCentre, call: Call, errand: Errand) {
    super();
    this.#centre = centre;
    this.#call = call;
    this.#errand = errand;
    this.#from = centre.context.kernel.now;
  }

  begin(): this {
    const { spec, counts, slots, context } = this.#centre;
    counts.add("requests");
    const outage = outageAt(spec.outages, this.#from);
    if (outage !== undefined && unlucky(context, "outage", this.#call.id, outage.share)) {
      this.#fail(outage.status, "the part is out");
      return this;
    }
    this.#claim = slots.claim(() => this.#serve());
    if (!this.#claim.enter()) {
      counts.add("rejected");
      this.#fail(503, "the queue is full", "queue_full");
      return this;
    }
    if (this.over) return this;
    const { timeout } = spec;
    if (timeout !== undefined) {
      this.#after(this.#from + timeout, () => {
        counts.add("timeouts");
        this.#fail(504, `no result within ${timeout} ms`);
      });
    }
    const severing = spec.outages.find((entry) => entry.severs && entry.from > this.#from);
    if (severing !== undefined && unlucky(context, "severed", this.#call.id, severing.share)) {
      this.#after(severing.from, () => this.#fail(severing.status, `${context.name} went out`));
    }
    return this;
  }

  protected release(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#claim?.release();
  }

  #serve(): void {
    const { spec, context } = this.#centre;
    this.#startedAt = context.kernel.now;
    const end = finishAt(spec.slow, this.#startedAt, this.#errand.work(this.#startedAt));
    this.#after(end, () => {
      const { errors } = spec;
      if (errors !== undefined && unlucky(context, "error", this.#call.id, errors.rate)) {
        this.#fail(errors.status, "the part failed");
        return;
      }
      this.end(() => {
        this.#note(end);
        this.#errand.done(end, this.#startedAt);
      });
    });
  }

  #after(time: number, run: () => void): void {
    this.#timers.push(this.#centre.context.kernel.at(time, run));
  }

  #fail(status: number, message: string, code?: string): void {
    const { context, counts } = this.#centre;
    const at = context.kernel.now;
    this.end(() => {
      counts.add("failures");
      const failure = failureOf(context.name, status, message, code === undefined ? {} : { code });
      this.#note(at, failure.code);
      this.#errand.failed(at, failure);
    });
  }

  #note(to: number, error?: string): void {
    const started = Number.isNaN(this.#startedAt) ? to : this.#startedAt;
    this.#call.span({
      stage: this.#centre.stage,
      part: this.#centre.context.name,
      from: this.#from,
      to,
      attributes: { queueMs: started - this.#from, serviceMs: to - started, ...this.#errand.attributes?.() },
      ...(error === undefined ? {} : { error }),
    });
  }
}
