import type { MetricName, Outcome, ProtocolName } from "../base/index.ts";
import type { TraceColumns } from "../traces/index.ts";

/**
 * A complete plan: every default filled in, every unit converted (times in ms, loads in sessions a second or users, money in
 * dollars, sizes in bytes), every path absolute. It is plain data: it can be posted to a thread and written as JSON.
 */
export interface Plan {
  readonly name: string;
  readonly seed: number;
  readonly target: Target;
  readonly expect?: { readonly peak: { readonly value: number; readonly unit: StageUnit } };
  readonly workload: WorkloadPlan;
  readonly stages: readonly Stage[];
  readonly slo: readonly Threshold[];
  readonly prices?: Prices;
  readonly budget: Budget;
  readonly guards: Guards;
  readonly generator: GeneratorPlan;
  readonly observe: ObservePlan;
  readonly export: ExportPlan;
  /** A module of functions that sessions call. */
  readonly hooks?: { readonly file: string };
  /** Where run folders are made. */
  readonly runs: string;
  /** Headers, URL credentials and environment values that no file and no output may show. */
  readonly secrets: readonly string[];
}

/** How the server behind a URL is trusted. */
export interface Trust {
  readonly verify: boolean;
  /** A PEM file of authorities that are trusted beside Node's own. */
  readonly ca?: string;
  /** Asked for (SNI) and verified instead of the URL's host. */
  readonly serverName?: string;
}

/** JSON as a person writes it in a plan; strings may hold `{{session.id}}`, `{{turn.prompt}}` and the like. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What `{{...}}` in a request template may name; `protocols/` fills them in. */
export const REQUEST_PLACEHOLDERS = [
  "session.id",
  "turn.prompt",
  "turn.index",
  "turn.maxTokens",
  "persona",
  "tenant",
  "region",
  "messages",
  "uuid",
] as const;

export interface Target {
  readonly url: string;
  readonly protocol: ProtocolName;
  readonly method: string;
  readonly model?: string;
  /** The body, a template; in place of what the protocol would send, where it would. */
  readonly request?: Json;
  /** More fields of a body that the protocol writes (`temperature`, `tools`, ...), merged over the generated ones. */
  readonly parameters?: { readonly [key: string]: Json };
  /** JSON paths into each event (`http-sse`, `http-ndjson`) or the body (`http-json`): `$.delta`; absent where the protocol knows. */
  readonly events?: AnswerPaths;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeouts: {
    readonly connect: number;
    readonly firstToken: number;
    readonly idle: number;
    readonly total: number;
  };
  readonly tls: Trust;
  readonly connections: {
    /** Sockets at once over all workers; requests beyond wait, and the wait counts in their response time. */
    readonly max: number;
    /** A new connection for every request when false. */
    readonly keepAlive: boolean;
    /** Whose a connection is that is used again: anybody's (absent), or its session's, from its first request to its end. */
    readonly per?: "pool" | "session";
    /** Connections that are opened before the first request, over all workers; absent: 0. */
    readonly warm?: number;
    /** Streams at once on a connection of HTTP/2; absent: 100. */
    readonly streams?: number;
  };
  /** Absent: over TLS what the server chooses, else HTTP/1.1. */
  readonly http?: "1.1" | "2";
  readonly websocket?: WebSocketPlan;
  /** Proxy from HTTP_PROXY, HTTPS_PROXY and NO_PROXY, resolved when the plan was read; absent for a direct connection. */
  readonly proxy?: string;
  /** Resends on a fresh connection when a pooled one closes before a byte of the answer, though the request was written. */
  readonly repeatable: boolean;
  readonly retries: RetryPlan;
  /** Largest answer that is read, decoded; what exceeds it ends as `stream-error`. */
  readonly maxAnswerBytes: number;
}

export interface WebSocketPlan {
  /** Offered in this order. */
  readonly subprotocols: readonly string[];
  /** ms between pings; 0: none. A ping that is not answered before the next is due ends the connection. */
  readonly ping: number;
}

export interface AnswerPaths {
  /** The answer's text: a delta in a stream, the whole in `http-json`. */
  readonly token: string;
  readonly reasoning?: string;
  readonly usage?: string;
  /** Finish reason (string) or a flag; an event where it is neither null, false nor absent ends the answer. */
  readonly done?: string;
  readonly error?: string;
  readonly model?: string;
}

/** `count` 0: none. Every retry is an attempt with a row of its own. */
export interface RetryPlan {
  readonly count: number;
  readonly on: readonly Outcome[];
  readonly backoff: number;
  readonly maxBackoff: number;
  /** Wait what `Retry-After` says, where the server says it. */
  readonly honourRetryAfter: boolean;
}

export interface WorkloadPlan {
  readonly personas: readonly Persona[];
  readonly arrivals: Arrivals;
  readonly tenants?: TenantsPlan;
  readonly regions?: readonly RegionPlan[];
  readonly failover?: FailoverPlan;
  readonly feeds?: readonly FeedPlan[];
  /** Sessions at once in open stages; a session beyond waits, and the wait counts in its response time. */
  readonly maxUsers?: number;
}

export interface Arrivals {
  readonly process: "constant" | "poisson" | "gamma" | "weibull";
  /** Coefficient of variation of the gaps: 0 for constant, 1 for Poisson. */
  readonly cv: number;
  readonly bursts?: BurstPlan;
}

/** Whose users they are: the k-th tenant has a share in proportion to 1/k^exponent. */
export interface TenantsPlan {
  readonly count: number;
  readonly exponent: number;
}

/** Where users are. */
export interface RegionPlan {
  readonly name: string;
  /** Of the users of loads that name no region, 0 to 1; all regions' are 1. */
  readonly share: number;
  /** The users' clock against the run's: +9, -5:30. */
  readonly zone?: string;
  /** ms that are added at the client; drawn once a user. */
  readonly rtt?: Distribution;
  /** In place of the target's. */
  readonly url?: string;
}

/** Sessions of users of `from` that begin at or after `at` (ms from the run's start) are those of `to` by round trip and URL, until `for` has passed. */
export interface FailoverPlan {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly for?: number;
  readonly rtt?: Distribution;
}

/** Times in which everybody comes at once. */
export interface BurstPlan {
  /** Rate in a burst over the rate between two. */
  readonly factor: number;
  /** ms; mean length of a burst. */
  readonly for: number;
  /** ms; mean time from one burst's beginning to the next. */
  readonly every: number;
}

export interface Persona {
  readonly name: string;
  readonly weight: number;
  readonly prompts: PromptSource;
  readonly system?: string;
  /** Turns a session. Absent: as many as the prompt entry has. */
  readonly turns?: Distribution;
  /** ms between the end of an answer and the next question, after reading where `thinkReading` says so. */
  readonly think: Distribution;
  /** Words a minute at which the user reads an answer before it thinks; absent: it thinks at once. */
  readonly thinkReading?: number;
  /** ms that the user waits for the first token; absent: for ever. */
  readonly patience?: Distribution;
  /** ms that the user waits for more of an answer that has begun; absent: for ever. */
  readonly stallPatience?: Distribution;
  /** Output tokens to ask for at most; absent: the server's own limit. */
  readonly maxTokens?: Distribution;
  /** Words a minute at which the user reads along. Absent: nobody measures. */
  readonly reading?: number;
  readonly retry?: UserRetryPlan;
  /** Chance (0 to 1) that an answered question is asked again as it stands. */
  readonly regenerate?: number;
  /** Chance (0 to 1) that the user goes back to one of its questions, changes it, and asks on from there. */
  readonly edit?: number;
  readonly stop?: StopPlan;
  /** Sessions of one user at once. */
  readonly tabs?: Distribution;
  readonly returns?: ReturnPlan;
  /** In place of the target's. */
  readonly timeouts?: Target["timeouts"];
  readonly agent?: AgentPlan;
}

/** Whoever asks is an agent: a turn is several model calls, with tools between them. */
export interface AgentPlan {
  /** What answers the model's tool calls. */
  readonly tools: readonly ToolPlan[];
  /** Calls of one answer are made side by side; else one after the other. */
  readonly parallel: boolean;
  /** Most model calls of a turn. */
  readonly maxSteps: number;
  /** Model calls of a turn whose loop is simulated: without tool calls of the model, each followed by `result`. */
  readonly steps?: Distribution;
  /** What follows each simulated call. */
  readonly result: { readonly tokens: Distribution; readonly wait: Distribution };
  /** Helpers that the agent sets to work after its first model call, and waits for. */
  readonly fanOut?: { readonly count: Distribution; readonly prompts: PromptSource };
}

export interface ToolPlan {
  readonly name: string;
  /** May hold `{{name}}`, `{{arguments}}` and `{{arguments.FIELD}}`. */
  readonly answer: string;
  /** ms */
  readonly wait: Distribution;
  readonly description?: string;
  /** JSON schema of the arguments. */
  readonly parameters?: Json;
}

/** What a user does by hand after a failure, when the client's own retries are used up. */
export interface UserRetryPlan {
  /** Chance (0 to 1) of asking again, each time. */
  readonly share: number;
  readonly times: number;
  readonly on: readonly Outcome[];
  /** ms before the first; it doubles each time. */
  readonly backoff: number;
  /** Each wait is multiplied by something between 1 - jitter and 1 + jitter. */
  readonly jitter: number;
}

/** The user stops an answer, after so many content events or so many ms from its first token. */
export interface StopPlan {
  /** Chance (0 to 1), each answer. */
  readonly share: number;
  readonly tokens?: Distribution;
  readonly after?: Distribution;
}

/** Most sessions of one user at once, and most times that it comes back. */
export const MOST_TABS = 32;
export const MOST_RETURNS = 63;

export interface ReturnPlan {
  /** Chance (0 to 1), after each session. */
  readonly share: number;
  /** ms after the session's end. */
  readonly after: Distribution;
  /** `warm`: with the conversation so far. */
  readonly history: "warm" | "cold";
}

/** Where `min` or `max` is named the distribution is truncated: conditioned on lying between them, so nothing piles up at a bound. */
export type Distribution =
  | { readonly kind: "fixed"; readonly value: number }
  | { readonly kind: "uniform"; readonly min: number; readonly max: number }
  | { readonly kind: "exponential"; readonly mean: number; readonly min?: number; readonly max?: number }
  | { readonly kind: "geometric"; readonly mean: number }
  | {
      readonly kind: "lognormal";
      readonly median: number;
      readonly sigma: number;
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly kind: "normal"; readonly mean: number; readonly sd: number; readonly min: number; readonly max: number }
  | {
      readonly kind: "gamma";
      readonly mean: number;
      /** Coefficient of variation: the shape is 1/cv². */
      readonly cv: number;
      readonly min?: number;
      readonly max?: number;
    }
  /** P(X > x) = (min / x)^alpha for x >= min. */
  | { readonly kind: "pareto"; readonly min: number; readonly alpha: number; readonly max?: number }
  /** One of the parts, with the chance of its weight. */
  | { readonly kind: "mixture"; readonly parts: readonly { readonly weight: number; readonly of: Distribution }[] }
  /** Quantiles that were measured, straight lines between them: pairs of a probability and its value, both rising. */
  | { readonly kind: "quantiles"; readonly points: readonly (readonly [p: number, value: number])[] }
  /** Draws rows of a CSV column with replacement. */
  | { readonly kind: "empirical"; readonly file: string; readonly column: string };

/** `random`: with replacement. `shuffled`: each once a pass, in an order of its own each time. `unique`: each once in the whole run. */
export const DRAW_ORDERS = ["random", "sequential", "shuffled", "unique"] as const;
export type DrawOrder = (typeof DRAW_ORDERS)[number];

export const PROMPT_FORMATS = ["jsonl", "csv", "parquet", "text"] as const;
export type PromptFormat = (typeof PROMPT_FORMATS)[number];

/** Where prompts come from, and what is done to them. */
export type PromptSource = PromptOrigin & PromptDress;

export type PromptOrigin =
  | { readonly kind: "builtin"; readonly set: string }
  | { readonly kind: "inline"; readonly prompts: readonly string[] }
  | {
      readonly kind: "file";
      readonly file: string;
      readonly format: PromptFormat;
      /** The same as `columns.prompt` with one name. */
      readonly field?: string;
      readonly columns?: PromptColumns;
    }
  /** Every file of a folder is a prompt, those of folders in it too. */
  | { readonly kind: "folder"; readonly folder: string }
  /** The turns of one script; `{{feed.column}}` is filled from `workload.feeds`. */
  | { readonly kind: "template"; readonly turns: readonly string[] }
  | { readonly kind: "synthetic"; readonly tokens: Distribution };

/** Names of columns (CSV, Parquet) or fields (JSONL). */
export interface PromptColumns {
  /** Several: the turns, in this order. */
  readonly prompt?: readonly string[];
  readonly system?: string;
  readonly id?: string;
  readonly answer?: string;
  readonly language?: string;
}

export interface PromptDress {
  /** Absent: random. */
  readonly order?: DrawOrder;
  readonly prefix?: PrefixPlan;
  /** Share of the sessions (0 to 1) whose texts begin with a mark that no other session has. */
  readonly unique?: number;
  readonly images?: ImagePlan;
  readonly audio?: AudioPlan;
}

/** Text that sessions share, at the very beginning of each. */
export interface PrefixPlan {
  readonly tokens: Distribution;
  /** How many there are. */
  readonly count: number;
  /** The k-th of them is chosen with a chance in proportion to 1/k^exponent; 0 is uniform. */
  readonly exponent: number;
  /** Of the sessions (0 to 1); the others begin with a text of the same length that nobody shares. */
  readonly share: number;
  readonly place: "system" | "prompt";
}

/** `count` pictures with each prompt: from files, or drawn. */
export type ImagePlan =
  | { readonly count: number; readonly files: string }
  | {
      readonly count: number;
      readonly width: number;
      readonly height: number;
      /** Size of each PNG file; absent: what it comes to. */
      readonly bytes?: number;
      /** How many different ones there are. */
      readonly distinct: number;
    };

/** `count` sounds with each prompt: from files, or made. */
export type AudioPlan =
  | { readonly count: number; readonly files: string }
  | {
      readonly count: number;
      /** ms */
      readonly length: number;
      /** Samples a second: 16-bit PCM, one channel. */
      readonly rate: number;
      readonly distinct: number;
    };

/** A table whose rows fill `{{name.column}}`: one row a session. */
export interface FeedPlan {
  readonly name: string;
  readonly file: string;
  readonly format: Exclude<PromptFormat, "text">;
  readonly order: DrawOrder;
}

export const STAGE_KINDS = [
  "rest",
  "baseline",
  "ramp",
  "steady",
  "stress",
  "spike",
  "soak",
  "chaos",
  "recovery",
  "replay",
] as const;
export type StageKind = (typeof STAGE_KINDS)[number];
export type StageUnit = "sessions/s" | "users";

export interface Stage {
  readonly name: string;
  readonly kind: StageKind;
  /** ms from the run's start. */
  readonly from: number;
  readonly duration: number;
  /** `sessions/s`: open, sessions start when the process says. `users`: closed, that many people, each one session after another. */
  readonly unit: StageUnit;
  /** The load at a time is the sum of the parts, never below zero. */
  readonly load: readonly LoadPart[];
  /** Sessions a second that the users of a closed stage begin together. Absent: each thinks as long as its persona does. */
  readonly rate?: number;
  readonly replay?: Replay;
}

/** `region`: whose users it brings; absent: those of all, by their shares. */
export type LoadPart = LoadShape & { readonly region?: string };

/** Times in ms from the stage's start; a part is zero outside its own span. */
type LoadShape =
  | { readonly shape: "hold"; readonly value: number; readonly at: number; readonly for: number }
  | {
      readonly shape: "ramp";
      readonly from: number;
      readonly to: number;
      readonly curve: "linear" | "exponential";
      readonly at: number;
      readonly for: number;
    }
  | {
      readonly shape: "steps";
      readonly from: number;
      readonly to: number;
      readonly count: number;
      readonly at: number;
      readonly for: number;
    }
  /** Rises linearly over `rise`, holds, falls linearly over `rise`, all inside `for`. */
  | {
      readonly shape: "spike";
      readonly value: number;
      readonly rise: number;
      readonly at: number;
      readonly for: number;
    }
  /** amplitude * sin(2 pi (t - at) / period + phase) */
  | {
      readonly shape: "sine";
      readonly amplitude: number;
      readonly period: number;
      readonly phase: number;
      readonly at: number;
      readonly for: number;
    }
  /** Rises linearly over `rise`, then falls to half in every `half`. */
  | {
      readonly shape: "surge";
      readonly value: number;
      readonly rise: number;
      readonly half: number;
      readonly at: number;
      readonly for: number;
    }
  /** mean (1 + swing cos(2 pi (t - peak) / 24 h)), times `weekend` on Saturday and Sunday; t begins at `begin` after Monday 0:00 and runs at `pace`. */
  | {
      readonly shape: "week";
      readonly mean: number;
      readonly swing: number;
      readonly peak: number;
      readonly weekend: number;
      readonly begin: number;
      readonly pace: number;
      readonly at: number;
      readonly for: number;
    }
  /** A value for each `every` ms, the last one to the part's end. */
  | {
      readonly shape: "series";
      readonly every: number;
      readonly values: readonly number[];
      readonly at: number;
      readonly for: number;
    };

/** A recorded trace that a stage replays; the stage's load says how many sessions it starts, its arrivals are the trace's own. */
export interface Replay {
  /** A file, or a folder of ServeGen's clients. */
  readonly file: string;
  /** Absent: recognised by the content. */
  readonly format?: string;
  readonly columns?: TraceColumns;
  /** ms of the trace, from its first request on. */
  readonly from: number;
  /** ms of the trace; absent: to its end. */
  readonly for?: number;
  /** Times are divided by it. */
  readonly speed: number;
  /** Requests are multiplied by it, their times left as they are. */
  readonly rate: number;
  readonly loop: number;
  /** Whether rows of one conversation are the turns of one session. Absent: as the format has it. */
  readonly linked?: boolean;
  /** Sessions that it starts. */
  readonly sessions: number;
}

/** Dollars for one token (or one request). */
export interface Prices {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
  readonly request: number;
  /** Where they come from, unless the plan itself states them: the table's day, and the page that it names. */
  readonly source?: { readonly model: string; readonly date: string; readonly from: string };
}

/** Absent: no limit. */
export interface Budget {
  readonly cost?: number;
  readonly tokens?: number;
  readonly requests?: number;
  /** ms */
  readonly duration?: number;
}

export interface Guards {
  /** Stops a run when every attempt that ended in this last while (ms) failed; 0: off. */
  readonly allFailedFor: number;
  /** Needs at least this many ended attempts in the while. */
  readonly allFailedMinimum: number;
}

export interface GeneratorPlan {
  /** 0: one worker a core, less one for the target and the conductor, at least one. */
  readonly workers: number;
  /** ms that open answers may take after the last stage. */
  readonly drain: number;
  /** Keep the texts of this share of the attempts. */
  readonly texts: number;
  /** Keep every gap of this share of the attempts. */
  readonly gaps: number;
  /** ms of lateness (p99) beyond which the generator is said to limit the result and the verdict is withheld. */
  readonly maxStartLag: number;
  readonly maxLoopDelay: number;
}

/** Where a run's figures are told while it lasts. */
export interface ExportPlan {
  /** Prometheus remote write. */
  readonly remoteWrite?: ExportPlace;
  /** OpenTelemetry metrics over HTTP. */
  readonly otlp?: ExportPlace & { readonly encoding: "protobuf" | "json" };
  /** Serves a page for Prometheus to scrape; port 0 is any free one. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** Labels of every series, beside `run` and `plan`. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface ExportPlace {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly proxy?: string;
  /** As Node trusts, where absent. */
  readonly tls?: Trust;
}

/** What is watched while the load runs. */
export interface ObservePlan {
  readonly prometheus: readonly ObservedPage[];
  /** ms between two looks. */
  readonly every: number;
  /** Looks for a metrics page at the target. */
  readonly discover: boolean;
  readonly server?: ObservedServer;
  readonly processes: readonly ObservedProcess[];
}

/** A page in Prometheus text, OpenMetrics text or JSON. */
export interface ObservedPage {
  /** The label `part` of its series. */
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly proxy?: string;
  /** Absent: as the target where it is on the target's origin, else as Node trusts. */
  readonly tls?: Trust;
}

/** A Prometheus server that is asked by instant queries. */
export interface ObservedServer extends ObservedPage {
  /** PromQL; `name` is for results that bear no metric's name. Empty: every series that is known. */
  readonly queries: readonly { readonly name: string; readonly query: string }[];
  /** Values of the label `job`; empty: all. */
  readonly jobs: readonly string[];
}

/** A process of this machine. */
export type ObservedProcess =
  | { readonly name: string; readonly pid: number }
  /** By the TCP port that it listens on. */
  | { readonly name: string; readonly port: number };

/** One line of `slo`, parsed. `ttft{stage=steady,persona=researcher}.p95 < 1.5s` */
export interface Threshold {
  /** As written, whitespace normalised: the threshold's name. */
  readonly expression: string;
  readonly subject: ThresholdSubject;
  readonly filters: { readonly stage?: string; readonly persona?: string };
  readonly operator: "<" | "<=" | ">" | ">=" | "==" | "!=";
  /** In base units: ms, ratio, per second, dollars, tokens; or a factor of the same figure in the baseline stage. */
  readonly limit:
    | { readonly kind: "value"; readonly value: number }
    | { readonly kind: "baseline"; readonly factor: number };
  /** ms of the most recent past that counts while the run goes on; absent: everything so far. */
  readonly window?: number;
  readonly abortOnFail: boolean;
  /** ms from the run's start before an abort may happen. */
  readonly abortAfter: number;
}

/** A `percentile` is in percent: 95, 97.5, 99.9. */
export type ThresholdSubject =
  | {
      readonly kind: "metric";
      readonly metric: MetricName;
      readonly aggregate: "min" | "mean" | "max" | { readonly percentile: number };
    }
  | { readonly kind: "errors.rate" }
  | { readonly kind: "outcomes"; readonly outcome: Outcome; readonly aggregate: "rate" | "count" }
  | { readonly kind: "rates"; readonly rate: "asked" | "started" | "completed" | "goodput" }
  | { readonly kind: "tokens"; readonly tokens: "input" | "cached" | "output" | "reasoning" }
  | { readonly kind: "cost"; readonly aggregate: "total" | "perAnswer" | "perGoodAnswer" };
