import { StringDecoder } from "node:string_decoder";
import type { StampLog } from "./stamp-log.ts";

/** What a careful Node client keeps of an attempt; times of `performance.now()`, -1 for what did not happen. */
export interface Row {
  readonly number: number;
  readonly scheduledAt: number;
  readonly startedAt: number;
  firstByteAt: number;
  firstTokenAt: number;
  lastTokenAt: number;
  endAt: number;
  /** Longest gap. */
  stall: number;
  events: number;
  /** Content events beyond the first of a chunk. */
  shared: number;
  status: number;
  length: number;
  finish: string;
  input: number;
  output: number;
  error: string;
}

export function newRow(number: number, scheduledAt: number, startedAt: number): Row {
  return {
    number,
    scheduledAt,
    startedAt,
    firstByteAt: -1,
    firstTokenAt: -1,
    lastTokenAt: -1,
    endAt: -1,
    stall: 0,
    events: 0,
    shared: 0,
    status: 0,
    length: 0,
    finish: "",
    input: -1,
    output: -1,
    error: "",
  };
}

/** Run-wide: gaps in 10 us buckets, and the stamps when they are wanted. */
export interface Sinks {
  readonly gaps: Int32Array;
  readonly stamps: StampLog | undefined;
}

/** Returns the reader of one answer's chunks: every event parsed as JSON, every gap counted. `finish` reads what was not a stream. */
export function rowReader(row: Row, trace: string, sinks: Sinks): { data(chunk: Uint8Array): void; finish(): void } {
  const { gaps, stamps } = sinks;
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let whole = "";
  let streamed = false;
  const isContent = (data: string, at: number): boolean => {
    if (data === "[DONE]") return false;
    const parsed = JSON.parse(data);
    if (parsed.usage) {
      row.input = parsed.usage.prompt_tokens;
      row.output = parsed.usage.completion_tokens;
    }
    const choice = parsed.choices[0];
    if (choice === undefined) return false;
    if (choice.finish_reason) row.finish = choice.finish_reason;
    const content = choice.delta.content;
    if (!content) return false;
    stamps?.add(trace, at, row.events, 1);
    if (row.events++ === 0) row.firstTokenAt = at;
    row.length += content.length;
    return true;
  };
  return {
    data: (chunk) => {
      const at = performance.now();
      const text = rest + decoder.write(chunk);
      streamed ||= text.startsWith("data: ");
      if (!streamed) {
        whole += text;
        return;
      }
      let from = 0;
      let content = 0;
      for (let newline = text.indexOf("\n"); newline >= 0; newline = text.indexOf("\n", from)) {
        if (text.startsWith("data: ", from) && isContent(text.slice(from + 6, newline), at)) content++;
        from = newline + 1;
      }
      rest = text.slice(from);
      if (content === 0) return;
      row.shared += content - 1;
      if (row.lastTokenAt >= 0) {
        const gap = at - row.lastTokenAt;
        const bucket = Math.min(gaps.length - 1, Math.floor(gap * 100));
        gaps[bucket] = (gaps[bucket] ?? 0) + 1;
        if (gap > row.stall) row.stall = gap;
      }
      row.lastTokenAt = at;
    },
    finish: () => {
      if (!streamed && whole !== "") row.length = JSON.parse(whole).text.length;
    },
  };
}
