/**
 * The contract of the engine core: a continuous-batching serving engine as a pure machine. All times are ms of whatever clock its driver
 * keeps; it reads none itself. Who drives it in real time and who drives it in virtual time call the same three methods.
 */

/**
 * Step time in ms of a step of N tokens over S sequences, D of them decoding (one token on a context of ctx), P of them prefilling
 * (m tokens on top of ctx):
 *
 *   T = c0 + c1 min(N, n0) + c2 max(0, N - n0) + ch S + k A
 *   A = d1 sum_D ctx + d2 |D| + p1 sum_P m (ctx + m/2) + p2 sum_P (ctx + m)
 *
 * with k = kappa where D and P are both non-empty, else 1.
 */
export interface StepCosts {
  readonly c0: number;
  readonly c1: number;
  readonly c2: number;
  readonly n0: number;
  readonly ch: number;
  readonly d1: number;
  readonly d2: number;
  readonly p1: number;
  readonly p2: number;
  readonly kappa: number;
}

export interface StepNoise {
  /** Sigma of the lognormal factor (mean 1) on each step; 0: none. */
  readonly sigma: number;
  /** Probability that a step is held up by the host, and the bounds (ms) of the hold-up, drawn uniformly. */
  readonly stallProbability: number;
  readonly stallMin: number;
  readonly stallMax: number;
}

export const DIALECTS = ["vllm", "sglang", "llamacpp"] as const;
export type Dialect = (typeof DIALECTS)[number];

export interface EngineSpec {
  readonly dialect: Dialect;
  readonly costs: StepCosts;
  readonly noise: StepNoise;
  /** KV blocks that requests may hold. llamacpp: the context, dealt out over the slots. */
  readonly blocks: number;
  /** Tokens a block; sglang's page (1), llamacpp: 1. */
  readonly blockSize: number;
  /** Tokens a step; vLLM's max_num_batched_tokens, SGLang's chunked_prefill_size, llama.cpp's n_batch. */
  readonly tokenBudget: number;
  /** Sequences a step; vLLM's max_num_seqs, llama.cpp's slots. */
  readonly maxSeqs: number;
  /** Most prompt tokens of one request a step; 0: only the budget bounds them. vLLM's long_prefill_token_threshold. */
  readonly longPrefill: number;
  /** Most tokens of prompt and answer together; a longer prompt is refused. */
  readonly maxModelLen: number;
  readonly prefixCache: boolean;
  readonly policy: "fcfs" | "priority";
  /**
   * Admit a request only where its whole prompt (and, after a preemption, its answer so far) fits into the free blocks, not merely its first chunk:
   * vLLM's scheduler_reserve_full_isl, on by default today. Absent: true.
   */
  readonly admitWholePrompt?: boolean;
  /**
   * vLLM only: the plan of a step is made when the step before it begins, so that it sees arrivals, cancellations, and the blocks and seats of answers
   * that end one step later. vLLM's async_scheduling, on by default. Absent: true.
   */
  readonly asyncScheduling?: boolean;
  /** SGLang's own switches; absent: its defaults. */
  readonly sglang?: SglangSwitches;
  readonly llamacpp?: LlamaCppSwitches;
  /** Draft tokens a step, and the probability that each is accepted given the one before was; absent: one token a step. */
  readonly speculation?: { readonly tokens: number; readonly acceptance: number };
  /** Blocks that each finished request never gives back; 0 in a sound engine. */
  readonly leak: number;
}

export interface SglangSwitches {
  /** Order of the waiting queue: as they came (default), or the longest cached prefix first. */
  readonly schedule?: "fcfs" | "lpm";
  /** Let decodes join the steps of prefill chunks; by default they stand still meanwhile. */
  readonly mixedChunk?: boolean;
  /** Scales the share of an answer's cap that admission reserves; 1. */
  readonly conservativeness?: number;
}

export interface LlamaCppSwitches {
  /** Tokens that the prompt cache in the host's memory keeps (--cache-ram over the KV bytes of a token); absent: none. */
  readonly promptCache?: number;
}

export interface EngineRequest {
  /** Unique among the requests that the engine holds. */
  readonly id: number;
  readonly inputTokens: number;
  /** Tokens that the answer will have, at least 1; `inputTokens + outputTokens` beyond `maxModelLen` is cut there by the engine. */
  readonly outputTokens: number;
  /** Cap that was asked for (`max_tokens`), which SGLang's admission reserves a share of. Absent: as long as the answer. */
  readonly maxTokens?: number;
  /** Lower is more urgent, as in vLLM. Ignored under fcfs. */
  readonly priority: number;
  /**
   * Chained hash of each full block of the prompt (integers below 2^53): equal hashes mean equal content up to there. Absent: the prompt shares
   * nothing with any other request, though it still finds its own blocks again after a preemption.
   */
  readonly blockHashes: ArrayLike<number> | undefined;
  /** Chained hash of the full block number `index` of prompt and answer together, for blocks that the answer reaches. Absent: unshared. */
  readonly answerBlockHash?: (index: number) => number;
  /**
   * Prompt tokens, in full blocks, that count as cached at the first admission even where a lookup finds fewer: they are held, and not computed. For
   * playing back what a server said that it found. Absent: what the lookup finds.
   */
  readonly knownCached?: number;
  /** Which cell of the gap sink this request's gaps belong to; small integers. */
  readonly cell: number;
  readonly listener: EngineListener;
}

/**
 * What a request's owner hears, always with the end of the step that caused it: all tokens of a step leave together. Methods may submit and
 * cancel requests.
 */
export interface EngineListener {
  /** The first token, alone or with more of its step. `cachedTokens`: prompt tokens found in the prefix cache at the first admission. */
  firstToken(at: number, cachedTokens: number): void;
  /**
   * Tokens of one step, the first step included (called after `firstToken`). Present: the engine never fast-forwards over this request.
   */
  readonly tokens?: (at: number, count: number) => void;
  /** The last token has left (with the last call of `tokens`). Its figures are the listener's own from now on. */
  finished(at: number, figures: RequestFigures): void;
}

/** How the engine served a request. Times in ms. */
export interface RequestFigures {
  readonly arrivedAt: number;
  /**
   * First admission, and the last one (after a preemption): when the plan was made, as vLLM stamps it. With `asyncScheduling` a step may run before
   * the planned one begins, which the time from here to the first token holds, as vLLM's prefill time does.
   */
  readonly firstScheduledAt: number;
  readonly lastScheduledAt: number;
  readonly firstTokenAt: number;
  readonly lastTokenAt: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Prompt tokens found in the prefix cache at the first admission. */
  readonly cachedTokens: number;
  /** Tokens computed again because of preemptions. */
  readonly recomputedTokens: number;
  readonly preemptions: number;
  /** Longest gap between its tokens, and how many were a second or longer; 0 with one token. */
  readonly longestGap: number;
  readonly longGaps: number;
  /** Cut by `maxModelLen`. */
  readonly capped: boolean;
}

/** Why a request cannot be served at all. */
export type Refusal = "prompt-too-long" | "never-fits";

/** Receives gaps in bulk: `count` gaps of `ms` each that ended at `at`, of requests of one cell. */
export interface EngineGapSink {
  gaps(cell: number, ms: number, count: number, at: number): void;
}

/**
 * Receives every step, for fitting, tests and histograms of tokens a step. Fast-forwarded steps come as `steps` > 1: `ms` is their sum, while `tokens` and
 * `sequences` are those of each of them. `steps` 0: a pass that preempted and left nobody to run.
 */
export interface StepSink {
  step(at: number, ms: number, steps: number, tokens: number, sequences: number, preempted: number): void;
}

export interface EngineCounters {
  steps: number;
  preemptions: number;
  finished: number;
  cancelled: number;
  /** Prompt tokens by where they came from; recomputed ones are counted apart. */
  promptTokensComputed: number;
  promptTokensCached: number;
  promptTokensRecomputed: number;
  /** Tokens looked up and found in the prefix cache; vLLM repeats the lookup at every admission try, so these inflate under pressure. */
  prefixQueries: number;
  prefixHits: number;
  generatedTokens: number;
  /** ms in which a step was under way. */
  busyMs: number;
}

export interface Engine {
  readonly spec: EngineSpec;
  /**
   * Takes a request at time `at`, never before the last time the engine was told of. Returns why it can never be served, or undefined. The step
   * that first may see it begins when the one under way ends, or at `at` when idle (with the next `advance`, so that requests of one moment share it);
   * with `asyncScheduling` that is when it is planned, and it begins one step later where a step is planned already.
   */
  submit(request: EngineRequest, at: number): Refusal | undefined;
  /** Forgets a request; its blocks are free for the next step that is planned. False where it is not held (any more). Its listener hears nothing further. */
  cancel(id: number, at: number): boolean;
  /** When `advance` must be called next; Infinity when nothing will happen by itself. */
  readonly nextAt: number;
  /**
   * Ends and begins every step that is due up to and including `to`. Inside a jump it books what has ended by then: call it before reading counters or
   * blocks, and before `setSlowdown` and `pause`, which go by the last time that the engine was told of.
   */
  advance(to: number): void;
  readonly running: number;
  readonly waiting: number;
  /** Blocks held by requests (the prefix cache's idle blocks count as free, as in vLLM), and how many there are. */
  readonly usedBlocks: number;
  readonly blocks: number;
  readonly counters: Readonly<EngineCounters>;
  /** Prompt tokens that wait or are being prefilled, and context tokens held: what KV-aware balancers look at. */
  readonly pendingPrefillTokens: number;
  /** What of a request's answer has left by `at`, also inside a run of steps that is passed in one jump; undefined before its first token. */
  progress?(id: number, at: number): AnswerProgress | undefined;
  /** Tokens of this prompt that a lookup would find now, without taking them. */
  peekPrefix(blockHashes: ArrayLike<number>): number;
  /** Multiplies every further step's time: a sick or throttled replica; 1 in a sound one. */
  setSlowdown(factor: number): void;
  /** No step begins before `until` (a frozen process); the one under way ends as it would have. */
  pause(until: number): void;
}

/** Tokens that have left so far, all by the last time that the engine was told of. Gaps in ms. */
export interface AnswerProgress {
  readonly tokens: number;
  readonly lastTokenAt: number;
  /** As in RequestFigures. */
  readonly longestGap: number;
  readonly longGaps: number;
}

export interface EngineOptions {
  readonly gaps?: EngineGapSink;
  readonly steps?: StepSink;
  /** Let runs of equal decode steps pass in one closed-form jump; false: every step on its own. */
  readonly fastForward: boolean;
}
