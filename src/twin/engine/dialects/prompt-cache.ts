import { commonPages, type PageKey } from "./page-key.ts";

/** A text that is computed: its first `pages` pages. */
export interface CachedText {
  readonly key: PageKey;
  readonly pages: number;
}

/** A text of which less than this share could be kept is not worth having back. */
const LEAST_KEPT = 0.25;

/**
 * llama.cpp's prompt cache in the host's memory (tools/server: server_prompt_cache): texts that slots had, oldest first, up to so many pages. A text that
 * another contains is not kept twice. Copying to and fro costs no time here.
 */
export class PromptCache {
  private readonly capacity: number;
  private texts: CachedText[] = [];
  private pages = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  save(text: CachedText): void {
    if (text.pages === 0 || text.pages > this.capacity) return;
    const kept: CachedText[] = [];
    for (const other of this.texts) {
      const common = commonPages(other.key, text.key, 0, Math.min(other.pages, text.pages));
      if (common === text.pages) return;
      if (common < other.pages) kept.push(other);
      else this.pages -= other.pages;
    }
    kept.push(text);
    this.pages += text.pages;
    let dropped = 0;
    while (this.pages > this.capacity) this.pages -= kept[dropped++]?.pages ?? 0;
    this.texts = kept.slice(dropped);
  }

  /** Takes the text that helps a prompt of `most` pages more than `have` does, in what it saves and in what of it is kept; undefined where none does. */
  take(prompt: PageKey, most: number, have: CachedText | undefined): CachedText | undefined {
    let best = have === undefined ? 0 : commonPages(have.key, prompt, 0, Math.min(have.pages, most));
    // An empty slot loses nothing to any text.
    let kept = have === undefined || have.pages === 0 ? -1 : best / have.pages;
    let found: CachedText | undefined;
    for (const text of this.texts) {
      const common = commonPages(text.key, prompt, 0, Math.min(text.pages, most));
      const share = common / text.pages;
      if (share < LEAST_KEPT || share <= kept || common <= best) continue;
      [found, best, kept] = [text, common, share];
    }
    if (found !== undefined) {
      this.texts.splice(this.texts.indexOf(found), 1);
      this.pages -= found.pages;
    }
    return found;
  }
}
