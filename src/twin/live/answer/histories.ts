import type { PromptMessage } from "../../answers/types.ts";

interface History {
  readonly messages: readonly PromptMessage[];
  readonly characters: number;
}

/**
 * What was said before, by the name of a conversation or of a response. The least recently used are forgotten beyond `most` of them, or beyond
 * `characters` of text altogether.
 */
export class Histories {
  readonly #kept = new Map<string, History>();
  readonly #most: number;
  readonly #mostCharacters: number;
  #characters = 0;

  constructor(most: number, characters: number) {
    this.#most = most;
    this.#mostCharacters = characters;
  }

  /** Empty for one that is new or forgotten. The messages are the same objects every time: prompts know them again by that. */
  of(name: string): readonly PromptMessage[] | undefined {
    const history = this.#kept.get(name);
    if (history === undefined) return undefined;
    this.#kept.delete(name);
    this.#kept.set(name, history);
    return history.messages;
  }

  keep(name: string, messages: readonly PromptMessage[]): void {
    this.#forget(name);
    const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
    this.#kept.set(name, { messages, characters });
    this.#characters += characters;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most && this.#characters <= this.#mostCharacters) return;
      this.#forget(oldest);
    }
  }

  #forget(name: string): void {
    this.#characters -= this.#kept.get(name)?.characters ?? 0;
    this.#kept.delete(name);
  }
}
