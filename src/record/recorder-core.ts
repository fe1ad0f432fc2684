import { type DuckDBListValue, listValue } from "@duckdb/node-api";
import type { Redactor, Warning } from "../base/index.ts";
import type { SamplesMessage } from "./block.ts";
import { bucketBounds } from "./buckets.ts";
import { CodeMap } from "./code-map.ts";
import { COLUMNS, type ColumnArrays } from "./columns.ts";
import { priceRows } from "./cost.ts";
import { OVERFLOW_TEXT } from "./dictionary.ts";
import { figures } from "./figures.ts";
import type { GapsMessage } from "./gap-cells.ts";
import type { KeptText, SeriesPoint, TallyCell } from "./messages.ts";
import type { RecorderSettings } from "./settings.ts";
import { Store } from "./store.ts";
import { TallyBook } from "./tally-book.ts";
import { TextFiles } from "./text-files.ts";
import { TokenCounter } from "./token-counter.ts";

/** Takes in what the workers tell, in order, and keeps it: rows and gaps in the store, texts in their files, counts in the tally. */
export class RecorderCore {
  readonly #settings: RecorderSettings;
  readonly #codes: CodeMap;
  readonly #store: Store;
  readonly #texts: TextFiles;
  readonly #tokens = new TokenCounter();
  readonly #tally: TallyBook;
  readonly #tokenizer: number;
  readonly #onFailure: (error: unknown) => void;
  readonly #warned = new Set<string>();

  private constructor(
    settings: RecorderSettings,
    codes: CodeMap,
    store: Store,
    texts: TextFiles,
    onFailure: (error: unknown) => void,
  ) {
    this.#settings = settings;
    this.#codes = codes;
    this.#store = store;
    this.#texts = texts;
    this.#onFailure = onFailure;
    const { stages, personas, limits } = settings;
    this.#tally = new TallyBook({
      stages,
      personas,
      limits,
      figures: figures(settings.streams),
      dictionary: codes.dictionary,
    });
    this.#tokenizer = codes.dictionary.code("tokenizer");
  }

  /** `onFailure` is called at once when something cannot be written. */
  static async open(
    settings: RecorderSettings,
    redact: Redactor,
    onFailure: (error: unknown) => void,
  ): Promise<RecorderCore> {
    const codes = new CodeMap(redact);
    const store = await Store.open(settings.folder, codes.dictionary, onFailure);
    return new RecorderCore(settings, codes, store, new TextFiles(`${settings.folder}/texts`, redact), onFailure);
  }

  get lost(): number {
    return this.#store.lost;
  }

  async samples(message: SamplesMessage): Promise<void> {
    const { worker, rows, columns } = message;
    this.#codes.learn(worker, message.firstNewCode, message.newTexts);
    this.#codes.rewrite(worker, columns, rows);
    for (const text of message.texts) if (text.count) await this.#count(columns, text);
    const { prices, segmentRows } = this.#settings;
    if (prices) priceRows(prices, columns, 0, rows);
    this.#tally.add(columns, 0, rows);
    this.#store.append(
      "samples",
      COLUMNS.map((column) => columns[column.name]),
      rows,
    );
    this.#keepGapLogs(columns, message.gapLogs);
    for (const text of message.texts) if (text.keep) this.#keepText(columns, text);
    if (this.#store.staged("samples") >= segmentRows) await this.#store.rotate();
  }

  gaps(message: GapsMessage): void {
    const { stages, personas } = this.#settings;
    this.#tally.addGaps(message.cells);
    const columns: number[][] = [[], [], [], [], [], []];
    for (const cell of message.cells) {
      const stage = this.#codes.dictionary.code(stages[cell.stage]);
      const persona = this.#codes.dictionary.code(personas[cell.persona]);
      cell.buckets.forEach((bucket, i) => {
        const { low, high } = bucketBounds(bucket);
        const row = [message.second, stage, persona, low, high, cell.counts[i] ?? 0];
        row.forEach((value, column) => {
          columns[column]?.push(value);
        });
      });
    }
    const rows = columns[0]?.length ?? 0;
    if (rows > 0) this.#store.append("gaps", columns, rows);
  }

  /** Points as the conductor gives them; their labels are redacted already. */
  series(points: readonly SeriesPoint[]): void {
    const { dictionary } = this.#codes;
    this.#store.append(
      "series",
      [
        points.map((point) => point.at),
        points.map((point) => dictionary.code(point.name)),
        points.map((point) => dictionary.code(point.labels)),
        points.map((point) => point.value),
      ],
      points.length,
    );
  }

  /** Closes the open segments, unless the last ones are still being written. */
  async segment(): Promise<void> {
    if (!this.#store.busy) await this.#store.rotate();
  }

  /** Deltas since the last call. */
  tally(): { readonly cells: readonly TallyCell[]; readonly warnings: readonly Warning[] } {
    const warnings: Warning[] = [];
    const once = (warning: Warning, when: boolean): void => {
      if (!when || this.#warned.has(warning.code)) return;
      this.#warned.add(warning.code);
      warnings.push(warning);
    };
    once(
      {
        code: "RECORD_TEXTS_OVERFLOW",
        message: `The run has met more distinct texts (prompt ids, reasons) than are kept apart; the rest is recorded as "${OVERFLOW_TEXT}".`,
        hint: "Give prompts ids that repeat, or keep variable parts out of what the target says in its errors.",
      },
      this.#codes.dictionary.overflowed > 0 || this.#codes.dictionary.knows(OVERFLOW_TEXT),
    );
    once(
      {
        code: "RECORD_UNKNOWN_NAME",
        message:
          "Some attempts name a stage, persona or outcome that the plan does not have; they are recorded, not counted live.",
      },
      this.#tally.unknown > 0,
    );
    return { cells: this.#tally.take(), warnings };
  }

  async close(): Promise<void> {
    await this.#store.close();
    this.#texts.close();
  }

  async #count(columns: ColumnArrays, { row, prompt, answer }: KeptText): Promise<void> {
    columns.outputTokens[row] = await this.#tokens.count(answer);
    if ((columns.inputTokens[row] ?? -1) < 0) columns.inputTokens[row] = await this.#tokens.count(prompt);
    columns.tokenSource[row] = this.#tokenizer;
  }

  #keepGapLogs(columns: ColumnArrays, logs: SamplesMessage["gapLogs"]): void {
    if (logs.length === 0) return;
    const of = (array: Float64Array | Int32Array): number[] => logs.map((log) => array[log.row] ?? Number.NaN);
    const lists: DuckDBListValue[] = logs.map((log) => listValue([...log.gaps]));
    this.#store.append("gap_logs", [of(columns.session), of(columns.turn), of(columns.attempt), lists], logs.length);
  }

  #keepText(columns: ColumnArrays, { row, prompt, answer }: KeptText): void {
    try {
      this.#texts.write({
        session: columns.session[row] ?? -1,
        turn: columns.turn[row] ?? -1,
        attempt: columns.attempt[row] ?? -1,
        prompt,
        answer,
      });
    } catch (error) {
      this.#onFailure(error);
    }
  }
}
