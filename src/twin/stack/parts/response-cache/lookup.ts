import { draw } from "../../spread.ts";
import type {
  AnswerAsk,
  AnswerProgress,
  Call,
  CallFigures,
  EngineHooks,
  PartContext,
  Reply,
  Served,
  Timer,
} from "../../types.ts";
import { plainFigures } from "../kit/failures.ts";
import type { Counts } from "../kit/gauges.ts";
import { Leg } from "../kit/leg.ts";
import { Relay } from "../kit/relay.ts";
import { TokenStream } from "../kit/token-stream.ts";
import type { ResponseCacheSpec } from "./schema.ts";
import { type AnswerStore, answerKey, type StoredAnswer } from "./store.ts";

export const CACHE_COUNTS = ["hits", "hits.similar", "misses", "joined", "flushes"] as const;

/** An answer on its way, and who waits for it. */
interface Fetch {
  readonly key: string;
  readonly followers: Set<Lookup>;
}

/** What all calls of a cache share. */
export interface Shelf {
  readonly name: string;
  readonly spec: ResponseCacheSpec;
  readonly context: PartContext;
  readonly store: AnswerStore;
  readonly counts: Counts<(typeof CACHE_COUNTS)[number]>;
  /** By the key of the answer. */
  readonly fetches: Map<string, Fetch>;
  readonly sink: EngineHooks["gaps"];
  /** Calls inside, and those of them that wait for another's answer. */
  inside: number;
  waiting: number;
  find(call: Call, now: number): { readonly entry: StoredAnswer; readonly similar: boolean } | undefined;
}

/** One call in a cache: looks, and streams what it finds; else fetches the answer, or waits for who fetches it already. */
export class Lookup extends Relay<Shelf> {
  #timer: Timer | undefined;
  /** What it fetches, and what it waits for. */
  #leads: Fetch | undefined;
  #follows: Fetch | undefined;
  #ask: AnswerAsk | undefined;
  #stream: TokenStream | undefined;

  constructor(part: Shelf, call: Call, reply: Reply) {
    super(part, call, reply);
    const { context, spec } = part;
    const { kernel } = context;
    part.inside++;
    const at = this.from + draw(spec.latency, context.random("latency", call.id));
    this.#timer = kernel.at(at, () => this.#look(at));
  }

  override progress(): AnswerProgress | undefined {
    return this.#stream?.progress() ?? this.leg?.progress();
  }

  override served(at: number, served: Served): void {
    this.#ask = served.ask;
    this.reply.served(at, served);
  }

  override done(at: number, figures: CallFigures): void {
    // Stored before the run ends, so that those who wait find it.
    if (this.#ask !== undefined) this.part.store.put(this.call, this.#ask, figures.outputTokens, at);
    this.end(() => this.reply.done(at, figures));
  }

  /** What it followed has ended: there is an answer now, or it is this one's turn to fetch it. */
  wake(at: number): void {
    this.#unfollow();
    this.#look(at);
  }

  protected release(): void {
    this.part.inside--;
    this.#timer?.cancel();
    this.leg?.cancel();
    this.#stream?.stop();
    this.#unfollow();
    this.#handOver();
  }

  #look(at: number): void {
    const found = this.part.find(this.call, at);
    if (found !== undefined) this.#hit(at, found.entry, found.similar);
    else this.#miss(at);
  }

  #hit(at: number, entry: StoredAnswer, similar: boolean): void {
    const { counts, context, spec, name, sink } = this.part;
    const call = this.call;
    counts.add("hits");
    if (similar) counts.add("hits.similar");
    this.#ask = undefined;
    const served = { part: name, replica: undefined, ask: entry.ask, cachedTokens: 0, fromCache: true };
    const tell = (end: number, figures: CallFigures): void =>
      this.end(() => {
        this.#note(end, { hit: 1, similar: similar ? 1 : 0 });
        this.reply.done(end, figures);
      });
    const tokens = entry.outputTokens === 0 ? 0 : call.answerTokens(entry.ask);
    if (tokens === 0) {
      this.reply.served(at, served);
      tell(at, plainFigures(call.prompt.tokens, 0));
      return;
    }
    const times = Float64Array.from({ length: tokens }, (_, index) => at + index * spec.gap);
    this.#stream = new TokenStream(context.kernel, call, this.reply, times, sink);
    this.#stream.start(
      () => this.reply.served(at, served),
      (end, stream) => tell(end, plainFigures(call.prompt.tokens, tokens, stream)),
    );
  }

  #miss(at: number): void {
    const { spec, fetches, counts, context } = this.part;
    const key = answerKey(this.call);
    const under = spec.singleFlight ? fetches.get(key) : undefined;
    if (under !== undefined) {
      counts.add("joined");
      this.#follows = under;
      under.followers.add(this);
      this.part.waiting++;
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
    this.part.counts.add("misses");
    this.#note(at, { hit: 0 });
    this.leg = new Leg(this);
    this.leg.start(this.part.context.part(this.part.spec.to), this.call);
  }

  #unfollow(): void {
    if (this.#follows === undefined) return;
    this.#follows.followers.delete(this);
    this.#follows = undefined;
    this.part.waiting--;
    this.#timer?.cancel();
  }

  /** Lets those who wait look again; where there is still no answer the first of them fetches it. */
  #handOver(): void {
    const fetch = this.#leads;
    if (fetch === undefined) return;
    this.#leads = undefined;
    const { fetches, context } = this.part;
    fetches.delete(fetch.key);
    for (const follower of fetch.followers) follower.wake(context.kernel.now);
  }

  #note(to: number, attributes: Readonly<Record<string, number>>): void {
    this.call.span({ stage: "cache", part: this.part.name, from: this.from, to, attributes });
  }
}
