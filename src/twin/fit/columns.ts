/** What a column of a requests table may mean. */
export type Field =
  | "arrival"
  | "queued"
  | "scheduled"
  | "firstToken"
  | "lastToken"
  | "input"
  | "output"
  | "cached"
  | "ttft"
  | "e2e"
  | "tpot"
  | "conversation";

/** Those that hold numbers. */
export type NumberField = Exclude<Field, "conversation">;

export interface FieldEntry {
  readonly field: Field;
  /** `instant`: a time on some clock. `span`: a length of time. `name`: a word or number that tells one from another. */
  readonly kind: "count" | "instant" | "span" | "name";
  /** Compared without case, `_`, `-`, spaces and unit. The first that a table has is taken. */
  readonly names: readonly string[];
}

export const FIELDS: readonly FieldEntry[] = [
  {
    field: "arrival",
    kind: "instant",
    names: [
      "arrival_time",
      "arrival",
      "arrived_at",
      "arrival_ts",
      "timestamp",
      "start_time",
      "start_times",
      "submit_time",
      "send_time",
      "sent_at",
      "started_at",
      "scheduled_start",
    ],
  },
  { field: "queued", kind: "instant", names: ["queued_ts", "queued_at", "queued_time", "enqueue_time", "queue_ts"] },
  {
    field: "scheduled",
    kind: "instant",
    names: ["scheduled_ts", "scheduled_time", "first_scheduled_ts", "first_scheduled_time", "first_scheduled_at"],
  },
  {
    field: "firstToken",
    kind: "instant",
    names: ["first_token_ts", "first_token_time", "first_token_at", "first_token"],
  },
  {
    field: "lastToken",
    kind: "instant",
    names: [
      "last_token_ts",
      "last_token_time",
      "last_token_at",
      "last_token",
      "finished_ts",
      "finished_time",
      "finished_at",
      "finish_time",
      "completed_at",
      "end_time",
    ],
  },
  {
    field: "input",
    kind: "count",
    names: [
      "input_toks",
      "input_tokens",
      "prompt_tokens",
      "num_prompt_tokens",
      "prompt_len",
      "input_len",
      "input_lens",
      "input_length",
      "context_tokens",
      "isl",
    ],
  },
  {
    field: "output",
    kind: "count",
    names: [
      "output_toks",
      "output_tokens",
      "completion_tokens",
      "generated_tokens",
      "num_generation_tokens",
      "generation_tokens",
      "output_len",
      "output_lens",
      "output_length",
      "osl",
    ],
  },
  { field: "cached", kind: "count", names: ["cached_tokens", "num_cached_tokens", "cached_toks"] },
  { field: "ttft", kind: "span", names: ["ttft", "ttfts", "time_to_first_token", "first_token_latency"] },
  {
    field: "e2e",
    kind: "span",
    names: ["e2e", "e2e_latency", "e2el", "latency", "latencies", "request_latency", "response_time", "total_time"],
  },
  { field: "tpot", kind: "span", names: ["tpot", "time_per_output_token", "mean_itl", "avg_itl"] },
  {
    field: "conversation",
    kind: "name",
    names: ["conversation_id", "conversation", "session_id", "session", "chat_id", "thread_id"],
  },
];

/** ms in one of each unit that a name may end in. */
const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  sec: 1000,
  secs: 1000,
  seconds: 1000,
  ms: 1,
  msec: 1,
  millis: 1,
  milliseconds: 1,
  us: 1e-3,
  micros: 1e-3,
  ns: 1e-6,
  nanos: 1e-6,
};

export interface ColumnMatch {
  readonly name: string;
  readonly entry: FieldEntry;
  /** ms in one unit, where the name or the cells (dates) tell; undefined: they do not. */
  readonly unit: number | undefined;
}

/** The table's columns that mean something; where two of them mean the same, the one whose alias stands first. */
export function matchColumns(names: readonly string[]): readonly ColumnMatch[] {
  const found: ColumnMatch[] = [];
  for (const entry of FIELDS) {
    for (const alias of entry.names) {
      const match = names.map((name) => ({ name, unit: unitOf(name, alias) })).find(({ unit }) => unit !== null);
      if (match === undefined) continue;
      found.push({ name: match.name, entry, unit: match.unit ?? undefined });
      break;
    }
  }
  return found;
}

/** null: the name is another one. undefined: it is the alias, without a unit. */
function unitOf(name: string, alias: string): number | undefined | null {
  const bare = plain(name);
  const meant = plain(alias);
  if (bare === meant) return undefined;
  if (!bare.startsWith(meant)) return null;
  return UNITS[bare.slice(meant.length)] ?? null;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}
