import type { Fault } from "../base/index.ts";
import { cellsOf } from "./cells.ts";
import { isRecord } from "./fields.ts";
import { namedColumns } from "./formats/columns.ts";
import { FORMAT_NAMES, formatNamed, formatOf } from "./formats/table.ts";
import {
  type Head,
  isProblem,
  type Line,
  type Problem,
  type RowReader,
  type TraceColumns,
  type TraceFormat,
  type TraceRow,
} from "./types.ts";

/** More faults than this in one file are counted, not listed. */
const LISTED = 10;

/** What is to be read as a trace. */
export interface TraceSource {
  /** A file, or for ServeGen a folder. */
  readonly file: string;
  /** Name of a format; absent: recognised by the content. */
  readonly format?: string;
  readonly columns?: TraceColumns;
}

/** Reads a trace's lines one by one: the first tells the format, every other is a request or a fault. */
export class TraceParser {
  readonly #source: TraceSource;
  readonly #faults: Fault[] = [];
  #more = 0;
  #format: TraceFormat | undefined;
  #kind: Head["kind"] = "csv";
  #read: RowReader | undefined;
  #hopeless = false;

  constructor(source: TraceSource) {
    this.#source = source;
  }

  /** Known once a line has been read; undefined for a file that is no trace. */
  get format(): TraceFormat | undefined {
    return this.#format;
  }

  /** Whether nothing more can be read. */
  get hopeless(): boolean {
    return this.#hopeless;
  }

  line(text: string | undefined, number: number): TraceRow | undefined {
    if (text === undefined) return this.#fault("TRACE_LINE", number, TOO_LONG);
    const trimmed = text.endsWith("\r") ? text.slice(0, -1) : text;
    if (trimmed.trim() === "" || this.#hopeless) return undefined;
    if (this.#read === undefined) {
      const head = this.#open(trimmed, number);
      if (head === undefined || head.kind === "csv") return undefined;
    }
    const line = lineOf(trimmed, this.#kind);
    if ("problem" in line) return this.#fault("TRACE_LINE", number, line);
    const row = this.#read?.(line);
    if (row === undefined) return undefined;
    return isProblem(row) ? this.#fault("TRACE_VALUE", number, row) : row;
  }

  /** A fault of the trace at a line. */
  #fault(code: string, line: number, { problem, received, hint }: Problem): undefined {
    if (this.#faults.length >= LISTED) {
      this.#more++;
      return undefined;
    }
    const { file } = this.#source;
    this.#faults.push({
      code,
      message: `${file}, line ${line}: ${problem}`,
      file,
      line,
      ...(received === undefined ? {} : { received }),
      hint,
    });
    return undefined;
  }

  /** A line that comes too late for its time. */
  disorder(line: number, late: string): void {
    this.#fault("TRACE_ORDER", line, {
      problem: `this request came ${late} before one of an earlier line`,
      hint: "Sort the lines by their time.",
    });
  }

  /** Every fault so far; those beyond the first ten as one. */
  faults(): readonly Fault[] {
    if (this.#more === 0) return this.#faults;
    const { file } = this.#source;
    return [
      ...this.#faults,
      {
        code: "TRACE_MORE_FAULTS",
        message: `${file} has ${this.#more.toLocaleString("en-US")} more lines that cannot be read`,
        file,
        hint: "Mend the lines above first; the others are likely the same.",
      },
    ];
  }

  #open(first: string, number: number): Head | undefined {
    const line = lineOf(first, /^[[{]/.test(first.trim()) ? "json" : "csv");
    if ("problem" in line) return this.#give(number, line);
    const head: Head = line.kind === "csv" ? { kind: "csv", cells: line.cells.map((cell) => cell.trim()) } : line;
    const { format: name, columns } = this.#source;
    const format = columns ? namedColumns(columns) : name === undefined ? formatOf(head) : formatNamed(name);
    if (format === undefined) return this.#give(number, unknownFormat(first));
    const read = format.reader(head);
    if (isProblem(read)) return this.#give(number, read);
    this.#kind = head.kind;
    this.#format = format;
    this.#read = read;
    return head;
  }

  #give(line: number, problem: Problem): undefined {
    this.#hopeless = true;
    return this.#fault("TRACE_FORMAT", line, problem);
  }
}

const TOO_LONG: Problem = { problem: "the line is longer than 16 MiB", hint: "Write one request a line." };

function unknownFormat(first: string): Problem {
  return {
    problem: "this is no trace of a known format",
    received: first.slice(0, 200),
    hint: `Name its columns, as \`columns: { time: .., input: .., output: .. }\`; formats that are recognised are ${FORMAT_NAMES.join(", ")}.`,
  };
}

function lineOf(text: string, kind: Head["kind"]): Line | Problem {
  if (kind === "csv") {
    const cells = cellsOf(text);
    return cells === undefined
      ? { problem: "a quote is opened that never closes", received: text.slice(0, 80), hint: "Close the quote." }
      : { kind, cells };
  }
  let object: unknown;
  try {
    object = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return isRecord(object)
    ? { kind, object }
    : { problem: "the line is no JSON object", received: text.slice(0, 80), hint: "Write one JSON object a line." };
}
