import { z } from "zod";
import { count, flag, partName, quantity, share, spread } from "../fields.ts";
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
  Served,
  Timer,
} from "../types.ts";
import type { PartEntry } from "./entry.ts";
import { plainFigures } from "./kit/failures.ts";
import { Counts, gauge } from "./kit/gauges.ts";
import { Leg } from "./kit/leg.ts";
import { Run } from "./kit/run.ts";
import { instants, passed } from "./kit/times.ts";
import { TokenStream } from "./kit/token-stream.ts";
import { AnswerStore, answerKey, type StoredAnswer } from "./response-cache/store.ts";

const schema = z
  .strictObject({
    kind: z.literal("response-cache"),
    to: partName("To", "The part that answers what the cache does not have."),
    entries: count("Entries", "Most answers that it keeps."),
    tokens: count("Tokens", "Most answer tokens that it keeps. Default: no bound.").optional(),
    ttl: quantity("duration", "Time to live", "Age at which an answer is worthless. Default: none.").optional(),
    latency: spread("Latency", "Time of a lookup. Default: 1ms.").default({ median: 1, sigma: 0 }),
    gap: quantity("duration", "Gap", "Time between the tokens of a hit; 0s: all at once. Default: 0s.", "zero").default(
      0,
    ),
    singleFlight: flag(
      "Single flight",
      "Whether equal calls wait for the first one's answer instead of all going on. Default: true.",
    ).default(true),
    lockTimeout: quantity(
      "duration",
      "Lock timeout",
      "How long an equal call waits before it goes on by itself. Default: as long as it takes.",
    ).optional(),
    similarity: z
      .strictObject({
        share: share("Share", "Share of the prompt's blocks, from its beginning, that must be equal."),
        block: count("Block", "Tokens of a block. Default: 16.").default(16),
      })
      .optional()
      .meta({ title: "Similarity", description: "Answers near prompts too, as a semantic cache does." }),
    flushes: instants("Flushes", "When all of it is lost."),
  })
  .meta({ title: "Response cache", description: "Whole answers by model and prompt." });

type ResponseCacheSpec = z.output<typeof schema>;

const NAMES = ["hits", "hits.similar", "misses", "joined", "flushes"] as const;

interface Fetch {
  readonly key: string;
  readonly followers: Set<Lookup>;
}

class ResponseCache implements Part {
  readonly name: string;
  readonly load: Part["load"];
  readonly spec: ResponseCacheSpec;
  readonly context: PartContext;
  readonly store: AnswerStore;
  readonly counts = new Counts(NAMES);
  /** Who fetches an answer, and who waits for it; one entry a key. */
  readonly fetches = new Map<string, Fetch>();
  readonly sink: ReturnType<PartContext["engine"]["sinks"]>["gaps"];
  running = 0;
  waiting = 0;
  #flushes = 0;

  constructor(spec: ResponseCacheSpec, context: PartContext) {
    this.name = context.name;
    this.spec = spec;
    this.context = context;
    this.store = new AnswerStore({
      entries: spec.entries,
      tokens: spec.tokens ?? Number.POSITIVE_INFINITY,
      ttl: spec.ttl ?? Number.POSITIVE_INFINITY,
      similarity: spec.similarity,
    });
    this.sink = spec.gap > 0 ? context.engine.sinks(context.name, 0).gaps : undefined;
    const part = this;
    this.load = {
      get waiting() {
        return part.waiting;
      },
      get running() {
        return part.running;
      },
    };
  }

  get models(): readonly string[] {
    return this.context.part(this.spec.to).models;
  }

  take(call: Call, reply: Reply): Flight {
    return new Lookup(this, call, reply);
  }

  gauges(): readonly Gauge[] {
    const { store } = this;
    return [
      gauge("running", this.running),
      gauge("queue", this.waiting),
      gauge("entries", store.size),
      gauge("tokens", store.tokens),
      ...this.counts.gauges(),
      { name: "evictions", kind: "counter", value: store.evictions },
      { name: "expired", kind: "counter", value: store.expired },
    ];
  }

  find(call: Call, now: number): { readonly entry: StoredAnswer; readonly similar: boolean } | undefined {
    const flushes = passed(this.spec.flushes, now);
    if (flushes !== this.#flushes) {
      this.counts.add("flushes", flushes - this.#flushes);
      this.#flushes = flushes;
      this.store.clear();
    }
    const exact = this.store.exact(call, now);
    const entry = exact ?? this.store.similar(call, now);
    return entry && { entry, similar: exact === undefined };
  }
}

class Lookup extends Run implements Reply {
  readonly #part: ResponseCache;
  readonly #call: Call;
  readonly #reply: Reply;
  readonly #from: number;
  #timer: Timer | undefined;
  /** What it fetches, and what it waits for. */
  #leads: Fetch | undefined;
  #follows: Fetch | undefined;
  #leg: Leg | undefined;
  #ask: AnswerAsk | undefined;
  #stream: TokenStream | undefined;

  constructor(part: ResponseCache, call: Call, reply: Reply) {
    super();
    this.#part = part;
    this.#call = call;
    this.#reply = reply;
    const { context, spec } = part;
    const { kernel } = context;
    this.#from = kernel.now;
    part.running++;
    const at = this.#from + draw(spec.latency, context.random("latency", call.id));
    this.#timer = kernel.at(at, () => this.#look(at));
  }

  override progress(): AnswerProgress | undefined {
    return this.#stream?.progress() ?? this.#leg?.progress();
  }

  served(at: number, served: Served): void {
    this.#ask = served.ask;
    this.#reply.served(at, served);
  }

  firstToken(at: number): void {
    this.#reply.firstToken(at);
  }

  tokens(at: number, count: number): void {
    this.#reply.tokens(at, count);
  }

  done(at: number, figures: CallFigures): void {
    // Stored before the run ends, so that those who wait find it.
    if (this.#ask !== undefined) this.#part.store.put(this.#call, this.#ask, figures.outputTokens, at);
    this.end(() => this.#reply.done(at, figures));
  }

  failed(at: number, failure: Failure): void {
    this.end(() => this.#reply.failed(at, failure));
  }

  /** What it followed has ended: there is an answer now, or it is this one's turn to fetch it. */
  wake(at: number): void {
    this.#unfollow();
    this.#look(at);
  }

  protected release(): void {
    this.#part.running--;
    this.#timer?.cancel();
    this.#leg?.cancel();
    this.#stream?.stop();
    this.#unfollow();
    this.#handOver();
  }

  #look(at: number): void {
    const found = this.#part.find(this.#call, at);
    if (found !== undefined) this.#hit(at, found.entry, found.similar);
    else this.#miss(at);
  }

  #hit(at: number, entry: StoredAnswer, similar: boolean): void {
    const { counts, context, spec, name, sink } = this.#part;
    const call = this.#call;
    counts.add("hits");
    if (similar) counts.add("hits.similar");
    this.#ask = undefined;
    const served = { part: name, replica: undefined, ask: entry.ask, cachedTokens: 0, fromCache: true };
    const tell = (end: number, figures: CallFigures): void =>
      this.end(() => {
        this.#note(end, { hit: 1, similar: similar ? 1 : 0 });
        this.#reply.done(end, figures);
      });
    const tokens = entry.outputTokens === 0 ? 0 : call.answerTokens(entry.ask);
    if (tokens === 0) {
      this.#reply.served(at, served);
      tell(at, plainFigures(call.prompt.tokens, 0));
      return;
    }
    const times = Float64Array.from({ length: tokens }, (_, index) => at + index * spec.gap);
    this.#stream = new TokenStream(context.kernel, call, this.#reply, times, sink);
    this.#stream.start(
      () => this.#reply.served(at, served),
      (end, stream) => tell(end, plainFigures(call.prompt.tokens, tokens, stream)),
    );
  }

  #miss(at: number): void {
    const { spec, fetches, counts, context } = this.#part;
    const key = answerKey(this.#call);
    const under = spec.singleFlight ? fetches.get(key) : undefined;
    if (under !== undefined) {
      counts.add("joined");
      this.#follows = under;
      under.followers.add(this);
      this.#part.waiting++;
      if (spec.lockTimeout === undefined) return;
      this.#timer = context.kernel.at(at + spec.lockTimeout, () => {
        this.#unfollow();
        this.#go(context.kernel.now);
      });
      return;
    }
    if (spec.singleFlight) {
      this.#leads = { key, followers: new Set() };
      fetches.set(key, this.#leads);
    }
    this.#go(at);
  }

  #go(at: number): void {
    this.#part.counts.add("misses");
    this.#note(at, { hit: 0 });
    this.#leg = new Leg(this);
    this.#leg.start(this.#part.context.part(this.#part.spec.to), this.#call);
  }

  #unfollow(): void {
    if (this.#follows === undefined) return;
    this.#follows.followers.delete(this);
    this.#follows = undefined;
    this.#part.waiting--;
    this.#timer?.cancel();
  }

  /** Lets those who wait look again; where there is still no answer the first of them fetches it. */
  #handOver(): void {
    const fetch = this.#leads;
    if (fetch === undefined) return;
    this.#leads = undefined;
    const { fetches, context } = this.#part;
    fetches.delete(fetch.key);
    for (const follower of fetch.followers) follower.wake(context.kernel.now);
  }

  #note(to: number, attributes: Readonly<Record<string, number>>): void {
    this.#call.span({ stage: "cache", part: this.#part.name, from: this.#from, to, attributes });
  }
}

export const responseCache: PartEntry<ResponseCacheSpec> = {
  kind: "response-cache",
  schema,
  links: ({ to }) => [{ path: ["to"], part: to }],
  build: (spec, context) => new ResponseCache(spec, context),
};
