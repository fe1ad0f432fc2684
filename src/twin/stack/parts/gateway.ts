import type { Call, Flight, Gauge, Part, PartContext, Reply } from "../types.ts";
import type { PartEntry } from "./entry.ts";
import { KeyLimits } from "./gateway/key-limits.ts";
import { type Door, GATEWAY_COUNTS, Passage } from "./gateway/passage.ts";
import { RetryBudget } from "./gateway/retry-policy.ts";
import { type GatewaySpec, gatewaySchema } from "./gateway/schema.ts";
import { Counts, gauge } from "./kit/gauges.ts";
import { Slots } from "./kit/slots.ts";

/** What stands before a stack: who may come in, how many at once, how long anything may take, and what is tried again. */
class Gateway implements Part, Door {
  readonly name: string;
  readonly load: Part["load"];
  readonly spec: GatewaySpec;
  readonly context: PartContext;
  readonly keys: KeyLimits;
  readonly slots: Slots;
  readonly budget: RetryBudget | undefined;
  readonly counts = new Counts(GATEWAY_COUNTS);
  inside = 0;

  constructor(spec: GatewaySpec, context: PartContext) {
    this.name = context.name;
    this.spec = spec;
    this.context = context;
    this.keys = new KeyLimits(spec, context.kernel.epoch ?? 0);
    const slots = new Slots(spec.concurrency ?? Number.POSITIVE_INFINITY, spec.queue);
    this.slots = slots;
    this.budget = spec.retries?.budget && new RetryBudget(spec.retries.budget, context.kernel.now);
    const inside = (): number => this.inside;
    this.load = {
      get waiting() {
        return slots.waiting;
      },
      get running() {
        return inside() - slots.waiting;
      },
    };
  }

  get models(): readonly string[] {
    return this.context.part(this.spec.to).models;
  }

  take(call: Call, reply: Reply): Flight {
    return new Passage(this, call, reply).begin();
  }

  sheds(): boolean {
    const { shed, to } = this.spec;
    if (shed === undefined) return false;
    return this.slots.waiting + this.context.part(shed.of ?? to).load.waiting >= shed.waiting;
  }

  gauges(): readonly Gauge[] {
    return [gauge("queue", this.load.waiting), gauge("running", this.load.running), ...this.counts.gauges()];
  }
}

export const gateway: PartEntry<GatewaySpec> = {
  kind: "gateway",
  schema: gatewaySchema,
  links: ({ to, auth, shed }) => [
    { path: ["to"], part: to },
    ...(auth === undefined ? [] : [{ path: ["auth"], part: auth }]),
    ...(shed?.of === undefined ? [] : [{ path: ["shed", "of"], part: shed.of }]),
  ],
  build: (spec, context) => new Gateway(spec, context),
};
