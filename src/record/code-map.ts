import { COLUMNS, type ColumnArrays } from "./columns.ts";
import { Dictionary } from "./dictionary.ts";

const TEXT_COLUMNS = COLUMNS.flatMap((column) => (column.kind === "text" ? [column.name] : []));

/** Turns the codes of each worker's own dictionary into those of the run's one dictionary. */
export class CodeMap {
  readonly dictionary = new Dictionary();
  /** By worker: its code plus one to the run's code, so that -1 (absent) needs no case of its own. */
  readonly #workers = new Map<number, Int32Array>();
  readonly #redact: (text: string) => string;

  constructor(redact: (text: string) => string) {
    this.#redact = redact;
  }

  /** Learns a worker's new texts, redacted. */
  learn(worker: number, firstNewCode: number, texts: readonly string[]): void {
    const codes = this.#codesOf(worker, firstNewCode + texts.length);
    texts.forEach((text, i) => {
      codes[firstNewCode + i + 1] = this.dictionary.code(this.#redact(text));
    });
  }

  /** Rewrites the codes of a block in place. A code that the worker never told becomes absent. */
  rewrite(worker: number, columns: ColumnArrays, rows: number): void {
    const codes = this.#codesOf(worker, 0);
    for (const name of TEXT_COLUMNS) {
      const array = columns[name];
      if (array instanceof Int32Array) rewriteColumn(array, rows, codes);
    }
  }

  #codesOf(worker: number, size: number): Int32Array {
    const known = this.#workers.get(worker) ?? new Int32Array(1).fill(-1);
    if (known.length > size && this.#workers.has(worker)) return known;
    const grown = new Int32Array(Math.max(size + 1, known.length * 2)).fill(-1);
    grown.set(known);
    this.#workers.set(worker, grown);
    return grown;
  }
}

function rewriteColumn(array: Int32Array, rows: number, codes: Int32Array): void {
  for (let row = 0; row < rows; row++) {
    const code = array[row] ?? -1;
    array[row] = code < codes.length ? (codes[code + 1] ?? -1) : -1;
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
