import { OUTCOME_NAMES } from "../base/index.ts";
import { codeIndex } from "./code-map.ts";
import type { ColumnArrays } from "./columns.ts";
import { costOf } from "./cost.ts";
import type { Dictionary } from "./dictionary.ts";
import { figures } from "./figures.ts";
import type { GapsMessage } from "./gap-cells.ts";
import { answerLimits } from "./limits.ts";
import type { Tally } from "./messages.ts";
import { type RecordedPlan, streams } from "./settings.ts";
import { type RowNames, TallyBook } from "./tally-book.ts";

/**
 * The recorder's tally, on the thread that writes the rows: for a run whose clock does not wait for the recorder. Tokens that the recorder would
 * count with a tokenizer are not in it.
 */
export class RowTally {
  readonly #book: TallyBook;
  readonly #names: RowNames;
  readonly #prices: RecordedPlan["prices"];

  /** `dictionary`: the one whose codes the rows hold. */
  constructor(plan: RecordedPlan, dictionary: Dictionary) {
    const stages = plan.stages.map(({ name }) => name);
    const personas = plan.workload.personas.map(({ name }) => name);
    this.#prices = plan.prices;
    this.#book = new TallyBook({
      stages,
      personas,
      figures: figures(streams(plan.target.protocol)),
      limits: answerLimits(plan.slo),
    });
    this.#names = {
      stageOf: codeIndex(dictionary, stages),
      personaOf: codeIndex(dictionary, personas),
      outcomeOf: codeIndex(dictionary, OUTCOME_NAMES),
    };
  }

  /** Rows `from` to `to` (exclusive) of a block. */
  add(columns: ColumnArrays, from: number, to: number): void {
    if (from >= to) return;
    const prices = this.#prices;
    for (let row = from; prices !== undefined && row < to; row++) {
      columns.cost[row] = costOf(
        prices,
        columns.inputTokens[row] ?? -1,
        columns.cachedTokens[row] ?? -1,
        columns.outputTokens[row] ?? -1,
        columns.reasoningTokens[row] ?? -1,
      );
    }
    this.#book.add(columns, to, this.#names, from);
  }

  addGaps({ cells }: GapsMessage): void {
    this.#book.addGaps(cells);
  }

  /** Deltas since the last call. */
  take(): Tally {
    return { cells: this.#book.take(), warnings: [], backlog: 0 };
  }
}
