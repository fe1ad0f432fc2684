import type { Prompt } from "../../../answers/types.ts";

/**
 * Finds prompts that share at least a share of their blocks with another, counted from the beginning and over the longer of the two: block
 * hashes are chained, so that one equal hash means an equal text up to there. A stand-in for a semantic cache's embedding distance that
 * needs no model: what it takes for near is near in text.
 */
export class PrefixIndex {
  readonly #share: number;
  readonly #block: number;
  readonly #byHash = new Map<number, Set<string>>();
  readonly #byKey = new Map<string, readonly number[]>();

  constructor(share: number, block: number) {
    this.#share = share;
    this.#block = block;
  }

  add(prompt: Prompt, key: string): void {
    this.remove(key);
    const hashes = prompt.blockHashes(this.#block);
    // A shorter common beginning can never be enough of this prompt.
    const kept: number[] = [];
    for (let i = this.#least(hashes.length); i < hashes.length; i++) kept.push(hashes[i] ?? 0);
    for (const hash of kept) {
      const keys = this.#byHash.get(hash) ?? new Set();
      keys.add(key);
      this.#byHash.set(hash, keys);
    }
    this.#byKey.set(key, kept);
  }

  remove(key: string): void {
    for (const hash of this.#byKey.get(key) ?? []) {
      const keys = this.#byHash.get(hash);
      keys?.delete(key);
      if (keys?.size === 0) this.#byHash.delete(hash);
    }
    this.#byKey.delete(key);
  }

  clear(): void {
    this.#byHash.clear();
    this.#byKey.clear();
  }

  /** Keys of prompts that are near, those with the longest common beginning first. */
  *near(prompt: Prompt): Generator<string> {
    const hashes = prompt.blockHashes(this.#block);
    const told = new Set<string>();
    for (let i = hashes.length - 1; i >= this.#least(hashes.length); i--) {
      for (const key of this.#byHash.get(hashes[i] ?? 0) ?? []) {
        if (!told.has(key)) yield key;
        told.add(key);
      }
    }
  }

  /** Index of the last block of the shortest beginning that is enough of `blocks`. */
  #least(blocks: number): number {
    return Math.max(0, Math.ceil(this.#share * blocks - 1e-9) - 1);
  }
}
