import type { Random } from "../../base/index.ts";
import type { AnswerStyle, Degradation, Prompt } from "../answers/types.ts";
import type { AnswerProgress, Engine, EngineGapSink, RequestFigures, StepSink } from "../engine/types.ts";

export type { AnswerProgress } from "../engine/types.ts";

/**
 * The contract of a stack's parts. A part is written once, against a kernel, and runs in real and in virtual time alike. All times are ms of the
 * kernel. The time of an event is the time that it was due, however late a real clock gets to it: lateness of the machine never enters the model.
 */
export interface Kernel {
  /** Time of the event that is being handled. */
  readonly now: number;
  /** ms from 1970 to the kernel's zero, for headers that name a time of day; absent: virtual time begins in 1970. */
  readonly epoch?: number;
  /**
   * Runs at `time` (never before now; equal times run in the order of their asking). A `background` event (an autoscaler's next look) does not keep
   * virtual time going where nothing else is left to do.
   */
  at(time: number, run: () => void, background?: "background"): Timer;
}

export interface Timer {
  /** Safe to call at any time, also after it ran. */
  cancel(): void;
}

/** Model time stages of one call, for spans and breakdowns; DESIGN's words. */
export type StageName =
  | "auth"
  | "cache"
  | "guard"
  | "embed"
  | "retrieve"
  | "rerank"
  | "route"
  | "tool"
  | "llm.queue"
  | "llm.prefill"
  | "llm.decode"
  | "app"
  | "network";

export interface SpanNote {
  readonly stage: StageName;
  /** The part that spent the time, and its replica where it has several. */
  readonly part: string;
  readonly from: number;
  readonly to: number;
  readonly error?: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** One request on its way through the stack. Parts pass it on, or a changed copy. */
export interface Call {
  readonly id: number;
  readonly kind: "generate" | "embed";
  /** Conversation, for affinity; unique where the caller named none. */
  readonly session: string;
  /** Model that was asked for; a router may choose another. */
  readonly model: string;
  readonly prompt: Prompt;
  readonly maxTokens: number | undefined;
  /**
   * Tokens that this model's answer to this prompt has, under these caps and degradations; at least 1. Pure. The front end composes the text from the same.
   */
  answerTokens(ask: AnswerAsk): number;
  /** Chained hashes of full blocks that the answer reaches, so that the next turn finds them; see EngineRequest.answerBlockHash. */
  answerBlockHash?(ask: AnswerAsk, blockSize: number): (index: number) => number;
  readonly priority: number;
  /** Where the user is; undefined: nowhere in particular. */
  readonly region: string | undefined;
  /** Bearer or x-api-key value; undefined: none was sent. */
  readonly key: string | undefined;
  /** Cell of the gap sink; -1: its gaps are nobody's (a call that a part makes by itself, an answer that is not streamed). */
  readonly cell: number;
  /** The reply wants every token when it leaves (live), or only the first and the last (simulated). */
  readonly everyToken: boolean;
  /** Notes a span; cheap where nobody listens. */
  span(note: SpanNote): void;
}

export interface AnswerAsk {
  readonly model: string;
  readonly style: AnswerStyle;
  readonly maxTokens: number | undefined;
  readonly prompt: Prompt;
  readonly degradations: readonly Degradation[];
}

/** What serves the call, told before its first token. */
export interface Served {
  readonly part: string;
  /** `part/index`, for the header x-replica; undefined where nothing has replicas. */
  readonly replica: string | undefined;
  readonly ask: AnswerAsk;
  /** Prompt tokens served from a prefix cache. */
  readonly cachedTokens: number;
  /** From a response cache: no engine was asked. */
  readonly fromCache: boolean;
  /** More headers for the answer (providers' rate-limit headers). */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Why a call got no (whole) answer. `status` is the HTTP status that a front end shows; 0: the connection breaks. */
export interface Failure {
  readonly status: number;
  /** Stable word: `rate_limit_exceeded`, `overloaded`, `invalid_api_key`, `context_length_exceeded`, `replica_lost`, `timeout`, ... */
  readonly code: string;
  readonly message: string;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The part where it arose. */
  readonly part: string;
}

export interface CallFigures {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly preemptions: number;
  /** ms; NaN where no engine was asked. */
  readonly queueMs: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
  readonly longestGap: number;
  readonly longGaps: number;
  /** Cut by the model's context length. */
  readonly capped: boolean;
}

/** Hears what becomes of a call. Exactly one of `done` and `failed` ends it; `failed` may come after tokens (a severed stream). */
export interface Reply {
  /** Once, before the first token. */
  served(at: number, served: Served): void;
  /** The first token leaves (before the `tokens` call of the same time). */
  firstToken(at: number): void;
  /** Tokens that leave together; only where the call asked for every token. */
  tokens(at: number, count: number): void;
  done(at: number, figures: CallFigures): void;
  failed(at: number, failure: Failure): void;
}

/** A call under way. */
export interface Flight {
  /** The caller left: whatever works for it stops, and the reply hears nothing further. Safe at any time. */
  cancel(): void;
  /**
   * How far the answer has come by the kernel's now: for callers who did not ask for every token and leave in the middle of an answer. Undefined:
   * nothing left yet, or (absent) the part cannot tell.
   */
  progress?(): AnswerProgress | undefined;
}

/** One gauge or counter of a part, as its metrics page and the run's series show it. */
export interface Gauge {
  /** Canonical: `queue`, `running`, `kv.used` (0 to 1), `preemptions`, `replicas`, `hits`, `tokens`, ... */
  readonly name: string;
  /** Index of the replica; undefined for the part as a whole. */
  readonly replica?: number;
  readonly kind: "gauge" | "counter";
  readonly value: number;
}

export interface Part {
  readonly name: string;
  take(call: Call, reply: Reply): Flight;
  gauges(): readonly Gauge[];
  /** Calls waiting and under way: what routers and shedders look at. */
  readonly load: { readonly waiting: number; readonly running: number };
  /** Models that it answers for, by name; empty: whatever is asked. */
  readonly models: readonly string[];
  /** Tokens that a prompt and its answer may have together; absent: the part knows no such limit. */
  readonly contextTokens?: number;
  /** Changes the part now, while calls are under way; absent: it cannot be changed. Throws a PlimsollError for a change that it does not know. */
  retune?(change: unknown): void;
}

/** What a part is built with. */
export interface PartContext {
  readonly name: string;
  readonly kernel: Kernel;
  /** One stream a purpose: the same in real and virtual time, and unmoved by what other parts draw. */
  random(...keys: readonly (string | number)[]): Random;
  /** Another part, by the name that the stack gives it; resolved when first used, so that parts may be built in any order. */
  part(name: string): Part;
  readonly engine: EngineHooks;
}

/** Something that happened to a part by itself: a scaling decision, a phase of a cold start, a crash. */
export interface StackEvent {
  readonly at: number;
  readonly part: string;
  readonly replica?: number;
  /** Stable word: `scale`, `scaled`, `cold`, `ready`, `draining`, `gone`, `crashed`, `slow`, `frozen`, ... */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** What the driver of the stack wants of every engine in it. */
export interface EngineHooks {
  /** Called with a replica's identity when it starts; returns the sinks of its engine. */
  sinks(
    part: string,
    replica: number,
  ): {
    readonly gaps?: EngineGapSink;
    readonly steps?: StepSink;
    /** Hears of every first token, ms after its request's arrival: also of requests whose callers leave later. */
    readonly firstTokens?: (ms: number) => void;
    /** Hears of every request that the engine finished, with the `max_tokens` that its caller set. */
    readonly requests?: (figures: RequestFigures, maxTokens: number | undefined) => void;
  };
  /** Gaps of answers that no engine makes: those of external providers, and of caches that replay one. */
  readonly gaps?: EngineGapSink;
  /** A replica's engine takes requests from now on, under this name of its model; what a metrics page reads. */
  readonly started?: (part: string, replica: number, engine: Engine, model: string) => void;
  /** It takes none any more, and holds none. */
  readonly stopped?: (part: string, replica: number) => void;
  readonly event?: (event: StackEvent) => void;
  readonly fastForward: boolean;
}
