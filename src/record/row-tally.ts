import type { ColumnArrays } from "./columns.ts";
import { priceRows } from "./cost.ts";
import type { Dictionary } from "./dictionary.ts";
import { figures } from "./figures.ts";
import type { GapsMessage } from "./gap-cells.ts";
import { answerLimits } from "./limits.ts";
import type { Tally } from "./messages.ts";
import { type RecordedPlan, streams } from "./settings.ts";
import { TallyBook } from "./tally-book.ts";

/**
 * The recorder's tally, on the thread that writes the rows: for a run whose clock does not wait for the recorder. Tokens that the recorder would
 * count with a tokenizer are not in it.
 */
export class RowTally {
  readonly #book: TallyBook;
  readonly #prices: RecordedPlan["prices"];

  /** `dictionary`: the one whose codes the rows hold. */
  constructor(plan: RecordedPlan, dictionary: Dictionary) {
    this.#prices = plan.prices;
    this.#book = new TallyBook({
      stages: plan.stages.map(({ name }) => name),
      personas: plan.workload.personas.map(({ name }) => name),
      figures: figures(streams(plan.target.protocol)),
      limits: answerLimits(plan.slo),
      dictionary,
    });
  }

  /** Rows `from` to `to` (exclusive) of a block. */
  add(columns: ColumnArrays, from: number, to: number): void {
    if (from >= to) return;
    if (this.#prices !== undefined) priceRows(this.#prices, columns, from, to);
    this.#book.add(columns, from, to);
  }

  addGaps({ cells }: GapsMessage): void {
    this.#book.addGaps(cells);
  }

  /** Deltas since the last call. */
  take(): Tally {
    return { cells: this.#book.take(), warnings: [], backlog: 0 };
  }
}
