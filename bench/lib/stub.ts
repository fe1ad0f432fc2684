import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { compiledScript } from "./compiled.ts";
import { native } from "./native.ts";
import { temporaryFolder } from "./paths.ts";
import { CORES, pinned } from "./pin.ts";

/** What a stub does; times in ms. */
export interface StubShape {
  /** Content events of a stream. */
  readonly events: number;
  readonly gap: number;
  /** From the request to the first event; 0 to `jitter` more, by request. */
  readonly first: number;
  readonly jitter: number;
  /** Wait before a tiny answer; 0 with `jitter` 0: at once. */
  readonly tiny: number;
  readonly freeze?: { readonly at: number; readonly for: number };
  /** Log the times of all reads and writes to `stub.log`. */
  readonly logged?: boolean;
}

/** The stream of reference/peers-measured.md: 128 events, 10 ms apart, the first after 50 to 60 ms. */
export const PACED: StubShape = { events: 128, gap: 10, first: 50, jitter: 10, tiny: 0 };
export const TINY: StubShape = { ...PACED, jitter: 0 };

/** ms from a request to its last byte. */
export function streamLength(shape: StubShape): number {
  return shape.first + shape.jitter / 2 + shape.events * shape.gap;
}

const ns = z.string().transform((text) => Number(text) / 1e6);
const countsSchema = z.object({
  requests: z.number(),
  tiny: z.number(),
  events: z.number(),
  ends: z.number(),
  broken: z.number().describe("streams whose client went away"),
  blocked: z.number().describe("writes that did not fit into the socket's buffer"),
  connections: z.number(),
  mostOpen: z.number(),
  firstRequestNs: ns,
  lastWriteNs: ns,
  frozeFromNs: ns,
  frozeToNs: ns,
  lateP50: z.number().describe("ms, of a write against its deadline: the stub's own fault"),
  lateP99: z.number(),
  lateMax: z.number(),
  bins: z.array(z.number()).describe("content events written in each 100 ms from the first request"),
});
/** Times in ms of the machine's monotonic clock. */
export type StubCounts = z.infer<typeof countsSchema>;

export interface Stub {
  readonly port: number;
  readonly url: string;
  /** Where the log lies after `stop`; of a stub that logs. */
  readonly log: string;
  /** Ends it, and resolves to what it counted. */
  stop(): Promise<StubCounts>;
}

/** How stubs are built here, for the head of a table. */
export function stubKind(): string {
  const built = native("stub");
  return "path" in built ? "C stub" : `Node stub (${built.why}): its own lateness is in the figures`;
}

/** Runs `body` beside a stub, with a temporary folder; both are gone afterwards, however it ends. */
export async function withStub<R>(shape: StubShape, body: (stub: Stub, folder: string) => Promise<R>): Promise<R> {
  const folder = temporaryFolder();
  const stub = await startStub(shape, join(folder, "stub.bin"));
  try {
    return await body(stub, folder);
  } finally {
    stub.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startStub(shape: StubShape, log: string): Promise<Stub & { kill(): void }> {
  const built = native("stub");
  const command = "path" in built ? [built.path] : [process.execPath, compiledScript("node-stub")];
  const us = (ms: number): string => String(Math.round(ms * 1000));
  const options = [
    "--events",
    String(shape.events),
    "--gap-us",
    us(shape.gap),
    "--first-us",
    us(shape.first),
    "--jitter-us",
    us(shape.jitter),
    "--tiny-us",
    us(shape.tiny),
  ];
  if (shape.freeze) options.push("--freeze-at-us", us(shape.freeze.at), "--freeze-us", us(shape.freeze.for));
  if (shape.logged === true) options.push("--log", log);
  const [file, ...rest] = pinned(CORES.server, [...command, ...options]);
  const child = spawn(file, rest, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`the stub ended without a word, exit code ${child.exitCode}`);
    return JSON.parse(line.value);
  };
  const { port } = z.object({ port: z.number() }).parse(await nextLine());
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    log,
    kill: () => child.kill("SIGKILL"),
    stop: async () => {
      const closed = once(child, "close");
      child.stdin.end();
      const counts = countsSchema.parse(await nextLine());
      await closed;
      return counts;
    },
  };
}

/** ms of the p99 write against its deadline, past which a round says more about the machine than about the client. */
export const LATE_STUB = 5;

/**
 * Events a second in the middle half of a closed-loop run, over a whole number of stream lengths, against the ideal of `streams` streams
 * that are never late. Below 1 the client asked again too late: it was the bottleneck.
 */
export function deliveredShare(counts: StubCounts, shape: StubShape, streams: number, runMs: number): number {
  const length = streamLength(shape);
  const window = Math.max(1, Math.floor(runMs / 2 / length)) * length;
  const from = Math.round((runMs - window) / 2 / 100);
  const to = from + Math.round(window / 100);
  const seen = counts.bins.slice(from, to).reduce((sum, count) => sum + count, 0);
  return seen / (((streams * shape.events) / length) * (to - from) * 100);
}
