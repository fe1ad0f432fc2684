/** One request of a trace. */
export interface TraceRow {
  /** ms on the trace's own clock: from its zero, or of the Unix epoch (UTC) where the trace tells dates. */
  readonly at: number;
  /** Tokens of the whole request. */
  readonly input: number;
  /** Tokens of the answer; 0 where the trace says that there was none. */
  readonly output: number;
  readonly images?: number;
  /** What the rows of one conversation have in common. */
  readonly session?: string;
  /** Who sent it: an application, a client. */
  readonly tenant?: string;
  readonly region?: string;
  /** Ids of the blocks that the request consists of, from its beginning; equal ids mean equal content up to there. Integers below 2^53. */
  readonly blocks?: readonly number[];
}

/** What tells a file's format: the names of a CSV file's header, or the first line's JSON object. */
export type Head =
  | { readonly kind: "csv"; readonly cells: readonly string[] }
  | { readonly kind: "json"; readonly object: Readonly<Record<string, unknown>> };

/** A line of the file after its header. */
export type Line =
  | { readonly kind: "csv"; readonly cells: readonly string[] }
  | { readonly kind: "json"; readonly object: Readonly<Record<string, unknown>> };

/** What is wrong with a line: the rest of a sentence that begins with its place. */
export interface Problem {
  readonly problem: string;
  readonly received?: string;
  readonly hint: string;
}

/** Reads one line; a header of CSV has been read before. */
export type RowReader = (line: Line) => TraceRow | Problem;

/** Which columns of a file of no known format say what. Names of CSV columns or of JSON fields, dots between nested ones. */
export interface TraceColumns {
  readonly time: string;
  readonly input: string;
  readonly output: string;
  readonly session?: string;
  readonly tenant?: string;
  readonly region?: string;
  readonly images?: string;
  /** Lists of block ids, JSON only. */
  readonly blocks?: string;
  /** Tokens of a block; with `blocks`. */
  readonly blockTokens?: number;
  /** Of numbers in the time column; absent: dates. */
  readonly unit?: TimeUnit;
  /** What a turn's input counts: the whole conversation so far, or its own new text. Default: cumulative. */
  readonly turns?: TurnLengths;
}

export const TIME_UNITS = ["s", "ms", "us", "ns"] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

export const TURN_LENGTHS = ["cumulative", "deltas"] as const;
/** What the input tokens of a later turn count: all of the conversation so far, or what the turn adds. */
export type TurnLengths = (typeof TURN_LENGTHS)[number];

/** One format of traces: one file each, named in formats/table.ts. */
export interface TraceFormat {
  readonly name: string;
  readonly title: string;
  readonly turns: TurnLengths;
  /** Whether rows of one conversation are linked unless a plan says otherwise. */
  readonly linked: boolean;
  readonly blockTokens?: number;
  /** Whether its times are dates. */
  readonly dated: boolean;
  recognises(head: Head): boolean;
  /** A reader for a file with this head, or why it cannot be read. */
  reader(head: Head): RowReader | Problem;
}

export function isProblem(read: TraceRow | Problem | RowReader): read is Problem {
  return "problem" in read;
}
