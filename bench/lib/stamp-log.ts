import { writeFileSync } from "node:fs";

const RECORD = 24;
const MOST = 4_000_000;

/** Stamps of a client in the format of bench/native/wire.h, on the machine's monotonic clock; kept in memory, written at the end. */
export class StampLog {
  private readonly bytes = Buffer.allocUnsafeSlow(RECORD * MOST);
  private readonly shift = machineClockShift();
  private readonly path: string;
  private used = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** `trace`: 16 hexadecimal digits; `at`: ms of `performance.now()`; `kind`: 0 request, 1 content, 2 end. */
  add(trace: string, at: number, index: number, kind: 0 | 1 | 2): void {
    if (this.used === this.bytes.length) throw new Error(`more than ${MOST} stamps`);
    // Two 32-bit halves instead of BigInts: this runs once an event.
    this.bytes.writeUInt32LE(Number.parseInt(trace.slice(8), 16), this.used);
    this.bytes.writeUInt32LE(Number.parseInt(trace.slice(0, 8), 16), this.used + 4);
    const ns = Math.round((at + this.shift) * 1e6);
    this.bytes.writeUInt32LE(ns % 0x1_0000_0000, this.used + 8);
    this.bytes.writeUInt32LE(Math.floor(ns / 0x1_0000_0000), this.used + 12);
    this.bytes.writeUInt32LE(index, this.used + 16);
    this.bytes.writeUInt32LE(kind, this.used + 20);
    this.used += RECORD;
  }

  close(): void {
    writeFileSync(this.path, this.bytes.subarray(0, this.used));
  }
}

/** ms to add to `performance.now()` for the machine's monotonic clock: the tightest of several bracketed readings. */
export function machineClockShift(): number {
  let width = Number.POSITIVE_INFINITY;
  let shift = 0;
  for (let i = 0; i < 100; i++) {
    const before = performance.now();
    const machine = Number(process.hrtime.bigint()) / 1e6;
    const after = performance.now();
    if (after - before >= width) continue;
    width = after - before;
    shift = machine - (before + after) / 2;
  }
  return shift;
}
