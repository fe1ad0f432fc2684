import type { Call, Failure } from "../../types.ts";
import { failureOf } from "./failures.ts";
import { type Limit, limitHeaders, type RateDialect } from "./rate-headers.ts";
import { TokenBucket } from "./token-bucket.ts";

/** What may be used a minute; absent: no limit. */
export interface RateSpec {
  readonly dialect: RateDialect;
  readonly requestsPerMinute?: number | undefined;
  /** Prompt and max_tokens together. */
  readonly tokensPerMinute?: number | undefined;
  readonly inputTokensPerMinute?: number | undefined;
  readonly outputTokensPerMinute?: number | undefined;
  /** Size of a bucket, as the time that it takes to fill, ms. */
  readonly burst: number;
  /** Tokens charged for the answer of a request without max_tokens. */
  readonly assumedOutput: number;
}

interface Charged extends Limit {
  /** What a call is charged when it comes. */
  amount(call: Call): number;
  /** What it should have been charged, once the answer is there; absent: it stays as it is. */
  readonly settles?: (outputTokens: number) => number;
}

const WORDS: Readonly<Record<RateDialect, string>> = {
  openai: "rate_limit_exceeded",
  anthropic: "rate_limit_error",
};

/**
 * The token buckets of one account. OpenAI charges prompt and max_tokens together when a request comes, and gives nothing back. Anthropic
 * counts input and output apart; output is estimated from max_tokens when the request comes and put right at its end (Anthropic's page "Rate
 * limits").
 */
export class RateLimits {
  readonly #spec: RateSpec;
  readonly #limits: readonly Charged[];
  readonly #epoch: number;

  constructor(spec: RateSpec, now: number, epoch: number) {
    this.#spec = spec;
    this.#epoch = epoch;
    this.#limits = limitsOf(spec, now);
  }

  /** Charges the call, or says why not. A refused request is charged nothing. */
  admit(part: string, call: Call, now: number): Failure | undefined {
    const short = this.#limits.filter((limit) => !limit.bucket.has(limit.amount(call), now));
    if (short.length === 0) {
      for (const limit of this.#limits) limit.bucket.charge(limit.amount(call), now);
      return undefined;
    }
    const wait = Math.max(...short.map((limit) => limit.bucket.wait(limit.amount(call), now)));
    const told = short.map(
      (limit) =>
        `${limit.counts} a minute: limit ${limit.perMinute}, left ${Math.floor(limit.bucket.level(now))}, asked for ${limit.amount(call)}`,
    );
    return failureOf(part, 429, `rate limit reached on ${told.join("; ")}`, {
      code: WORDS[this.#spec.dialect],
      headers: this.headers(now),
      // What never fits has no time after which it would.
      ...(Number.isFinite(wait) ? { retryAfter: Math.max(1, Math.ceil(wait / 1000 - 1e-9)) } : {}),
    });
  }

  /** The answer has ended with so many tokens. */
  settle(call: Call, outputTokens: number, now: number): void {
    for (const { settles, bucket, amount } of this.#limits) {
      if (settles !== undefined) bucket.charge(settles(outputTokens) - amount(call), now);
    }
  }

  /** Nothing has been used, as far as anyone can tell now. */
  whole(now: number): boolean {
    return this.#limits.every(({ bucket }) => bucket.reset(now) <= 0);
  }

  headers(now: number): Record<string, string> {
    return limitHeaders(this.#spec.dialect, this.#limits, now, this.#epoch);
  }
}

function limitsOf(spec: RateSpec, now: number): Charged[] {
  const output = (call: Call): number => (call.kind === "embed" ? 0 : (call.maxTokens ?? spec.assumedOutput));
  const input = (call: Call): number => call.prompt.tokens;
  const limits: Charged[] = [];
  const add = (perMinute: number | undefined, limit: Omit<Charged, "perMinute" | "bucket">): void => {
    if (perMinute === undefined) return;
    const bucket = new TokenBucket(perMinute, (perMinute * spec.burst) / 60_000, now);
    limits.push({ ...limit, perMinute, bucket });
  };
  add(spec.requestsPerMinute, { counts: "requests", amount: () => 1 });
  add(spec.tokensPerMinute, { counts: "tokens", amount: (call) => input(call) + output(call) });
  add(spec.inputTokensPerMinute, { counts: "input-tokens", amount: input });
  add(spec.outputTokensPerMinute, { counts: "output-tokens", amount: output, settles: (tokens) => tokens });
  return limits;
}
