import type { AnswerAsk, Call } from "../../types.ts";
import { Lru } from "../kit/lru.ts";
import { PrefixIndex } from "./prefix-index.ts";

export interface StoredAnswer {
  readonly key: string;
  /** What must be equal for an answer to fit at all: kind of call, model, cap. */
  readonly group: string;
  readonly ask: AnswerAsk;
  readonly outputTokens: number;
  readonly at: number;
}

export interface StoreRules {
  readonly entries: number;
  /** Most answer tokens of all entries. */
  readonly tokens: number;
  /** Age at which an entry is worthless, ms. */
  readonly ttl: number;
  readonly similarity?: { readonly share: number; readonly block: number } | undefined;
}

/** Answers by model and prompt, the least recently used forgotten first. */
export class AnswerStore {
  readonly #rules: StoreRules;
  readonly #entries: Lru<string, StoredAnswer>;
  readonly #prefixes: PrefixIndex | undefined;
  #tokens = 0;
  evictions = 0;
  expired = 0;

  constructor(rules: StoreRules) {
    this.#rules = rules;
    this.#entries = new Lru(rules.entries);
    this.#prefixes = rules.similarity && new PrefixIndex(rules.similarity.share, rules.similarity.block);
  }

  get size(): number {
    return this.#entries.size;
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** The answer to this very prompt. */
  exact(call: Call, now: number): StoredAnswer | undefined {
    return this.#fresh(answerKey(call), now);
  }

  /** One to a prompt that is near enough, where the rules allow that. */
  similar(call: Call, now: number): StoredAnswer | undefined {
    const group = answerGroup(call);
    for (const key of this.#prefixes?.near(call.prompt) ?? []) {
      if (this.#entries.peek(key)?.group !== group) continue;
      const entry = this.#fresh(key, now);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  put(call: Call, ask: AnswerAsk, outputTokens: number, now: number): void {
    const entry = { key: answerKey(call), group: answerGroup(call), ask, outputTokens, at: now };
    if (outputTokens > this.#rules.tokens) return;
    const former = this.#entries.set(entry.key, entry);
    if (former !== undefined) this.#forgotten(former, former.key !== entry.key);
    this.#tokens += outputTokens;
    this.#prefixes?.add(call.prompt, entry.key);
    while (this.#tokens > this.#rules.tokens) {
      const oldest = this.#entries.dropOldest();
      if (oldest === undefined) break;
      this.#forgotten(oldest, true);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#prefixes?.clear();
    this.#tokens = 0;
  }

  #fresh(key: string, now: number): StoredAnswer | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || now < entry.at + this.#rules.ttl) return entry;
    this.#entries.delete(key);
    this.#forgotten(entry, false);
    this.expired++;
    return undefined;
  }

  #forgotten(entry: StoredAnswer, evicted: boolean): void {
    this.#tokens -= entry.outputTokens;
    this.#prefixes?.remove(entry.key);
    if (evicted) this.evictions++;
  }
}

export function answerKey(call: Call): string {
  return `${answerGroup(call)}\n${call.prompt.key}`;
}

function answerGroup(call: Call): string {
  return `${call.kind}\n${call.model}\n${call.maxTokens ?? ""}`;
}
