/** ms between two turns at least. */
const SHORTEST = 10;

/**
 * Spreads looks at many sources evenly over the beat: all at once would take a core from the load for as long as it takes to read all of them,
 * and ask a server that stands behind several of them several times at once.
 */
export class Rota<T> {
  /** ms between two turns. */
  readonly step: number;
  readonly #turns: readonly (readonly T[])[];
  #next = 0;

  /** @param every ms after which the turn is the same source's again */
  constructor(sources: readonly T[], every: number) {
    const count = Math.max(1, Math.min(sources.length, Math.floor(every / SHORTEST)));
    this.step = every / count;
    this.#turns = Array.from({ length: count }, (_, turn) => sources.filter((_source, i) => i % count === turn));
  }

  /** Whose turn it is, and whose it was meanwhile, each once. @param late ms that the turn comes too late */
  due(late = 0): readonly T[] {
    const missed = Math.floor(late / this.step);
    const from = this.#next;
    this.#next = (from + missed + 1) % this.#turns.length;
    const turns = Math.min(this.#turns.length, missed + 1);
    return Array.from({ length: turns }, (_, i) => this.#turns[(from + i) % this.#turns.length] ?? []).flat();
  }
}
