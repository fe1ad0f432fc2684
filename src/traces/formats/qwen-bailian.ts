import { nameIn } from "../fields.ts";
import type { Line, TraceFormat, TraceRow } from "../types.ts";
import { columnReader, hasColumns } from "./plain.ts";

const NAMES = { time: "timestamp", input: "input_length", output: "output_length", blocks: "hash_ids" };
/** Chats whose parent may still come up; the oldest are forgotten, and their children then begin a conversation of their own. */
const REMEMBERED = 1_000_000;

/** Qwen-Bailian: seconds from the trace's start, blocks of 16 tokens, and the chat that each goes on from (-1: none). */
export const qwenBailian: TraceFormat = {
  name: "qwen-bailian",
  title: "Qwen-Bailian",
  turns: "cumulative",
  linked: true,
  blockTokens: 16,
  dated: false,
  recognises: (head) =>
    head.kind === "json" && hasColumns(head, [...Object.values(NAMES), "chat_id", "parent_chat_id"]),
  reader: (head) => {
    const read = columnReader(head, NAMES, "s", ["time", "input", "output", "blocks"]);
    if ("problem" in read) return read;
    const rootOf = new Map<string, string>();
    return (line: Line) => {
      const row = read(line);
      if ("problem" in row || line.kind !== "json") return row;
      const chat = nameIn(line.object.chat_id);
      if (chat === undefined) {
        return { problem: "there is no chat_id", hint: "Give the chat's number, or remove the line." };
      }
      const parent = nameIn(line.object.parent_chat_id);
      const root = (parent === undefined ? undefined : rootOf.get(parent)) ?? chat;
      if (rootOf.size >= REMEMBERED) {
        const [oldest] = rootOf.keys();
        if (oldest !== undefined) rootOf.delete(oldest);
      }
      rootOf.set(chat, root);
      return { ...row, session: root } satisfies TraceRow;
    };
  },
};
