import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { summarySchema } from "../src/analyse/index.ts";
import { benchArgs } from "./lib/args.ts";
import { BENCH, REPOSITORY, temporaryFolder } from "./lib/paths.ts";
import { buildProduct } from "./lib/plimsoll.ts";
import { bench, finish, mustBe } from "./lib/results.ts";
import { median } from "./lib/rounds.ts";
import { runClient } from "./lib/spawned.ts";
import { printTable } from "./lib/table.ts";

/** How long does a day of traffic take in virtual time: as a table of requests, and as a plan with its users, texts and run folder? */
const LIMIT = 3_600_000;

const dayShape = z.object({
  requests: z.number(),
  done: z.number(),
  failed: z.number(),
  output: z.number(),
  generated: z.number(),
  steps: z.number(),
  ttft: z.number(),
  e2e: z.number(),
  seconds: z.number(),
  cpu: z.number(),
  resident: z.array(z.number()),
});
type Day = z.infer<typeof dayShape>;

type Cache = "prefix-cache" | "no-prefix-cache";

async function table(hours: number, mode: "fast-forward" | "exact", cache: Cache): Promise<Day> {
  const script = join(BENCH, "lib/twin-day-run.mjs");
  const ended = await runClient([process.execPath, script, String(hours), mode, cache], { limitMs: LIMIT });
  mustBe(ended.code === 0, ended.stderr);
  const day = dayShape.parse(JSON.parse(ended.stdout));
  mustBe(day.failed === 0 && day.done === day.requests, `${day.done} of ${day.requests} requests were served`);
  mustBe(day.generated === day.output, `${day.generated} tokens were generated, ${day.output} delivered`);
  return day;
}

interface Played {
  readonly hours: number;
  readonly requests: number;
  readonly simulating: number;
  readonly summarising: number;
  readonly seconds: number;
}

/** The same stack under a plan: prompts written and read, answers composed, every row, gap and series kept. */
async function plan(hours: number): Promise<Played> {
  const folder = temporaryFolder();
  try {
    const stack = join(folder, "stack.yaml");
    const file = join(folder, "plan.yaml");
    writeFileSync(
      stack,
      JSON.stringify({
        name: "eight replicas",
        seed: 7,
        parts: {
          llm: {
            kind: "pool",
            preset: "llama-3-8b-a100",
            replicas: 8,
            answers: { median: 151, p95: 620, max: 1000 },
          },
        },
      }),
    );
    writeFileSync(
      file,
      JSON.stringify({
        name: "twin day",
        target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" },
        workload: { personas: [{ name: "user", prompts: { synthetic: { tokens: { median: 760, sigma: 0.985 } } } }] },
        stages: [{ steady: `${hours * 60}m`, at: "20 sessions/s" }],
        runs: folder,
      }),
    );
    const main = join(REPOSITORY, "dist/cli/main.js");
    const ended = await runClient([process.execPath, main, "twin", "simulate", stack, "--plan", file, "--json"], {
      limitMs: LIMIT,
    });
    mustBe(ended.code === 0, ended.stderr);
    const summary = summarySchema.parse(JSON.parse(ended.stdout));
    const [simulating = Number.NaN, summarising = Number.NaN] = [
      / in ([\d.,]+) s of wall time/.exec(ended.stderr)?.[1],
      /Summarised in ([\d.,]+) s/.exec(ended.stderr)?.[1],
    ].map((text) => Number(text?.replaceAll(",", "")));
    return { hours, requests: summary.total.attempts, simulating, summarising, seconds: ended.seconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await bench(async () => {
  const args = benchArgs({ rounds: 1 });
  buildProduct(args.build);
  const hours = args.quick ? 0.5 : 24;
  const days: Day[] = [];
  for (let round = 0; round < args.rounds; round++) days.push(await table(hours, "fast-forward", "prefix-cache"));
  const counted = await table(hours, "fast-forward", "no-prefix-cache");
  const exact = await table(args.quick ? 0.1 : 2, "exact", "prefix-cache");
  const played = await plan(args.quick ? 1 / 60 : 0.5);
  printTable(
    ["a table of requests", "hours", "requests", "steps", "seconds", "CPU s", "MB by quarter"],
    [...days, counted, exact].map((day) => [
      day === exact
        ? "every step on its own"
        : day === counted
          ? "fast-forward, without a prefix cache"
          : "fast-forward",
      day === exact ? (args.quick ? 0.1 : 2) : hours,
      day.requests,
      day.steps,
      day.seconds,
      day.cpu,
      day.resident.map((megabytes) => megabytes.toFixed(0)).join(" "),
    ]),
  );
  printTable(
    ["a plan with a run folder", "hours", "requests", "simulating, s", "summarising, s", "all, s", "ms a request"],
    [
      [
        "",
        played.hours,
        played.requests,
        played.simulating,
        played.summarising,
        played.seconds,
        (played.simulating * 1000) / played.requests,
      ],
    ],
  );
  const seconds = median(days.map((day) => day.seconds));
  const growth = median(days.map(({ resident }) => (resident.at(-1) ?? Number.NaN) / (resident[0] ?? Number.NaN) - 1));
  finish("twin-day", args, { days, counted, exact, played }, [
    {
      what: "a day of 20 requests/s on 8 replicas, seconds",
      limit: 20,
      sense: "at most",
      measured: args.quick ? undefined : seconds,
      why: "--quick plays half an hour",
    },
    {
      what: "the same without a prefix cache",
      limit: 20,
      sense: "at most",
      measured: args.quick ? undefined : counted.seconds,
      why: "--quick plays half an hour",
    },
    { what: "memory's growth from the 1st to the last quarter, share", limit: 0.1, sense: "at most", measured: growth },
  ]);
});
