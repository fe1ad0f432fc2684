import type { TraceFormat } from "../types.ts";
import { columnReader, hasColumns } from "./plain.ts";

const NAMES = { time: "arrival_timestamp", input: "prompt_size", output: "token_size", tenant: "application_id" };

/** Splitwise: seconds from the trace's start; an application is a tenant. */
export const splitwise: TraceFormat = {
  name: "splitwise",
  title: "Splitwise",
  turns: "cumulative",
  linked: false,
  dated: false,
  recognises: (head) => head.kind === "csv" && hasColumns(head, Object.values(NAMES)),
  reader: (head) => columnReader(head, NAMES, "s"),
};
