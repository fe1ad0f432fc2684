import { COLUMNS, type ColumnArrays } from "./columns.ts";
import { Dictionary } from "./dictionary.ts";

const TEXT_COLUMNS = COLUMNS.flatMap((column) => (column.kind === "text" ? [column.name] : []));

/** Turns the codes of each worker's own dictionary into those of the run's one dictionary. */
export class CodeMap {
  readonly dictionary = new Dictionary();
  readonly #workers = new Map<number, number[]>();
  readonly #redact: (text: string) => string;

  constructor(redact: (text: string) => string) {
    this.#redact = redact;
  }

  /** Learns a worker's new texts, redacted. */
  learn(worker: number, firstNewCode: number, texts: readonly string[]): void {
    const codes = this.#workers.get(worker) ?? [];
    texts.forEach((text, i) => {
      codes[firstNewCode + i] = this.dictionary.code(this.#redact(text));
    });
    this.#workers.set(worker, codes);
  }

  /** Rewrites the codes of a block in place. A code that the worker never told becomes absent. */
  rewrite(worker: number, columns: ColumnArrays, rows: number): void {
    const codes = this.#workers.get(worker) ?? [];
    for (const name of TEXT_COLUMNS) {
      const array = columns[name];
      if (!(array instanceof Int32Array)) continue;
      for (let row = 0; row < rows; row++) array[row] = codes[array[row] ?? -1] ?? -1;
    }
  }
}

/** Index of each name by its code in the dictionary; -1 for codes of other texts. */
export function codeIndex(dictionary: Dictionary, names: readonly string[]): (code: number) => number {
  const index: number[] = [];
  names.forEach((name, i) => {
    index[dictionary.code(name)] = i;
  });
  return (code) => index[code] ?? -1;
}
