import type { Random } from "../../../../base/index.ts";
import type { EngineSpec } from "../../../engine/types.ts";
import { draw, type Spread } from "../../spread.ts";
import type { PartContext } from "../../types.ts";
import { type ColdStartSpec, coldStart, type PhaseTime, warmUp } from "./autoscale/cold-start.ts";
import type { Patient, ReplicaFault } from "./faults.ts";
import { Replica, type ReplicaSetting } from "./replica.ts";

export interface FleetSpec {
  readonly engine: EngineSpec;
  readonly model: string;
  readonly replicas: number;
  /** How many of them only start when the stack does. */
  readonly cold: number;
  readonly coldStart: ColdStartSpec;
  /** Machines that wait with the image pulled. */
  readonly warm: number;
  /** ms that a replica that goes may still serve its calls. */
  readonly grace: number;
  readonly faults: readonly ReplicaFault[];
}

/** The replicas of a pool through their lives: cold start, service, faults, draining, end. */
export class Fleet {
  readonly #spec: FleetSpec;
  readonly #context: PartContext;
  readonly #onReady: (isNew: boolean) => void;
  /** By index; those that are gone leave a gap that the next one fills. */
  #replicas: Replica[] = [];
  #ready: readonly Replica[] = [];
  #starts = 0;
  #warm: number;

  /** `onReady` hears of each replica that becomes ready later, and whether it is a new one or one that had crashed. */
  constructor(spec: FleetSpec, context: PartContext, onReady: (isNew: boolean) => void) {
    this.#spec = spec;
    this.#context = context;
    this.#onReady = onReady;
    this.#warm = spec.warm;
    for (let index = 0; index < spec.replicas; index++) {
      const replica = this.#create(index);
      this.#replicas.push(replica);
      if (index < spec.replicas - spec.cold) replica.ready();
      else this.#start(replica);
    }
    this.#relist();
    const { kernel } = context;
    for (const fault of spec.faults) {
      if (fault.strike !== undefined) kernel.at(kernel.now + fault.at, () => this.plant(fault), "background");
    }
  }

  /** In the order of their indexes. */
  get ready(): readonly Replica[] {
    return this.#ready;
  }

  /** All but those that are gone. */
  get all(): readonly Replica[] {
    return this.#replicas;
  }

  count(state: Replica["state"]): number {
    return this.#replicas.reduce((count, replica) => (replica.state === state ? count + 1 : count), 0);
  }

  /** What an autoscaler counts: ready, starting and down. */
  get size(): number {
    return this.#replicas.length - this.count("draining");
  }

  grow(by: number): void {
    for (let n = 0; n < by; n++) {
      const taken = new Set(this.#replicas.map(({ index }) => index));
      let index = 0;
      while (taken.has(index)) index++;
      const replica = this.#create(index);
      this.#replicas.push(replica);
      this.#start(replica);
    }
    this.#replicas.sort((a, b) => a.index - b.index);
  }

  /** Those that are not ready go first, then those that became ready last, as a ReplicaSet chooses. */
  shrink(by: number): void {
    const since = ({ state, readyAt }: Replica): number => (state === "ready" ? readyAt : Number.POSITIVE_INFINITY);
    const going = this.#replicas
      .filter(({ state }) => state !== "draining")
      .sort((a, b) => since(b) - since(a) || b.index - a.index)
      .slice(0, by);
    for (const replica of going) this.#drain(replica);
    this.#relist();
  }

  /** Does this fault to its replicas now, whatever its `at` says. */
  plant(fault: ReplicaFault): void {
    for (const replica of [...this.#replicas]) {
      if (fault.replica === undefined || fault.replica === replica.index) fault.strike?.(this.#patient(replica));
    }
  }

  note(name: string, attributes: Readonly<Record<string, string | number>>, replica?: Replica): void {
    const { engine, kernel } = this.#context;
    engine.event?.({
      at: kernel.now,
      part: this.#context.name,
      ...(replica === undefined ? {} : { replica: replica.index }),
      name,
      attributes,
    });
  }

  #patient(replica: Replica): Patient {
    const { kernel } = this.#context;
    return {
      slow: (factor, forMs) => {
        const isMine = replica.setSlowdown(factor);
        this.note("slow", { factor }, replica);
        if (forMs === undefined) return;
        const recover = () => {
          if (isMine()) replica.setSlowdown(1);
        };
        kernel.at(kernel.now + forMs, recover, "background");
      },
      freeze: (forMs) => {
        replica.freeze(kernel.now + forMs);
        this.note("frozen", { ms: forMs }, replica);
      },
      crash: (restart) => this.#crash(replica, restart),
    };
  }

  #crash(replica: Replica, restart: Spread | undefined): void {
    const { kernel } = this.#context;
    if (replica.state === "draining") {
      this.#end(replica);
      return;
    }
    if (replica.state !== "ready") return;
    const random = this.#context.random("restart", replica.index, this.#starts++);
    const phases = coldStart(this.#spec.coldStart, random, true);
    const ms = restart === undefined ? phases.reduce((total, phase) => total + phase.ms, 0) : draw(restart, random);
    replica.halt("down", "the replica crashed");
    this.#relist();
    this.note("crashed", { restart: ms }, replica);
    kernel.at(kernel.now + ms, () => {
      if (replica.state === "down") this.#serve(replica, false);
    });
  }

  #start(replica: Replica): void {
    const start = this.#starts++;
    const random = this.#context.random("cold", replica.index, start);
    const warm = this.#warm > 0;
    if (warm) this.#takeWarm(this.#context.random("warm", replica.index, start));
    this.#passPhases(replica, coldStart(this.#spec.coldStart, random, warm));
  }

  /** A machine leaves the warm pool; another one is made ready for the next. */
  #takeWarm(random: Random): void {
    const { kernel } = this.#context;
    this.#warm--;
    const ms = warmUp(this.#spec.coldStart, random);
    kernel.at(kernel.now + ms, () => this.#warm++, "background");
  }

  #passPhases(replica: Replica, phases: readonly PhaseTime[]): void {
    const [phase, ...rest] = phases;
    if (phase === undefined) {
      this.#serve(replica, true);
      return;
    }
    const { kernel } = this.#context;
    kernel.at(kernel.now + phase.ms, () => {
      if (replica.state !== "starting") return;
      this.note("cold", { phase: phase.phase, ms: phase.ms }, replica);
      this.#passPhases(replica, rest);
    });
  }

  #serve(replica: Replica, isNew: boolean): void {
    replica.ready();
    this.#relist();
    this.note("ready", {}, replica);
    this.#onReady(isNew);
  }

  #drain(replica: Replica): void {
    if (replica.state !== "ready" || replica.outstanding === 0) {
      this.#end(replica);
      return;
    }
    const { kernel } = this.#context;
    replica.state = "draining";
    this.note("draining", { calls: replica.outstanding }, replica);
    kernel.at(kernel.now + this.#spec.grace, () => this.#end(replica), "background");
  }

  #end(replica: Replica): void {
    if (replica.state === "gone") return;
    this.#replicas = this.#replicas.filter((other) => other !== replica);
    this.note("gone", { broken: replica.outstanding }, replica);
    replica.halt("gone", "the replica was shut down before the answer was whole");
    this.#relist();
  }

  #relist(): void {
    this.#ready = this.#replicas.filter(({ state }) => state === "ready");
  }

  #create(index: number): Replica {
    const { engine, faults, model } = this.#spec;
    const leak = faults.reduce(
      (blocks, fault) => ((fault.replica ?? index) === index ? blocks + (fault.leak ?? 0) : blocks),
      engine.leak,
    );
    const { name, kernel, engine: hooks } = this.#context;
    const born = this.#starts++;
    const setting: ReplicaSetting = {
      pool: name,
      model,
      kernel,
      hooks,
      random: (generation) => this.#context.random("engine", index, born, generation),
      idle: (replica) => {
        if (replica.state === "draining") this.#end(replica);
      },
    };
    return new Replica(index, leak === engine.leak ? engine : { ...engine, leak }, setting);
  }
}
