import type { Comparison } from "../../../src/analyse/index.ts";

/** How often comparisons of one kind said what. */
export class Tally {
  readonly what: string;
  readonly words: Record<Comparison["word"], number> = { worse: 0, better: 0, same: 0, "cannot-tell": 0 };

  constructor(what: string) {
    this.what = what;
  }

  /** Share of all comparisons of several kinds that said worse. */
  static sum(tallies: readonly Tally[]): number {
    return tallies.reduce((sum, tally) => sum + tally.share("worse"), 0) / tallies.length;
  }

  add({ word }: Comparison): void {
    this.words[word]++;
  }

  share(word: Comparison["word"]): number {
    const all = Object.values(this.words).reduce((sum, count) => sum + count, 0);
    return this.words[word] / all;
  }

  cells(): readonly (string | number)[] {
    const { worse, better, same } = this.words;
    return [this.what, worse, better, same, this.words["cannot-tell"]];
  }
}
