import type { TraceFormat } from "../types.ts";
import { columnReader, hasColumns } from "./plain.ts";

const NAMES = { time: "timestamp", input: "input_length", output: "output_length", blocks: "hash_ids" };

/** Mooncake: ms from the trace's start, and ids of the blocks of 512 tokens that a request consists of. */
export const mooncake: TraceFormat = {
  name: "mooncake",
  title: "Mooncake (FAST'25)",
  turns: "cumulative",
  linked: false,
  blockTokens: 512,
  dated: false,
  recognises: (head) =>
    head.kind === "json" && hasColumns(head, Object.values(NAMES)) && !hasColumns(head, ["chat_id"]),
  reader: (head) => columnReader(head, NAMES, "ms", ["time", "input", "output", "blocks"]),
};
