import type { AnswerAsk, Call, Failure, Flight, Gauge, Part, PartContext, Reply } from "../../types.ts";
import { failureOf } from "../kit/failures.ts";
import { Autoscaler, type Fleet as Scaled } from "./autoscale/autoscaler.ts";
import { GRACE, type Signal } from "./autoscale/schema.ts";
import { BALANCERS } from "./balancers/table.ts";
import type { Balancer } from "./balancers/types.ts";
import { degrade, type Pressure, type Verdict } from "./degrade.ts";
import { readChange } from "./faults.ts";
import { Fleet } from "./fleet.ts";
import { InFlight, type Keeper } from "./in-flight.ts";
import { RateMeter } from "./rate-meter.ts";
import type { Replica } from "./replica.ts";
import type { PoolSpec } from "./spec.ts";

const NOTHING: Flight = { cancel: () => undefined };

/** Replicas of one engine behind a balancer, with what a serving stack puts around them. */
export class Pool implements Part, Keeper, Scaled {
  readonly name: string;
  readonly models: readonly string[];
  readonly #spec: PoolSpec;
  readonly #context: PartContext;
  readonly #fleet: Fleet;
  readonly #balancer: Balancer;
  readonly #autoscaler: Autoscaler | undefined;
  readonly #rate: RateMeter;
  /** Calls that no replica has yet, first come, first served. */
  readonly #held = new Set<InFlight>();
  #came = 0;
  #refused = 0;
  #degraded = 0;

  constructor(spec: PoolSpec, context: PartContext) {
    const { kernel } = context;
    this.name = context.name;
    this.models = spec.models;
    this.#spec = spec;
    this.#context = context;
    this.#rate = new RateMeter(kernel.now);
    const balancer = BALANCERS.find(({ name }) => name === spec.balancer) ?? BALANCERS[0];
    this.#balancer = balancer.create(context.random("balancer"));
    this.#fleet = new Fleet(
      {
        engine: spec.engine,
        model: spec.models[0] ?? context.name,
        replicas: spec.replicas,
        cold: spec.cold,
        coldStart: spec.coldStart,
        warm: spec.autoscale?.warm ?? 0,
        grace: spec.autoscale?.grace ?? GRACE,
        faults: spec.faults,
      },
      context,
      (isNew) => this.#arrived(isNew),
    );
    this.#autoscaler =
      spec.autoscale && new Autoscaler(spec.autoscale, context.random("autoscale").next(), kernel, this);
  }

  get now(): number {
    return this.#context.kernel.now;
  }

  get starting(): number {
    return this.#fleet.count("starting");
  }

  get contextTokens(): number {
    return this.#spec.engine.maxModelLen;
  }

  get load(): { readonly waiting: number; readonly running: number } {
    let { size: waiting } = this.#held;
    let running = 0;
    for (const replica of this.#fleet.all) {
      waiting += replica.waiting;
      running += replica.running;
    }
    return { waiting, running };
  }

  take(call: Call, reply: Reply): Flight {
    this.#came++;
    this.#rate.count(this.now);
    const { ask, refusal, divert } = this.#verdict(call);
    if (divert !== undefined) return this.#context.part(divert).take(call, reply);
    if (refusal !== undefined) return this.#refuse(reply, { ...refusal, part: this.name });
    const problem = this.#admission(ask);
    if (problem !== undefined) return this.#refuse(reply, problem);
    const flight = new InFlight(call, ask, reply, this);
    this.#held.add(flight);
    this.#place(flight);
    if (!flight.over) this.#limit(flight);
    this.#autoscaler?.watch();
    return flight;
  }

  left(flight: InFlight): void {
    this.#held.delete(flight);
  }

  gauges(): Gauge[] {
    const gauge = (name: string, value: number): Gauge => ({ name, kind: "gauge", value });
    const counter = (name: string, value: number): Gauge => ({ name, kind: "counter", value });
    const { waiting, running } = this.load;
    return [
      gauge("queue", waiting),
      gauge("running", running),
      gauge("held", this.#held.size),
      gauge("replicas", this.#fleet.ready.length),
      gauge("replicas.starting", this.#fleet.count("starting") + this.#fleet.count("down")),
      gauge("replicas.draining", this.#fleet.count("draining")),
      counter("requests", this.#came),
      counter("requests.refused", this.#refused),
      counter("requests.degraded", this.#degraded),
      ...(this.#autoscaler?.gauges() ?? []),
      ...this.#fleet.all.flatMap((replica) => (replica.state === "starting" ? [] : replica.gauges())),
    ];
  }

  retune(change: unknown): void {
    readChange(change)(this.#fleet);
  }

  // What the autoscaler acts on.

  get size(): number {
    return this.#fleet.size;
  }

  total(signal: Signal): number {
    return TOTALS[signal](this.#fleet.ready, this.#held.size, this.#rate, this.now);
  }

  grow(by: number): void {
    this.#fleet.grow(by);
  }

  shrink(by: number): void {
    this.#fleet.shrink(by);
  }

  note(name: string, attributes: Readonly<Record<string, string | number>>): void {
    this.#fleet.note(name, attributes);
  }

  #verdict(call: Call): Verdict {
    const ask: AnswerAsk = {
      model: this.#modelFor(call.model),
      style: this.#spec.style,
      maxTokens: call.maxTokens,
      prompt: call.prompt,
      degradations: [],
    };
    if (this.#spec.degrade.length === 0) return { ask };
    const random = this.#context.random("degrade", call.id);
    const verdict = degrade(this.#spec.degrade, ask, this.#pressure(), () => random.next());
    if (verdict.ask !== ask) this.#degraded++;
    return verdict;
  }

  /** Its own name for a model that it is not known by: a router or a fallback chose this pool, not the caller. */
  #modelFor(asked: string): string {
    return this.models.includes(asked) ? asked : (this.models[0] ?? asked);
  }

  #pressure(): Pressure {
    let used = 0;
    let blocks = 0;
    for (const replica of this.#fleet.ready) {
      used += replica.usedBlocks;
      blocks += replica.blocks;
    }
    return { ...this.load, kv: blocks === 0 ? 0 : used / blocks };
  }

  #admission({ prompt, maxTokens }: AnswerAsk): Failure | undefined {
    const { maxModelLen, dialect } = this.#spec.engine;
    const asked = dialect === "vllm" ? (maxTokens ?? 1) : 1;
    if (prompt.tokens + asked > maxModelLen) {
      const sizes = `the prompt has ${prompt.tokens} tokens and the answer may have ${asked}`;
      return this.#tooLong(`the model's context is ${maxModelLen} tokens; ${sizes}`);
    }
    if (this.#fleet.ready.length === 0 && !this.#spec.hold) {
      return failureOf(this.name, 503, "no replica is ready", { code: "no_replica" });
    }
    if (this.#spec.queue !== Number.POSITIVE_INFINITY && this.load.waiting >= this.#spec.queue) {
      return failureOf(this.name, 503, "the queue is full", { code: "overloaded" });
    }
    return undefined;
  }

  #tooLong(message: string): Failure {
    return failureOf(this.name, 400, message, { code: "context_length_exceeded" });
  }

  #refuse(reply: Reply, failure: Failure): Flight {
    this.#refused++;
    reply.failed(this.now, failure);
    return NOTHING;
  }

  #place(flight: InFlight): void {
    const { ready } = this.#fleet;
    if (!several(ready)) return;
    this.#held.delete(flight);
    const { call, ask } = flight;
    const replica = this.#balancer.pick({ session: call.session, prompt: ask.prompt }, ready);
    if (replica.submit(flight) === undefined) return;
    this.#refused++;
    flight.fail(this.#tooLong("the prompt does not fit into the engine's memory"));
  }

  #limit(flight: InFlight): void {
    const { timeout } = this.#spec;
    if (timeout === undefined) return;
    const { kernel } = this.#context;
    flight.limit(
      kernel.at(kernel.now + timeout, () => {
        flight.fail(failureOf(this.name, 504, "the answer took too long", { code: "timeout" }));
      }),
    );
  }

  #arrived(isNew: boolean): void {
    if (isNew) this.#autoscaler?.arrived();
    for (const flight of this.#held) this.#place(flight);
  }
}

function several<T>(list: readonly T[]): list is readonly [T, ...T[]] {
  return list.length > 0;
}

/** A metric summed over the replicas that are ready. Calls that wait for a replica to become ready wait, too. */
const TOTALS: Readonly<
  Record<Signal, (ready: readonly Replica[], held: number, rate: RateMeter, now: number) => number>
> = {
  queue: (ready, held) => ready.reduce((sum, replica) => sum + replica.waiting, held),
  running: (ready) => ready.reduce((sum, replica) => sum + replica.running, 0),
  kv: (ready) => ready.reduce((sum, { usedBlocks, blocks }) => sum + (blocks === 0 ? 0 : usedBlocks / blocks), 0),
  rate: (_, __, rate, now) => rate.rate(now),
};
