import { z } from "zod";
import { count, quantity, text } from "../fields.ts";
import type { Call, Failure, Flight, Gauge, Part, PartContext, Reply, Timer } from "../types.ts";
import { type Batched, Batcher } from "./embedder/batcher.ts";
import type { PartEntry } from "./entry.ts";
import { failureOf, plainFigures } from "./kit/failures.ts";
import { Counts, gauge } from "./kit/gauges.ts";
import { unlucky } from "./kit/luck.ts";
import { Run } from "./kit/run.ts";
import { errorRate, finishAt, outageAt, outages, servers, slowPeriods } from "./kit/times.ts";

const schema = z
  .strictObject({
    kind: z.literal("embedder"),
    model: text("Model", "Name that it answers for. Default: any.", 200).optional(),
    servers: servers("Servers", "Batches that run at once. Default: 1.").default(1),
    batch: count("Batch", "Most calls of a batch. Default: 32.", 1, 100_000).default(32),
    batchTokens: count("Batch tokens", "Most tokens of a batch; one call alone may have more.").default(16_384),
    wait: quantity("duration", "Wait", "How long the oldest waits for a fuller batch. Default: 0s.", "zero").default(0),
    fixed: quantity("duration", "Fixed", "Time of a batch, whatever is in it.", "zero"),
    perToken: quantity("duration", "Per token", "Time for each of its tokens.", "zero"),
    maxInput: count("Most input", "Tokens of one input that the model reads. Default: 8192.").default(8192),
    tooLong: z
      .enum(["truncate", "reject"])
      .default("truncate")
      .meta({ title: "Too long", description: "What becomes of a longer input: cut, or refused with 413." }),
    queue: count("Queue", "Most calls that may wait; more are refused with 503. Default: no bound.", 0).optional(),
    timeout: quantity("duration", "Timeout", "Longest stay; then 504.").optional(),
    errors: errorRate("Errors", "Share of the calls that fail when they have been served.").optional(),
    slow: slowPeriods(),
    outages: outages(),
  })
  .meta({ title: "Embedder", description: "An embedding server with dynamic batching." });

type EmbedderSpec = z.output<typeof schema>;

const NAMES = ["requests", "failures", "rejected", "timeouts", "batches", "tokens"] as const;

class Embedder implements Part {
  readonly name: string;
  readonly models: readonly string[];
  readonly load: Part["load"];
  readonly spec: EmbedderSpec;
  readonly context: PartContext;
  readonly batcher: Batcher<Job>;
  readonly counts = new Counts(NAMES);

  constructor(spec: EmbedderSpec, context: PartContext) {
    this.name = context.name;
    this.models = spec.model === undefined ? [] : [spec.model];
    this.spec = spec;
    this.context = context;
    const batcher = new Batcher<Job>(
      {
        servers: spec.servers,
        most: spec.batch,
        mostTokens: spec.batchTokens,
        wait: spec.wait,
        finish: (at, tokens) => {
          this.counts.add("batches");
          this.counts.add("tokens", tokens);
          return finishAt(spec.slow, at, spec.fixed + spec.perToken * tokens);
        },
      },
      context.kernel,
    );
    this.batcher = batcher;
    this.load = {
      get waiting() {
        return batcher.waiting;
      },
      get running() {
        return batcher.running;
      },
    };
  }

  take(call: Call, reply: Reply): Flight {
    return new Job(this, call, reply).begun();
  }

  gauges(): readonly Gauge[] {
    const { waiting, running, busy } = this.batcher;
    return [gauge("queue", waiting), gauge("running", running), gauge("busy", busy), ...this.counts.gauges()];
  }
}

/** One call; answers calls of kind `embed` itself, and is a step of others. */
class Job extends Run implements Batched {
  readonly tokens: number;
  readonly at: number;
  readonly #part: Embedder;
  readonly #call: Call;
  readonly #reply: Reply;
  #startedAt = Number.NaN;
  #size = 0;
  #timeout: Timer | undefined;

  constructor(part: Embedder, call: Call, reply: Reply) {
    super();
    this.#part = part;
    this.#call = call;
    this.#reply = reply;
    this.at = part.context.kernel.now;
    this.tokens = Math.min(call.prompt.tokens, part.spec.maxInput);
  }

  begun(): this {
    const { spec, context, counts, batcher } = this.#part;
    const { id, prompt } = this.#call;
    counts.add("requests");
    const outage = outageAt(spec.outages, this.at);
    if (outage !== undefined && unlucky(context, "outage", id, outage.share)) {
      this.#fail(failureOf(this.#part.name, outage.status, "the part is out"));
    } else if (prompt.tokens > spec.maxInput && spec.tooLong === "reject") {
      const message = `the input has ${prompt.tokens} tokens, the model reads ${spec.maxInput}`;
      this.#fail(failureOf(this.#part.name, 413, message, { code: "context_length_exceeded" }));
    } else if (spec.queue !== undefined && batcher.waiting >= spec.queue && batcher.busy >= spec.servers) {
      counts.add("rejected");
      this.#fail(failureOf(this.#part.name, 503, "the queue is full", { code: "queue_full" }));
    } else {
      if (spec.timeout !== undefined) this.#watch(this.at + spec.timeout);
      batcher.add(this);
    }
    return this;
  }

  begin(at: number, size: number): void {
    this.#startedAt = at;
    this.#size = size;
  }

  /** Of its batch, which does not ask who has left. */
  finish(at: number): void {
    const { spec, context, name } = this.#part;
    if (this.over) return;
    if (spec.errors !== undefined && unlucky(context, "error", this.#call.id, spec.errors.rate)) {
      this.#fail(failureOf(name, spec.errors.status, "the part failed"));
      return;
    }
    this.end(() => {
      this.#note(at);
      if (this.#call.kind === "embed") this.#serve(at);
      this.#reply.done(at, plainFigures(this.tokens, 0));
    });
  }

  protected release(): void {
    this.#timeout?.cancel();
    this.#part.batcher.remove(this);
  }

  #watch(time: number): void {
    this.#timeout = this.#part.context.kernel.at(time, () => {
      this.#part.counts.add("timeouts");
      this.#fail(failureOf(this.#part.name, 504, `no result within ${this.#part.spec.timeout} ms`));
    });
  }

  #serve(at: number): void {
    const { maxTokens, model, prompt } = this.#call;
    const style = { median: 1, sigma: 0, max: 1 };
    this.#reply.served(at, {
      part: this.#part.name,
      replica: undefined,
      ask: { model: this.#part.spec.model ?? model, style, maxTokens, prompt, degradations: [] },
      cachedTokens: 0,
      fromCache: false,
    });
  }

  #fail(failure: Failure): void {
    const at = this.#part.context.kernel.now;
    this.end(() => {
      this.#part.counts.add("failures");
      this.#note(at, failure.code);
      this.#reply.failed(at, failure);
    });
  }

  #note(to: number, error?: string): void {
    const started = Number.isNaN(this.#startedAt) ? to : this.#startedAt;
    this.#call.span({
      stage: "embed",
      part: this.#part.name,
      from: this.at,
      to,
      attributes: { queueMs: started - this.at, serviceMs: to - started, batch: this.#size, tokens: this.tokens },
      ...(error === undefined ? {} : { error }),
    });
  }
}

export const embedder: PartEntry<EmbedderSpec> = {
  kind: "embedder",
  schema,
  links: () => [],
  build: (spec, context) => new Embedder(spec, context),
};
