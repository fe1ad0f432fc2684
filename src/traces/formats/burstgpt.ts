import type { TraceFormat } from "../types.ts";
import { columnReader, hasColumns } from "./plain.ts";

const NAMES = { time: "Timestamp", input: "Request tokens", output: "Response tokens", session: "Session ID" };

/** BurstGPT: seconds from the trace's start; an answer of 0 tokens is a failure. Older files have no `Session ID` and `Elapsed time`. */
export const burstGpt: TraceFormat = {
  name: "burstgpt",
  title: "BurstGPT",
  turns: "cumulative",
  linked: false,
  dated: false,
  recognises: (head) =>
    head.kind === "csv" && hasColumns(head, ["Timestamp", "Request tokens", "Response tokens", "Log Type"]),
  reader: (head) => columnReader(head, NAMES, "s"),
};
