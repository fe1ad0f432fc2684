import { draw } from "../../spread.ts";
import type { Call, PartContext, Reply, Timer } from "../../types.ts";
import { derive, nthId } from "../kit/derived-call.ts";
import { failureOf } from "../kit/failures.ts";
import type { Counts } from "../kit/gauges.ts";
import { Leg } from "../kit/leg.ts";
import { Relay } from "../kit/relay.ts";
import type { Claim, Slots } from "../kit/slots.ts";
import type { AppSpec } from "./schema.ts";
import { type Agenda, type Doing, extended, stepOf } from "./steps.ts";

export const APP_COUNTS = ["requests", "failures", "rejected", "timeouts", "skipped", "tokens.added"] as const;

/** What all calls of an app share. */
export interface Workshop {
  readonly name: string;
  readonly spec: AppSpec;
  readonly context: PartContext;
  readonly workers: Slots;
  readonly cores: Slots;
  readonly counts: Counts<(typeof APP_COUNTS)[number]>;
}

/** One call through an app: a worker, a core for its own computing, the steps, and the answer. The worker is held to the end. */
export class Visit extends Relay<Workshop> implements Agenda {
  readonly #visits = new Map<string, number>();
  #prompt;
  #worker: Claim | undefined;
  #core: Claim | undefined;
  #timeout: Timer | undefined;
  #computing: Timer | undefined;
  #step: Doing | undefined;

  constructor(part: Workshop, call: Call, reply: Reply) {
    super(part, call, reply, part.counts);
    this.#prompt = call.prompt;
  }

  get context(): PartContext {
    return this.part.context;
  }

  get to(): string {
    return this.part.spec.to;
  }

  begin(): this {
    const { spec, context, counts, workers } = this.part;
    counts.add("requests");
    if (spec.timeout !== undefined) {
      const { timeout } = spec;
      this.#timeout = context.kernel.at(this.from + timeout, () => {
        counts.add("timeouts");
        this.fail(this.from + timeout, failureOf(this.part.name, 504, `no whole answer within ${timeout} ms`));
      });
    }
    this.#worker = workers.claim(() => this.#employ());
    if (!this.#worker.enter()) {
      counts.add("rejected");
      this.fail(this.from, failureOf(this.part.name, 503, "all workers are busy", { code: "queue_full" }));
    }
    return this;
  }

  readonly nextId = (part: string): number => {
    const n = this.#visits.get(part) ?? 0;
    this.#visits.set(part, n + 1);
    return nthId(this.call.id, n);
  };

  skipped(): void {
    this.part.counts.add("skipped");
  }

  timedOut(): void {
    this.part.counts.add("timeouts");
  }

  protected release(): void {
    this.#timeout?.cancel();
    this.#computing?.cancel();
    this.#step?.cancel();
    this.leg?.cancel();
    this.#core?.release();
    this.#worker?.release();
  }

  /** A worker is free: now a core. */
  #employ(): void {
    const { spec, context, cores } = this.part;
    const ms = draw(spec.time, context.random("time", this.call.id));
    if (ms <= 0) {
      this.#own(0);
      this.#next(0);
      return;
    }
    this.#core = cores.claim(() => {
      this.#computing = context.kernel.at(context.kernel.now + ms, () => {
        this.#core?.release();
        this.#own(ms);
        this.#next(0);
      });
    });
    this.#core.enter();
  }

  #next(index: number): void {
    const { steps } = this.part.spec;
    const step = steps[index];
    // Embeddings are nothing to retrieve for.
    if (step === undefined || this.call.kind === "embed") {
      this.#answer();
      return;
    }
    this.#step = stepOf(step, index, this.#prompt, this, {
      done: (additions) => {
        this.#prompt = extended(this.#prompt, additions);
        for (const { tokens } of additions) this.part.counts.add("tokens.added", tokens);
        this.#next(index + 1);
      },
      failed: (failure) => this.fail(this.context.kernel.now, failure),
    });
    this.#step.start();
  }

  #answer(): void {
    const { to } = this.part.spec;
    const id = this.nextId(to);
    const same = id === this.call.id && this.#prompt === this.call.prompt;
    this.#step = undefined;
    this.leg = new Leg(this);
    this.leg.start(this.context.part(to), same ? this.call : derive(this.call, { id, prompt: this.#prompt }));
  }

  /** Notes the app's own time: waiting for a worker and a core, and computing. */
  #own(cpuMs: number): void {
    const to = this.context.kernel.now;
    if (to <= this.from) return;
    const attributes = { queueMs: to - this.from - cpuMs, cpuMs };
    this.call.span({ stage: "app", part: this.part.name, from: this.from, to, attributes });
  }
}
