import type { TraceColumns, TraceFormat } from "../types.ts";
import { columnReader } from "./plain.ts";

/** Any CSV or JSONL file whose columns a plan names. */
export function namedColumns(columns: TraceColumns): TraceFormat {
  const { unit, turns = "cumulative", blockTokens, ...names } = columns;
  const required = ["time", "input", "output", "session", "tenant", "region", "images", "blocks"] as const;
  return {
    name: "columns",
    title: "columns that the plan names",
    turns,
    linked: names.session !== undefined,
    ...(blockTokens === undefined ? {} : { blockTokens }),
    dated: unit === undefined,
    recognises: () => true,
    reader: (head) => columnReader(head, names, unit, required),
  };
}
