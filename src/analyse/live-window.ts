import type { MetricName } from "../base/index.ts";
import { OUTCOMES } from "../base/index.ts";
import type { Tally, TallyCell } from "../record/index.ts";
import { Histogram } from "../stats/index.ts";

/** Sums over tally cells. */
export interface LiveSums {
  sessions: number;
  attempts: number;
  answered: number;
  errors: number;
  good: number;
  cost: number;
  /** By index of OUTCOMES. */
  readonly outcomes: number[];
  readonly tokens: { input: number; cached: number; output: number; reasoning: number };
  /** Of the one metric that is watched. */
  readonly histogram: Histogram;
}

/** What counts for one threshold: the cells of its scope, all of them or the most recent. */
export class LiveWindow {
  readonly #metric: MetricName | undefined;
  readonly #inScope: (cell: TallyCell) => boolean;
  readonly #window: number | undefined;
  #recent: { readonly at: number; readonly cells: readonly TallyCell[] }[] = [];
  readonly #all = emptySums();

  /** `window` in ms; undefined: everything so far. */
  constructor(metric: MetricName | undefined, inScope: (cell: TallyCell) => boolean, window: number | undefined) {
    this.#metric = metric;
    this.#inScope = inScope;
    this.#window = window;
  }

  add(tally: Tally, at: number): void {
    const cells = tally.cells.filter(this.#inScope);
    if (cells.length === 0) return;
    if (this.#window === undefined) addCells(this.#all, cells, this.#metric);
    else this.#recent.push({ at, cells });
  }

  /** Sums as of a time; what fell out of the window is forgotten. */
  sums(at: number): LiveSums {
    if (this.#window === undefined) return this.#all;
    const since = at - this.#window;
    this.#recent = this.#recent.filter((entry) => entry.at > since);
    const sums = emptySums();
    for (const { cells } of this.#recent) addCells(sums, cells, this.#metric);
    return sums;
  }
}

function emptySums(): LiveSums {
  return {
    sessions: 0,
    attempts: 0,
    answered: 0,
    errors: 0,
    good: 0,
    cost: 0,
    outcomes: OUTCOMES.map(() => 0),
    tokens: { input: 0, cached: 0, output: 0, reasoning: 0 },
    histogram: new Histogram(),
  };
}

function addCells(sums: LiveSums, cells: readonly TallyCell[], metric: MetricName | undefined): void {
  for (const cell of cells) {
    OUTCOMES.forEach(({ answered, error }, i) => {
      const count = cell.outcomes[i] ?? 0;
      sums.outcomes[i] = (sums.outcomes[i] ?? 0) + count;
      sums.attempts += count;
      if (answered) sums.answered += count;
      if (error) sums.errors += count;
    });
    sums.sessions += cell.sessions;
    sums.good += cell.good;
    sums.cost += cell.cost;
    sums.tokens.input += cell.tokens.input;
    sums.tokens.cached += cell.tokens.cached;
    sums.tokens.output += cell.tokens.output;
    sums.tokens.reasoning += cell.tokens.reasoning;
    const sparse = metric && cell.metrics[metric];
    if (sparse) sums.histogram.add(sparse);
  }
}
