/**
 * The sample: one row per attempt. This table is the one definition: the workers' typed arrays, the recorder's DuckDB types, the
 * Parquet files and the documentation of `plimsoll query` are made from it.
 *
 * `time` and `number` are float64 with NaN for absent; `count` is int32 with -1 for absent; `text` is a dictionary code (int32,
 * -1 for absent) that the recorder turns into a string; `hash` is uint64 with 0 for absent. Absent becomes NULL in Parquet.
 */
export type ColumnKind = "time" | "number" | "count" | "text" | "hash";

export interface ColumnEntry {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly meaning: string;
}

const entries = [
  {
    name: "session",
    kind: "number",
    meaning: "number of the session; the same in every run of the same plan and seed",
  },
  {
    name: "user",
    kind: "number",
    meaning:
      "number of the session with which its user first came; the same for all of a user's tabs, and when it comes back",
  },
  { name: "turn", kind: "count", meaning: "question of the session, from 0" },
  {
    name: "agent",
    kind: "count",
    meaning: "who asked the model: 0 for the user or its agent, from 1 the agent's helpers in this turn",
  },
  {
    name: "step",
    kind: "count",
    meaning: "model call of this turn and agent, from 0; more than 0 after tools or helpers",
  },
  {
    name: "attempt",
    kind: "count",
    meaning:
      "request for that question (of an agent: for that step), from 0; more than 0 is a retry of the client or of the user (`move`), as the plan asked for",
  },
  { name: "persona", kind: "text", meaning: "name of the persona" },
  {
    name: "stage",
    kind: "text",
    meaning: "name of the stage in which the turn was scheduled",
  },
  {
    name: "move",
    kind: "text",
    meaning:
      "what the user did other than asking on: `regenerate` (wanted another answer), `edit` (changed an earlier question and went on from there), `retry` (asked again by hand after a failure)",
  },
  { name: "prompt", kind: "text", meaning: "id of the prompt" },
  { name: "worker", kind: "count", meaning: "load worker that made the attempt" },
  {
    name: "scheduledAt",
    kind: "time",
    meaning:
      "intended send time of the turn: from the arrival process for a first turn, end of the last answer plus think time for a later one; a retry of the client keeps its turn's, since the user has waited since then; one of the user (`move`) is scheduled when the user asks again",
  },
  {
    name: "dueAt",
    kind: "time",
    meaning:
      "when the generator should have sent: scheduledAt, or later where the plan makes it wait (a cap on users, the backoff of a retry)",
  },
  { name: "startedAt", kind: "time", meaning: "the generator began the attempt (asked the pool for a connection)" },
  {
    name: "dialledAt",
    kind: "time",
    meaning: "the generator began to open a connection of its own; absent on a reused one",
  },
  {
    name: "connectedAt",
    kind: "time",
    meaning: "a connection of its own was open, TLS included; absent on a reused one",
  },
  { name: "sentAt", kind: "time", meaning: "the request's last byte was handed to the kernel" },
  { name: "firstByteAt", kind: "time", meaning: "first byte of the response" },
  { name: "headersAt", kind: "time", meaning: "end of the response's final headers" },
  { name: "firstTokenAt", kind: "time", meaning: "first non-empty content or reasoning event of a streamed answer" },
  { name: "firstAnswerAt", kind: "time", meaning: "first non-empty content event of a streamed answer" },
  { name: "lastTokenAt", kind: "time", meaning: "last non-empty content or reasoning event of a streamed answer" },
  { name: "endAt", kind: "time", meaning: "the attempt ended, however it did" },
  {
    name: "stall",
    kind: "time",
    meaning: "longest gap between content events, ms; a stalled attempt's wait so far counts",
  },
  { name: "stallCount", kind: "count", meaning: "gaps of 1 s and more" },
  {
    name: "rebuffer",
    kind: "number",
    meaning:
      "share of the time from the first text to the end of reading that a user of the persona's reading speed waited for more; absent where the plan says no speed",
  },
  { name: "events", kind: "count", meaning: "content and reasoning events" },
  {
    name: "sharedEvents",
    kind: "count",
    meaning: "content events beyond the first of a socket read: a late client (or a batching server) makes them",
  },
  { name: "outcome", kind: "text", meaning: "how the attempt ended" },
  { name: "reason", kind: "text", meaning: "why, where the outcome is not `complete`: a stable word, then detail" },
  { name: "status", kind: "count", meaning: "HTTP status" },
  { name: "finishReason", kind: "text", meaning: "as the server sent it; absent when it sent none" },
  { name: "inputTokens", kind: "count", meaning: "tokens of the request, cached ones included" },
  { name: "cachedTokens", kind: "count", meaning: "input tokens that came from the server's prefix cache" },
  { name: "outputTokens", kind: "count", meaning: "tokens of the answer, reasoning included" },
  { name: "reasoningTokens", kind: "count", meaning: "output tokens spent on reasoning" },
  {
    name: "tokenSource",
    kind: "text",
    meaning: "`server` (its usage), `tokenizer` (o200k_base over the texts, a labelled fallback); absent: not counted",
  },
  {
    name: "bytesIn",
    kind: "number",
    meaning: "bytes of the response up to the end of the answer, headers included (inside TLS)",
  },
  { name: "bytesOut", kind: "number", meaning: "bytes of the request, headers included" },
  {
    name: "reconnects",
    kind: "count",
    meaning: "times that a pooled connection turned out closed and the request went out again on a fresh one",
  },
  {
    name: "inFlight",
    kind: "count",
    meaning: "attempts of the same worker in flight when it started, itself included",
  },
  { name: "model", kind: "text", meaning: "as the server named it" },
  { name: "fingerprint", kind: "text", meaning: "the server's system_fingerprint" },
  { name: "replica", kind: "text", meaning: "header x-replica" },
  { name: "cost", kind: "number", meaning: "dollars, from the plan's prices; absent without prices or token counts" },
  { name: "textHash", kind: "hash", meaning: "FNV-1a 64 of the answer's text" },
  { name: "textLength", kind: "count", meaning: "characters of the answer" },
  { name: "traceId", kind: "hash", meaning: "low 64 bits of the W3C trace id that the request carried" },
  { name: "repetition", kind: "count", meaning: "repetition of the prompt in a quality stage" },
  { name: "region", kind: "text", meaning: "region that the load came from" },
  { name: "tenant", kind: "text", meaning: "tenant whose user it was: the plan's, or the replayed trace's" },
  { name: "faults", kind: "text", meaning: "faults active while the attempt ran" },
  { name: "checks", kind: "text", meaning: "checks that the answer failed" },
] as const satisfies readonly ColumnEntry[];

export type ColumnName = (typeof entries)[number]["name"];
export const COLUMNS: readonly (ColumnEntry & { readonly name: ColumnName })[] = entries;

type Entry = (typeof entries)[number];

/** The typed array of each kind of column. */
interface ArrayOfKind {
  time: Float64Array<ArrayBuffer>;
  number: Float64Array<ArrayBuffer>;
  count: Int32Array<ArrayBuffer>;
  text: Int32Array<ArrayBuffer>;
  hash: BigUint64Array<ArrayBuffer>;
}

export type ColumnArray = ArrayOfKind[ColumnKind];

/** One typed array a column, all of one length. */
export type ColumnArrays = { readonly [E in Entry as E["name"]]: ArrayOfKind[E["kind"]] };

/** How each kind is kept: its array, the value that stands for absent, and the type of its DuckDB column before and after. */
interface KindEntry {
  readonly create: (length: number) => ColumnArray;
  /** Makes the first `rows` entries absent. */
  readonly clear: (array: ColumnArray, rows: number) => void;
  /** Type while it waits for its segment; text is still a code. */
  readonly staged: "DOUBLE" | "INTEGER" | "UBIGINT";
  /** Type in Parquet. */
  readonly stored: "DOUBLE" | "INTEGER" | "UBIGINT" | "VARCHAR";
  /** The value that means absent, as SQL. */
  readonly absent: string;
}

const float: KindEntry = {
  create: (length) => new Float64Array(length),
  clear: (array, rows) => {
    if (array instanceof Float64Array) array.fill(Number.NaN, 0, rows);
  },
  staged: "DOUBLE",
  stored: "DOUBLE",
  absent: "'nan'::DOUBLE",
};
const integer: KindEntry = {
  create: (length) => new Int32Array(length),
  clear: (array, rows) => {
    if (array instanceof Int32Array) array.fill(-1, 0, rows);
  },
  staged: "INTEGER",
  stored: "INTEGER",
  absent: "-1",
};

export const COLUMN_KINDS: Readonly<Record<ColumnKind, KindEntry>> = {
  time: float,
  number: float,
  count: integer,
  text: { ...integer, stored: "VARCHAR" },
  hash: {
    create: (length) => new BigUint64Array(length),
    clear: (array, rows) => {
      if (array instanceof BigUint64Array) array.fill(0n, 0, rows);
    },
    staged: "UBIGINT",
    stored: "UBIGINT",
    absent: "0",
  },
};

/** Whether an object holds the right typed array for every column. */
function isColumnArrays(
  arrays: Readonly<Record<string, ColumnArray>>,
): arrays is ColumnArrays & Record<string, ColumnArray> {
  return COLUMNS.every(
    (column) => arrays[column.name]?.constructor === COLUMN_KINDS[column.kind].create(0).constructor,
  );
}

/** Copies of the first `rows` entries of every column. */
export function sliceColumnArrays(columns: ColumnArrays, rows: number): ColumnArrays {
  const arrays: Record<string, ColumnArray> = {};
  for (const column of COLUMNS) arrays[column.name] = columns[column.name].slice(0, rows);
  if (!isColumnArrays(arrays)) throw new TypeError("a column has no array");
  return arrays;
}

/** Arrays of `length` absent entries for every column. */
export function createColumnArrays(length: number): ColumnArrays {
  const arrays: Record<string, ColumnArray> = {};
  for (const column of COLUMNS) arrays[column.name] = COLUMN_KINDS[column.kind].create(length);
  if (!isColumnArrays(arrays)) throw new TypeError("a column has no array");
  clearColumnArrays(arrays, length);
  return arrays;
}

/** Makes the first `rows` entries of every column absent. */
export function clearColumnArrays(columns: ColumnArrays, rows: number): void {
  for (const column of COLUMNS) COLUMN_KINDS[column.kind].clear(columns[column.name], rows);
}
