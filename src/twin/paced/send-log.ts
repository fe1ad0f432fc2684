import { once } from "node:events";
import { createWriteStream } from "node:fs";

/** What was written: the response's head, one token's events (the last one's with all that follows it), or a whole body. */
export type SentKind = "head" | "token" | "body";

/** The true times of what the server wrote, to hold a client's stamps against. */
export interface SendLog {
  /** `at`: ms of the machine's monotonic clock, read just before the write. */
  sent(request: { readonly id: string; readonly trace: string }, kind: SentKind, index: number, at: number): void;
  close(): Promise<void>;
}

const FLUSH_AT = 64 * 1024;

/** A CSV file with the columns trace (32 hex digits of `traceparent`, or empty), request, kind, index, at. */
export async function openSendLog(file: string): Promise<SendLog> {
  const stream = createWriteStream(file);
  await once(stream, "open");
  let pending = "trace,request,kind,index,at\n";
  return {
    sent(request, kind, index, at) {
      pending += `${request.trace},${request.id},${kind},${index},${at.toFixed(4)}\n`;
      if (pending.length < FLUSH_AT) return;
      stream.write(pending);
      pending = "";
    },
    async close() {
      stream.end(pending);
      await once(stream, "close");
    },
  };
}

export const NO_SEND_LOG: SendLog = { sent: () => {}, close: () => Promise.resolve() };
