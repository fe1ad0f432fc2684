import type { TraceFormat } from "../types.ts";
import { columnReader, hasColumns } from "./plain.ts";

const NAMES = { time: "arrived_at", input: "num_prefill_tokens", output: "num_decode_tokens" };

/** Vidur: seconds from the trace's start. */
export const vidur: TraceFormat = {
  name: "vidur",
  title: "Vidur",
  turns: "cumulative",
  linked: false,
  dated: false,
  recognises: (head) => head.kind === "csv" && hasColumns(head, Object.values(NAMES)),
  reader: (head) => columnReader(head, NAMES, "s"),
};
