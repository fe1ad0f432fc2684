import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Target } from "../src/plan/index.ts";
import { type Client, createClient, newExchange } from "../src/protocols/index.ts";
import { targetFor } from "../test/helpers/target.ts";
import { benchArgs } from "./lib/args.ts";
import { bench, finish, mustBe } from "./lib/results.ts";
import { printTable } from "./lib/table.ts";

/** What does a worker hold for each session that waits: inside an answer, and between its turns? */
const BATCH = 200;

const WAYS: readonly { readonly name: string; readonly target: Partial<Target> }[] = [
  { name: "websocket", target: { protocol: "websocket" } },
  { name: "http2", target: { protocol: "http-sse", http: "2", connections: { max: 200, keepAlive: true } } },
];

interface Held {
  readonly sessions: number;
  readonly sockets: number;
  /** Bytes of the process for each session. */
  readonly inAnswer: number;
  readonly betweenTurns: number;
}

setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");

function settledRss(): number {
  for (let i = 0; i < 3; i++) if (typeof collect === "function") collect();
  return process.memoryUsage.rss();
}

async function serve(way: string): Promise<{ server: ChildProcess; port: number }> {
  const server = spawn(process.execPath, [join(import.meta.dirname, "lib/idle-server.mjs"), way], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line]: unknown[] = await once(createInterface({ input: server.stdout }), "line");
  return { server, port: Number(line) };
}

async function turns(pause: () => boolean): Promise<void> {
  while (!pause()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Begins a turn in each session; returns what says how many have had their token, and how many have ended well. */
async function begin(client: Client, sessions: number): Promise<{ answered(): number; ended(): number }> {
  const exchanges = Array.from({ length: sessions }, newExchange);
  let ended = 0;
  const answered = (): number => exchanges.filter(({ firstTokenAt }) => !Number.isNaN(firstTokenAt)).length;
  for (let i = 0; i < sessions; i++) {
    const exchange = exchanges[i] ?? newExchange();
    const turn = { turn: 0, attempt: 0, persona: "p", prompt: "hi", messages: [], maxTokens: undefined } as const;
    client.send({ ...turn, sessionId: `${i}`, traceId: [0, 0, 0, i + 1] }, exchange, ({ outcome, reason }) => {
      mustBe(outcome === "complete", `a session ended as ${outcome}: ${reason}`);
      ended++;
    });
    if (i % BATCH === BATCH - 1) await turns(() => answered() === i + 1);
  }
  return { answered, ended: () => ended };
}

async function measure(way: (typeof WAYS)[number], sessions: number): Promise<Held> {
  const { server, port } = await serve(way.name);
  const target = targetFor(`http://127.0.0.1:${port}/`, {
    request: { say: "{{turn.prompt}}" },
    events: { token: "$.delta", done: "$.done" },
    ...way.target,
  });
  const client = createClient(
    target,
    { now: () => performance.now() },
    { maxSockets: sessions, redact: (text) => text },
  );
  const before = settledRss();
  const { answered, ended } = await begin(client, sessions);
  await turns(() => answered() === sessions);
  const inAnswer = settledRss() - before;
  const sockets = client.openSockets;
  server.kill("SIGUSR2");
  await turns(() => ended() === sessions);
  const betweenTurns = settledRss() - before;
  client.close();
  server.kill();
  return { sessions, sockets, inAnswer: inAnswer / sessions, betweenTurns: betweenTurns / sessions };
}

await bench(async () => {
  const args = benchArgs({ rounds: 1 });
  const sessions = args.quick ? 1000 : 10_000;
  const held = new Map<string, Held>();
  for (const way of WAYS) {
    if (args.only.length === 0 || args.only.includes(way.name)) held.set(way.name, await measure(way, sessions));
  }
  printTable(
    ["", "sessions", "sockets", "kB a session inside an answer", "kB between turns"],
    [...held].map(([name, one]) => [name, one.sessions, one.sockets, one.inAnswer / 1000, one.betweenTurns / 1000]),
  );
  finish(
    "idle-sessions",
    args,
    Object.fromEntries(held),
    [...held].map(([name, { inAnswer }]) => ({
      what: `kB a session of ${name}, inside an answer`,
      limit: 20,
      sense: "at most" as const,
      measured: inAnswer / 1000,
    })),
  );
});
