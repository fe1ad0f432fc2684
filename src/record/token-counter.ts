/** Counts tokens with o200k_base, loaded at the first call: a fallback for servers that send no usage, and labelled as such. */
export class TokenCounter {
  #count: ((text: string) => number) | undefined;

  async count(text: string): Promise<number> {
    if (!this.#count) {
      const { countTokens } = await import("gpt-tokenizer/encoding/o200k_base");
      // A text that spells a control token is text here, and counts as what it looks like.
      this.#count = (wanted) => countTokens(wanted, { disallowedSpecial: new Set() });
    }
    return this.#count(text);
  }
}
