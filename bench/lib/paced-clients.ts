import { join } from "node:path";
import { z } from "zod";
import { compiledScript } from "./compiled.ts";
import { native } from "./native.ts";
import { plimsollPlan, runPlimsoll, samplesOf } from "./plimsoll.ts";
import { runClient } from "./spawned.ts";
import type { Stub } from "./stub.ts";

export interface Load {
  readonly streams: number;
  readonly forMs: number;
  /** Requests started a second; absent: closed loop of `streams`. */
  readonly rate?: number;
  /** Where the client writes rows and stamps; removed by the caller. */
  readonly folder: string;
  /** Keep the time of every event. */
  readonly stamps?: boolean;
  readonly path?: string;
}

export interface ClientResult {
  readonly requests: number;
  /** Content events that the client itself counted. */
  readonly events: number;
  readonly errors: number;
  /** CPU seconds of its process tree, start-up included. */
  readonly cpu: number;
  readonly note?: string;
  /** Plimsoll's run folder, inside the load's. */
  readonly runFolder?: string;
}

export interface PacedClient {
  readonly name: string;
  /** What it does with an event, for the table. */
  readonly keeps: string;
  /** Why it cannot run here; absent when it can. */
  readonly missing?: string;
  run(stub: Stub, load: Load): Promise<ClientResult>;
}

const STREAM_PATH = "/v1/chat/completions";
const reportSchema = z.object({ requests: z.number(), events: z.number(), errors: z.number() });

/** File of a client's stamps in `load.folder`. */
export function stampsFile(load: Load): string {
  return join(load.folder, "stamps.bin");
}

async function runReporting(command: readonly string[], load: Load): Promise<ClientResult> {
  const ended = await runClient(command, { limitMs: load.forMs + 120_000 });
  if (ended.code !== 0) throw new Error(`${command[1] ?? command[0]} ended with ${ended.code}\n${ended.stderr}`);
  return { ...reportSchema.parse(JSON.parse(ended.stdout)), cpu: ended.cpu };
}

function options(load: Load): string[] {
  // An open loop needs spare connections for starts that overlap.
  const connections = load.rate === undefined ? load.streams : load.streams * 2 + 8;
  const list = ["--streams", String(connections), "--for-ms", String(load.forMs)];
  if (load.rate !== undefined) list.push("--rate", String(load.rate));
  if (load.stamps === true) list.push("--stamps", stampsFile(load));
  return list;
}

function nodeClient(name: string, script: "undici-client" | "fetch-client"): PacedClient {
  return {
    name,
    keeps: "JSON of each event, gaps in a histogram, a row an attempt as JSON lines",
    run: (stub, load) => {
      const url = `${stub.url}${load.path ?? STREAM_PATH}`;
      return runReporting(
        [
          process.execPath,
          compiledScript(script),
          "--url",
          url,
          "--rows",
          join(load.folder, "rows.jsonl"),
          ...options(load),
        ],
        load,
      );
    },
  };
}

const built = native("client");
const cClient: PacedClient = {
  name: "C epoll",
  keeps: "a stamp an event and gaps in a histogram; no JSON, no rows",
  ...("why" in built ? { missing: built.why } : {}),
  run: (stub, load) => {
    if ("why" in built) throw new Error(built.why);
    return runReporting(
      [built.path, "--port", String(stub.port), "--path", load.path ?? STREAM_PATH, ...options(load)],
      load,
    );
  },
};

const plimsoll: PacedClient = {
  name: "plimsoll",
  keeps: "a row of all columns an attempt in Parquet, gaps in histograms, gap logs and texts of a sample",
  run: async (stub, load) => {
    const plan = plimsollPlan(stub, { ...load, gaps: load.stamps === true ? "100%" : "1%" });
    const ended = await runPlimsoll(plan, load.folder, load.forMs);
    const [counts] = await samplesOf(
      ended.folder,
      countsSchema,
      "count(*)::INT requests, coalesce(sum(events), 0)::INT events, count(*) FILTER (outcome <> 'complete')::INT errors",
    );
    if (counts === undefined) throw new Error("no counts");
    return { ...counts, cpu: ended.cpu, note: ended.note, runFolder: ended.folder };
  },
};
const countsSchema = z.object({ requests: z.number(), events: z.number(), errors: z.number() });

export const PACED_CLIENTS: readonly PacedClient[] = [
  plimsoll,
  nodeClient("undici dispatch", "undici-client"),
  nodeClient("fetch", "fetch-client"),
  cClient,
];
