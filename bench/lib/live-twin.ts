import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { REPOSITORY } from "./paths.ts";
import { CORES, pinned } from "./pin.ts";

/** Tokens of every answer, and ms from one to the next: 30 a second. */
export const STREAM = { tokens: 300, gap: 1000 / 30 } as const;

export interface TwinShape {
  /** Engines that share the streams; each ends its steps in its own time. */
  readonly engines: number;
  readonly streams: number;
}

export interface RunningTwin {
  readonly port: number;
  readonly pid: number;
  /** Its own figures, since its start. */
  lateness(): Promise<LatenessCounts>;
  /** Ends it; what it said on standard error. */
  stop(): Promise<string>;
}

export interface LatenessCounts {
  /** Upper bounds in ms, the last without one, and writes up to each. */
  readonly bounds: readonly number[];
  readonly cumulative: readonly number[];
  readonly late: number;
  readonly open: number;
}

/** The built command with a stack of engines whose steps take 33.3 ms whatever is in them, on the server's core. */
export async function startTwin(shape: TwinShape, folder: string): Promise<RunningTwin> {
  const each = Math.ceil((shape.streams * 1.5) / shape.engines) + 16;
  const stack = {
    parts: {
      llm: {
        kind: "pool",
        preset: "tiny",
        models: ["bench-model"],
        replicas: shape.engines,
        balancer: "least-outstanding",
        engine: {
          maxSeqs: each,
          blocks: each * 24,
          tokenBudget: 16_384,
          noise: { sigma: 0, stallProbability: 0 },
          costs: { c0: STREAM.gap, c1: 0, c2: 0, ch: 0, d1: 0, d2: 0, p1: 0, p2: 0 },
        },
        answers: { median: STREAM.tokens, p95: STREAM.tokens + 1, max: STREAM.tokens + 1 },
      },
    },
  };
  const file = join(folder, "stack.json");
  writeFileSync(file, JSON.stringify(stack));
  const main = join(REPOSITORY, "dist/cli/main.js");
  const serve = [process.execPath, main, "twin", "serve", file, "--port", "0", "--announce"];
  const [command, ...args] = pinned(CORES.server, serve);
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words += text;
  });
  const closed = once(child, "close");
  const line = await Promise.race([once(createInterface(child.stdout), "line"), closed.then(() => undefined)]);
  if (line === undefined || child.pid === undefined) throw new Error(`the twin did not start:\n${words}`);
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(String(line[0])));
  return {
    port: Number(new URL(url).port),
    pid: child.pid,
    lateness: async () => latenessOf(await (await fetch(`${url}/metrics`)).text()),
    async stop() {
      child.stdin.end();
      await closed;
      return words;
    },
  };
}

function latenessOf(page: string): LatenessCounts {
  const buckets = [...page.matchAll(/^plimsoll_twin_lateness_seconds_bucket\{le="([^"]+)"\} (\S+)$/gm)];
  const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(page)?.[1]);
  return {
    bounds: buckets.map(([, le]) => (le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le) * 1000)),
    cumulative: buckets.map(([, , count]) => Number(count)),
    late: value("plimsoll_twin_late_events_total"),
    open: value("plimsoll_twin_http_open"),
  };
}

/** Percentile of the writes between two looks, interpolated within its bucket; and how many they were. */
export function latenessBetween(
  before: LatenessCounts,
  after: LatenessCounts,
  share: number,
): { readonly ms: number; readonly writes: number } {
  const counts = after.cumulative.map((count, index) => count - (before.cumulative[index] ?? 0));
  const writes = counts.at(-1) ?? 0;
  const rank = share * writes;
  const index = counts.findIndex((count) => count >= rank);
  const low = after.bounds[index - 1] ?? 0;
  const high = after.bounds[index] ?? Number.NaN;
  const below = counts[index - 1] ?? 0;
  const within = (counts[index] ?? 0) - below;
  const ms = Number.isFinite(high) && within > 0 ? low + ((high - low) * (rank - below)) / within : low;
  return { ms, writes };
}
