import { RateLimits } from "../kit/rate-limits.ts";
import type { GatewaySpec, KeyEntry } from "./schema.ts";

/** Accounts are forgotten past this many, those first that have nothing on them: callers may invent keys without end. */
const MOST_ACCOUNTS = 10_000;

const ASSUMED_OUTPUT = 16;

/** An account of token buckets a key. */
export class KeyLimits {
  readonly #spec: GatewaySpec;
  readonly #epoch: number;
  readonly #allowed: ReadonlyMap<string, KeyEntry> | undefined;
  readonly #accounts = new Map<string, RateLimits>();

  constructor(spec: GatewaySpec, epoch: number) {
    this.#spec = spec;
    this.#epoch = epoch;
    this.#allowed = spec.keys && new Map(spec.keys.map((entry) => [entry.key, entry]));
  }

  allows(key: string | undefined): boolean {
    return this.#allowed === undefined || (key !== undefined && this.#allowed.has(key));
  }

  /** Undefined: nothing limits this key. */
  of(key: string | undefined, now: number): RateLimits | undefined {
    const own = key === undefined ? undefined : this.#allowed?.get(key);
    const { limits } = this.#spec;
    const requestsPerMinute = own?.requestsPerMinute ?? limits?.requestsPerMinute;
    const tokensPerMinute = own?.tokensPerMinute ?? limits?.tokensPerMinute;
    if (requestsPerMinute === undefined && tokensPerMinute === undefined) return undefined;
    const name = key ?? "";
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    if (this.#accounts.size >= MOST_ACCOUNTS) this.#prune(now);
    const account = new RateLimits(
      {
        dialect: "openai",
        requestsPerMinute,
        tokensPerMinute,
        burst: limits?.burst ?? 60_000,
        assumedOutput: ASSUMED_OUTPUT,
      },
      now,
      this.#epoch,
    );
    this.#accounts.set(name, account);
    return account;
  }

  #prune(now: number): void {
    for (const [name, account] of this.#accounts) if (account.whole(now)) this.#accounts.delete(name);
    for (const name of this.#accounts.keys()) {
      if (this.#accounts.size < MOST_ACCOUNTS) return;
      this.#accounts.delete(name);
    }
  }
}
