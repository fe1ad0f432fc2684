import type uPlot from "uplot";

/** What all time axes of the page share: the range that they show, and where the cursor stands. */
export class TimeLink {
  readonly #charts = new Set<uPlot>();
  readonly #watchers = new Set<() => void>();
  readonly whole: readonly [from: number, to: number];
  #range: readonly [from: number, to: number];
  /** Bin under the cursor. */
  #at: number | undefined;
  #moving = false;

  /** Seconds. */
  constructor(length: number) {
    this.whole = [0, length];
    this.#range = this.whole;
  }

  get range(): readonly [from: number, to: number] {
    return this.#range;
  }
  get at(): number | undefined {
    return this.#at;
  }
  get isZoomed(): boolean {
    return this.#range !== this.whole;
  }

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  join(chart: uPlot): () => void {
    this.#charts.add(chart);
    return () => this.#charts.delete(chart);
  }

  zoom(from: number, to: number): void {
    const [low, high] = this.whole;
    const clipped: readonly [number, number] = [Math.max(low, from), Math.min(high, to)];
    this.#range = clipped[1] - clipped[0] >= high - low || clipped[1] <= clipped[0] ? this.whole : clipped;
    for (const chart of this.#charts) chart.setScale("x", { min: this.#range[0], max: this.#range[1] });
    this.#tell();
  }

  /** Moves the cursors of all charts; `by`: the one that is there already. */
  point(at: number | undefined, by?: uPlot): void {
    if (this.#moving || at === this.#at) return;
    this.#at = at;
    this.#moving = true;
    for (const chart of this.#charts) {
      if (chart === by) continue;
      const x = at === undefined ? undefined : chart.data[0][at];
      chart.setCursor(x === undefined ? { left: -10, top: -10 } : { left: chart.valToPos(x, "x"), top: 1 });
    }
    this.#moving = false;
    this.#tell();
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
