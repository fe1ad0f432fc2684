import { draw } from "../spread.ts";
import type {
  AnswerAsk,
  AnswerProgress,
  Call,
  CallFigures,
  Failure,
  Flight,
  Gauge,
  Part,
  PartContext,
  Reply,
  Timer,
} from "../types.ts";
import type { PartEntry } from "./entry.ts";
import { type ExternalSpec, externalSchema } from "./external/schema.ts";
import { failureOf, plainFigures } from "./kit/failures.ts";
import { Counts, gauge } from "./kit/gauges.ts";
import { unlucky } from "./kit/luck.ts";
import { costAt } from "./kit/price.ts";
import { RateLimits } from "./kit/rate-limits.ts";
import { Run } from "./kit/run.ts";
import { finishAt, outageAt } from "./kit/times.ts";
import { TokenStream } from "./kit/token-stream.ts";

const NAMES = ["requests", "failures", "rejected", "tokens.input", "tokens.output", "cost"] as const;

/** A provider's API: no engine inside, but limits, a latency that does not follow our load, bad periods and a bill. */
class External implements Part {
  readonly name: string;
  readonly models: readonly string[];
  readonly load: Part["load"];
  readonly spec: ExternalSpec;
  readonly context: PartContext;
  readonly limits: RateLimits;
  readonly counts = new Counts(NAMES);
  readonly sink: PartContext["engine"]["gaps"];
  running = 0;

  constructor(spec: ExternalSpec, context: PartContext) {
    this.name = context.name;
    this.models = spec.models;
    this.spec = spec;
    this.context = context;
    this.limits = new RateLimits(spec, context.kernel.now, context.kernel.epoch ?? 0);
    this.sink = context.engine.gaps;
    const running = (): number => this.running;
    this.load = {
      waiting: 0,
      get running() {
        return running();
      },
    };
  }

  take(call: Call, reply: Reply): Flight {
    return new Request(this, call, reply).begin();
  }

  gauges(): readonly Gauge[] {
    return [gauge("running", this.running), ...this.counts.gauges()];
  }
}

class Request extends Run {
  readonly #part: External;
  readonly #call: Call;
  readonly #reply: Reply;
  readonly #from: number;
  readonly #timers: Timer[] = [];
  #stream: TokenStream | undefined;
  #holds = false;
  /** It fails before it answers, and costs nothing. */
  #erred = false;
  #firstTokenAt = Number.NaN;

  constructor(part: External, call: Call, reply: Reply) {
    super();
    this.#part = part;
    this.#call = call;
    this.#reply = reply;
    this.#from = part.context.kernel.now;
  }

  begin(): this {
    const { counts, spec } = this.#part;
    counts.add("requests");
    const failure = this.#refusal();
    if (failure !== undefined) {
      this.#failAt(this.#from + spec.refusal, failure);
      return this;
    }
    this.#holds = true;
    this.#part.running++;
    this.#answer();
    return this;
  }

  override progress(): AnswerProgress | undefined {
    return this.#stream?.progress();
  }

  protected release(): void {
    for (const timer of this.#timers) timer.cancel();
    const seen = this.#stream?.progress()?.tokens ?? 0;
    this.#stream?.stop();
    if (!this.#holds) return;
    this.#holds = false;
    this.#part.running--;
    this.#part.limits.settle(this.#call, seen, this.#part.context.kernel.now);
    if (!this.#erred) this.#bill(seen);
  }

  /** What is wrong before any work is done. */
  #refusal(): Failure | undefined {
    const { spec, context, name, running, limits, counts } = this.#part;
    const { id, model } = this.#call;
    if (spec.models.length > 0 && !spec.models.includes(model)) {
      return failureOf(name, 404, `there is no model ${model}`);
    }
    const outage = outageAt(spec.outages, this.#from);
    if (outage !== undefined && unlucky(context, "outage", id, outage.share)) {
      return failureOf(name, outage.status, "the provider has an outage");
    }
    const over = spec.concurrency !== undefined && running >= spec.concurrency;
    const limited = over
      ? failureOf(name, 429, `more than ${spec.concurrency} requests at once`, { headers: limits.headers(this.#from) })
      : limits.admit(name, this.#call, this.#from);
    if (limited !== undefined) counts.add("rejected");
    return limited;
  }

  #answer(): void {
    const { spec, context, name } = this.#part;
    const call = this.#call;
    const { errors, slowStart } = spec;
    const wait =
      draw(spec.ttft, context.random("ttft", call.id)) +
      (slowStart !== undefined && unlucky(context, "slow-start", call.id, slowStart.share)
        ? draw(slowStart.extra, context.random("slow-start-extra", call.id))
        : 0);
    const first = finishAt(spec.slow, this.#from, wait);
    if (errors !== undefined && unlucky(context, "error", call.id, errors.rate)) {
      this.#erred = true;
      this.#failAt(first, failureOf(name, errors.status, "the provider failed"));
      return;
    }
    const severing = spec.outages.find((entry) => entry.severs && entry.from > this.#from);
    if (severing !== undefined && unlucky(context, "severed", call.id, severing.share)) {
      this.#failAt(severing.from, failureOf(name, severing.status, "the provider went out"));
    }
    const style = spec.answers;
    const ask: AnswerAsk = {
      model: call.model,
      style,
      maxTokens: call.maxTokens,
      prompt: call.prompt,
      degradations: [],
    };
    const headers = this.#part.limits.headers(this.#from);
    const serve = (at: number): void =>
      this.#reply.served(at, { part: name, replica: undefined, ask, cachedTokens: 0, fromCache: false, headers });
    if (call.kind === "embed") {
      this.#after(first, () => {
        serve(first);
        this.#finish(first, plainFigures(call.prompt.tokens, 0));
      });
      return;
    }
    const times = this.#tokenTimes(first, call.answerTokens(ask));
    const stream = new TokenStream(context.kernel, call, this.#reply, times, this.#part.sink);
    this.#stream = stream;
    stream.start(
      (at) => {
        this.#firstTokenAt = at;
        serve(at);
      },
      (at, stream) => this.#finish(at, plainFigures(call.prompt.tokens, stream.tokens, stream)),
    );
  }

  #finish(at: number, figures: CallFigures): void {
    this.end(() => {
      this.#note(at);
      this.#reply.done(at, figures);
    });
  }

  #tokenTimes(first: number, tokens: number): Float64Array {
    const { spec, context } = this.#part;
    const random = context.random("gaps", this.#call.id);
    const times = new Float64Array(tokens);
    let at = first;
    for (let i = 0; i < tokens; i++) {
      if (i > 0) at = finishAt(spec.slow, at, draw(spec.gap, random));
      times[i] = at;
    }
    return times;
  }

  #failAt(time: number, failure: Failure): void {
    this.#after(time, () =>
      this.end(() => {
        this.#part.counts.add("failures");
        this.#note(time, failure.code);
        this.#reply.failed(time, failure);
      }),
    );
  }

  #after(time: number, run: () => void): void {
    this.#timers.push(this.#part.context.kernel.at(time, run));
  }

  /** Who got an answer pays for the input, and for the output as far as it had come; who leaves early too. */
  #bill(outputTokens: number): void {
    const { counts, spec } = this.#part;
    const { prices } = spec;
    const inputTokens = this.#call.prompt.tokens;
    counts.add("tokens.input", inputTokens);
    counts.add("tokens.output", outputTokens);
    if (prices !== undefined) counts.add("cost", costAt(prices, inputTokens, outputTokens));
  }

  #note(to: number, error?: string): void {
    const { name } = this.#part;
    const first = Number.isNaN(this.#firstTokenAt) ? to : this.#firstTokenAt;
    const fault = error === undefined ? {} : { error };
    this.#call.span({ stage: "llm.prefill", part: name, from: this.#from, to: first, ...(first === to ? fault : {}) });
    if (first < to) this.#call.span({ stage: "llm.decode", part: name, from: first, to, ...fault });
  }
}

export const external: PartEntry<ExternalSpec> = {
  kind: "external",
  schema: externalSchema,
  links: () => [],
  build: (spec, context) => new External(spec, context),
};
