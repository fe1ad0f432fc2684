import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { parseArgs } from "node:util";
import { newRow, rowReader } from "./client-row.ts";
import { StampLog } from "./stamp-log.ts";

/** One request while it runs: what the HTTP client under test is handed, and tells. */
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
/** Characters of rows that wait before they are written. */
const WRITE_AT = 65_536;

function driveOptions() {
  const text = { type: "string", default: "" } as const;
  const { values } = parseArgs({
    options: { url: text, streams: text, "for-ms": text, rate: text, rows: text, stamps: text },
  });
  return {
    url: new URL(values.url),
    streams: Number(values.streams),
    forMs: Number(values["for-ms"]),
    /** Requests a second; 0: a closed loop of `streams`. */
    rate: Number(values.rate),
    rows: values.rows,
    stamps: values.stamps === "" ? undefined : new StampLog(values.stamps),
  };
}

/**
 * Drives `makeSend(url, streams)` as the command's options say, and prints the counts. The work is that of a load tester that keeps
 * records: a clock read a chunk, JSON of every event, gaps in a histogram, a row an attempt written as a line of JSON.
 */
export async function driveClient(makeSend: (url: URL, streams: number) => Send): Promise<void> {
  const options = driveOptions();
  const send = makeSend(options.url, options.streams);
  const rows = createWriteStream(options.rows);
  const sinks = { gaps: new Int32Array(1 << 16), stamps: options.stamps };
  const counted = { requests: 0, events: 0, errors: 0 };
  const begun = performance.now();
  const stop = begun + options.forMs;
  let lines = "";
  let open = 0;
  let starting = true;
  let allEnded = (): void => {};
  const settle = (): void => {
    if (!starting && open === 0) allEnded();
  };

  const ask = (scheduledAt: number): void => {
    const number = ++counted.requests;
    open++;
    const row = newRow(number, scheduledAt, performance.now());
    const trace = number.toString(16).padStart(16, "0");
    const reader = rowReader(row, trace, sinks);
    sinks.stamps?.add(trace, row.startedAt, 0, 0);
    send({
      headers: { "content-type": "application/json", traceparent: `00-0000000000000001${trace}-${trace}-01` },
      body: BODY,
      head: (status) => {
        row.firstByteAt = performance.now();
        row.status = status;
      },
      data: reader.data,
      end: (error) => {
        row.endAt = performance.now();
        reader.finish();
        if (error) row.error = error.message;
        if (error || row.status !== 200 || row.length === 0) counted.errors++;
        counted.events += row.events;
        sinks.stamps?.add(trace, row.endAt, row.events, 2);
        lines += `${JSON.stringify(row)}\n`;
        if (lines.length > WRITE_AT) {
          rows.write(lines);
          lines = "";
        }
        open--;
        if (options.rate === 0 && row.endAt < stop) ask(row.endAt);
        else settle();
      },
    });
  };

  const pace = (started: number): void => {
    const now = performance.now();
    let next = started;
    const due = (): number => begun + (next * 1000) / options.rate;
    for (; due() <= now && due() < stop; next++) ask(due());
    if (due() < stop) {
      setTimeout(pace, due() - now, next);
      return;
    }
    starting = false;
    settle();
  };

  await new Promise<void>((resolve) => {
    allEnded = resolve;
    if (options.rate > 0) {
      pace(0);
      return;
    }
    for (let i = 0; i < options.streams; i++) ask(begun);
    starting = false;
  });
  const seconds = (performance.now() - begun) / 1000;
  rows.end(lines);
  await once(rows, "finish");
  options.stamps?.close();
  process.stdout.write(`${JSON.stringify({ ...counted, seconds })}\n`, () => process.exit(0));
}
