import type { TableFault } from "./table.ts";

/** Whether a cell is written as an ISO 8601 date. */
export function isDate(value: unknown): value is string {
  return typeof value === "string" && /^\d{4}-\d\d-\d\d[T ]/.test(value);
}

/** ms since 1970, to the last digit that is written: `Date.parse` ends at ms. NaN where it is no date. */
function parseDate(text: string): number {
  const [fraction = "", digits = ""] = /(?<=\d\d:\d\d:\d\d)[.,](\d+)/.exec(text) ?? [];
  return Date.parse(text.replace(fraction, "")) + (digits === "" ? 0 : Number(`0.${digits}`) * 1000);
}

/** Reads numbers out of cells, noting each fault. NaN stands for an empty cell and for one at fault. */
export class CellReader {
  readonly #faults: TableFault[];

  constructor(faults: TableFault[]) {
    this.#faults = faults;
  }

  /** Whole, at least 0. */
  count(value: unknown, name: string, line: number): number {
    const number = this.#number(value, name, line);
    if (Number.isNaN(number) || (Number.isInteger(number) && number >= 0)) return number;
    return this.#bad(value, name, line, "a whole number of tokens");
  }

  /** A word or a number as text; undefined where the cell is empty. */
  name(value: unknown): string | undefined {
    return typeof value === "string" || typeof value === "number" ? String(value) || undefined : undefined;
  }

  /** Any finite number, or an ISO 8601 date, which becomes the time since 1970 in units of `unit` ms. */
  instant(value: unknown, name: string, line: number, unit: number): number {
    if (isDate(value)) {
      const date = parseDate(value);
      return Number.isNaN(date) ? this.#bad(value, name, line, "a date") : date / unit;
    }
    return this.#number(value, name, line);
  }

  /** At least 0. */
  span(value: unknown, name: string, line: number): number {
    const number = this.#number(value, name, line);
    return number < 0 ? this.#bad(value, name, line, "a time of at least 0") : number;
  }

  #number(value: unknown, name: string, line: number): number {
    if (value === null || value === undefined || value === "") return Number.NaN;
    const number = typeof value === "number" ? value : typeof value === "string" ? Number(value.trim()) : Number.NaN;
    if (Number.isFinite(number)) return number;
    return this.#bad(value, name, line, "a number");
  }

  #bad(value: unknown, name: string, line: number, wanted: string): number {
    this.#faults.push({
      code: "REQUESTS_VALUE",
      line,
      path: name,
      message: `${name} is not ${wanted}.`,
      received: (typeof value === "string" ? value : (JSON.stringify(value) ?? String(typeof value))).slice(0, 60),
      hint: "Correct the cell, or delete the row.",
    });
    return Number.NaN;
  }
}
