/** How fast the engine has shown to be so far, to foretell what an experiment takes. */
export class Speed {
  #first: { tokens: number; ms: number }[] = [];
  #gaps = new Map<number, number>();

  sawFirst(tokens: number, ms: number): void {
    this.#first.push({ tokens, ms });
  }

  /** Gap between tokens, ms, with that many streams. */
  sawGap(streams: number, ms: number): void {
    this.#gaps.set(streams, ms);
  }

  /** ms to the first token of a prompt: a line through the shortest and the longest seen, and never below it. */
  first(tokens: number): number {
    const sorted = [...this.#first].sort((a, b) => a.tokens - b.tokens);
    const [shortest, longest] = [sorted[0], sorted.at(-1)];
    if (shortest === undefined || longest === undefined) return 0;
    const slope =
      longest.tokens > shortest.tokens
        ? (longest.ms - shortest.ms) / (longest.tokens - shortest.tokens)
        : shortest.ms / shortest.tokens;
    return Math.max(shortest.ms, longest.ms + Math.max(0, slope) * (tokens - longest.tokens));
  }

  /** ms between tokens with that many streams: in proportion from the nearest seen below, so that it is rather too long. */
  gap(streams: number): number {
    let nearest = { streams: 1, ms: this.#gaps.get(1) ?? 0 };
    for (const [seen, ms] of this.#gaps)
      if (seen <= streams && seen >= nearest.streams) nearest = { streams: seen, ms };
    return (nearest.ms * streams) / nearest.streams;
  }
}
