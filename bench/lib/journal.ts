import { readFileSync } from "node:fs";

/** Times of one request, ms of the machine's monotonic clock. */
export interface Traced {
  /** Read by the stub, or sent by the client. */
  readonly start: number;
  /** One a content event, by index. */
  readonly events: readonly number[];
  readonly end: number | undefined;
}

interface Growing {
  start: number;
  readonly events: number[];
  end: number | undefined;
}

const RECORD = 24;
const CONTENT = 1;
const END = 2;

/** Reads a log of bench/native/wire.h: requests by the low 64 bits of their trace id. */
export function readJournal(path: string): Map<bigint, Traced> {
  const bytes = readFileSync(path);
  const traces = new Map<bigint, Growing>();
  for (let at = 0; at + RECORD <= bytes.length; at += RECORD) {
    const trace = bytes.readBigUInt64LE(at);
    const ms = Number(bytes.readBigInt64LE(at + 8)) / 1e6;
    const kind = bytes.readUInt32LE(at + 20);
    const traced = traces.get(trace) ?? { start: ms, events: [], end: undefined };
    traces.set(trace, traced);
    if (kind === CONTENT) traced.events[bytes.readUInt32LE(at + 16)] = ms;
    else if (kind === END) traced.end = ms;
    else traced.start = ms;
  }
  return traces;
}
