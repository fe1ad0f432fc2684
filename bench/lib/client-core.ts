import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { StringDecoder } from "node:string_decoder";
import { parseArgs } from "node:util";
import { StampLog } from "./stamp-log.ts";

/** One request while it runs: what a careful Node client would keep of it. */
export interface Attempt {
  readonly headers: Record<string, string>;
  readonly body: string;
  head(status: number): void;
  data(chunk: Uint8Array): void;
  end(error: Error | undefined): void;
}

export type Send = (attempt: Attempt) => void;

const BODY = JSON.stringify({
  model: "bench-model",
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: "user", content: "How much may a ship carry?" }],
});

/**
 * Drives `makeSend(url, streams)` as the options say and prints the counts. The work per stream is that of a load tester that keeps records: a
 * clock read a chunk, every event parsed as JSON, every gap between content events in a histogram, and a row per attempt written as a
 * line of JSON.
 */
export async function driveClient(makeSend: (url: URL, streams: number) => Send): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: "string", default: "" },
      streams: { type: "string", default: "1" },
      "for-ms": { type: "string", default: "1000" },
      rate: { type: "string", default: "0" },
      rows: { type: "string", default: "/dev/null" },
      stamps: { type: "string" },
    },
  });
  const streams = Number(values.streams);
  const rate = Number(values.rate);
  const send = makeSend(new URL(values.url), streams);
  const rows = createWriteStream(values.rows);
  const stamps = values.stamps === undefined ? undefined : new StampLog(values.stamps);
  const gaps = new Int32Array(1 << 16);
  const counted = { requests: 0, events: 0, errors: 0 };
  const begun = performance.now();
  const stop = begun + Number(values["for-ms"]);
  let lines = "";
  let open = 0;
  let allEnded = (): void => {};

  const ask = (scheduledAt: number): void => {
    const number = ++counted.requests;
    open++;
    const startedAt = performance.now();
    const low = number.toString(16).padStart(16, "0");
    const row = {
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
    const decoder = new StringDecoder("utf8");
    let rest = "";
    let whole = "";
    let streamed = false;
    stamps?.add(low, startedAt, 0, 0);
    const event = (data: string, at: number): boolean => {
      if (data === "[DONE]") return false;
      const parsed = JSON.parse(data);
      const choice = parsed.choices[0];
      if (parsed.usage) {
        row.input = parsed.usage.prompt_tokens;
        row.output = parsed.usage.completion_tokens;
      }
      if (choice === undefined) return false;
      if (choice.finish_reason) row.finish = choice.finish_reason;
      const content = choice.delta.content;
      if (!content) return false;
      stamps?.add(low, at, row.events, 1);
      if (row.events++ === 0) row.firstTokenAt = at;
      row.length += content.length;
      return true;
    };
    send({
      headers: { "content-type": "application/json", traceparent: `00-0000000000000001${low}-${low}-01` },
      body: BODY,
      head: (status) => {
        row.firstByteAt = performance.now();
        row.status = status;
      },
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
          if (text.startsWith("data: ", from) && event(text.slice(from + 6, newline), at)) content++;
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
      end: (error) => {
        row.endAt = performance.now();
        if (!streamed && whole !== "") row.length = JSON.parse(whole).text.length;
        if (error) row.error = error.message;
        if (error || row.status !== 200 || row.length === 0) counted.errors++;
        counted.events += row.events;
        stamps?.add(low, row.endAt, row.events, 2);
        lines += `${JSON.stringify(row)}\n`;
        if (lines.length > 65_536) {
          rows.write(lines);
          lines = "";
        }
        open--;
        if (rate === 0 && row.endAt < stop) ask(row.endAt);
        else if (open === 0) allEnded();
      },
    });
  };

  await new Promise<void>((resolve) => {
    if (rate === 0) {
      allEnded = resolve;
      for (let i = 0; i < streams; i++) ask(begun);
      return;
    }
    let started = 0;
    const pace = (): void => {
      const now = performance.now();
      let due = begun + (started * 1000) / rate;
      while (due <= now && due < stop) {
        ask(due);
        due = begun + (++started * 1000) / rate;
      }
      if (due < stop) setTimeout(pace, due - now);
      else if (open === 0) resolve();
      else allEnded = resolve;
    };
    pace();
  });
  const seconds = (performance.now() - begun) / 1000;
  rows.end(lines);
  await once(rows, "finish");
  stamps?.close();
  process.stdout.write(`${JSON.stringify({ ...counted, seconds })}\n`, () => process.exit(0));
}
