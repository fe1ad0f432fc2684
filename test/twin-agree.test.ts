import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Summary, summarySchema } from "../src/analyse/index.ts";
import { type CliResult, cli } from "./helpers/cli.ts";
import { latenessOf } from "./helpers/lateness.ts";
import { builtTwin } from "./helpers/twin.ts";
import { workspace } from "./helpers/workspace.ts";

/**
 * A live run holds what a simulated one does not have: the generator's timers (whole ms), the loopback, HTTP on both sides, and the twin's own timers.
 * Each is measured in the very run (the generator's start lag and stamp error, the twin's lateness) and allowed for on top of the 3 %.
 */
const WITHIN = 0.03;

/** Beyond these, the machine was late, and what was measured is its own: the run is void. ms. */
const LATE = { twin: 5, startLag: 5, loopDelay: 10 };
const TRIES = 2;

const space = workspace();
afterAll(() => space.remove());

interface Case {
  readonly name: string;
  readonly stack: Readonly<Record<string, unknown>>;
  readonly workload: Readonly<Record<string, unknown>>;
  readonly rate: number;
  /** Through the route that tells the stack whose conversation it is. */
  readonly named?: boolean;
}

const CASES: readonly Case[] = [
  {
    name: "KV memory that runs out",
    stack: {
      llm: {
        kind: "pool",
        preset: "llama-3-70b-h100x4",
        engine: { blocks: 420, maxModelLen: 4096 },
        answers: { median: 90, p95: 200, max: 400 },
      },
    },
    workload: {
      personas: [{ name: "user", prompts: { synthetic: { tokens: { median: 300, sigma: 0.5 } } }, turns: 1 }],
    },
    rate: 7,
  },
  {
    name: "conversations over a prefix cache",
    stack: {
      llm: {
        kind: "pool",
        preset: "llama-3-70b-h100x4",
        replicas: 2,
        balancer: "session-hash",
        answers: { median: 60, p95: 120, max: 200 },
      },
    },
    workload: {
      personas: [{ name: "talker", prompts: "long-documents", turns: { mean: 3 }, think: { median: "500ms" } }],
    },
    // Enough steps with prefill in them that the gaps' p95 lies among these. At 4/s it lies on the cliff between steps of 23 and of 50 ms, where one gap
    // in three hundred more doubles it.
    rate: 6,
    named: true,
  },
  {
    name: "slots and a queue, as llama.cpp has them",
    stack: {
      llm: {
        kind: "pool",
        preset: "llama-3-8b-a100",
        engine: { dialect: "llamacpp", maxSeqs: 6, maxModelLen: 8192, blocks: 49_152, blockSize: 1 },
        answers: { median: 80, p95: 160, max: 300 },
      },
    },
    workload: { personas: [{ name: "user", prompts: "faq", turns: 1 }] },
    rate: 6,
  },
  {
    name: "a chain of retrieval and generation",
    stack: {
      app: { kind: "app", to: "llm", steps: [{ call: "embedder" }, { call: "vectors", adds: 1200 }] },
      embedder: { kind: "embedder", servers: 1, batch: 32, fixed: "4ms", perToken: "0.02ms" },
      vectors: { kind: "vector-db", servers: 4, service: { median: "40ms", p99: "200ms" } },
      llm: { kind: "pool", preset: "llama-3-70b-h100x4", answers: { median: 60, p95: 120, max: 200 } },
    },
    workload: { personas: [{ name: "user", prompts: "multilingual", turns: 1 }] },
    rate: 5,
  },
];

const CHAT = {
  protocol: "http-sse",
  request: { session: "{{session.id}}", message: "{{turn.prompt}}" },
  events: { token: "$.delta", usage: "$.usage", done: "$.finish_reason" },
};

interface Compared {
  readonly late: string | undefined;
  readonly rows: readonly {
    readonly figure: string;
    readonly live: number;
    readonly simulated: number;
    readonly off: number;
    readonly allowed: number;
  }[];
}

/** Undefined: the machine did not even get to the end of the command in its time. */
function summaryOf({ code, stdout, stderr }: CliResult): Summary | undefined {
  if (code === "SIGKILL") return undefined;
  if (!stdout.startsWith("{")) throw new Error(`no summary (exit ${code}):\n${stderr}`);
  return summarySchema.parse(JSON.parse(stdout));
}

async function compare({ name, stack, workload, rate, named = false }: Case): Promise<Compared> {
  const file = join(space.path, `${name.replaceAll(/\W+/g, "-")}.yaml`);
  writeFileSync(file, JSON.stringify({ name, seed: 5, parts: stack }));
  const twin = await builtTwin([file]);
  const plan = space.plan({
    name,
    target: named ? { url: `${twin.url}/chat`, ...CHAT } : { url: `${twin.url}/v1`, protocol: "openai-chat" },
    workload,
    stages: [{ steady: "20s", at: `${rate} sessions/s` }],
    generator: { gaps: "0%", texts: "0%", workers: 1, drain: "60s", maxStartLag: "1m", maxLoopDelay: "1m" },
  });
  const ran = await cli(["run", plan, "--json"], { timeout: 120_000 });
  const lateness = await latenessOf(twin.url);
  await twin.stop();
  const played = await cli(["twin", "simulate", file, "--plan", plan, "--json", "--no-folder"]);
  const [live, simulated] = [summaryOf(ran), summaryOf(played)];
  if (live === undefined || simulated === undefined) return { late: "a command did not end in its time", rows: [] };
  const { startLag, loopDelay, noiseFloor } = live.generator;
  const own = lateness.p50 + (startLag.p50 ?? 0) + (noiseFloor?.p50 ?? 0);
  const figures = [
    { metric: "ttft", allowed: { p50: own, p95: own } },
    { metric: "response", allowed: { p50: own, p95: own } },
    // A gap is the difference of two late writes: its middle stays, and its tail grows by their spread.
    { metric: "itl", allowed: { p50: 0, p95: lateness.p95 } },
  ] as const;
  const rows = figures.flatMap(({ metric, allowed }) =>
    (["p50", "p95"] as const).flatMap((percentile) => {
      const [a, b] = [live.total.metrics[metric]?.[percentile], simulated.total.metrics[metric]?.[percentile]];
      if (a === undefined || b === undefined) return [];
      const off = a - b;
      return [
        {
          figure: `${metric} ${percentile}`,
          live: a,
          simulated: b,
          off: off / b,
          allowed: WITHIN + allowed[percentile] / b,
        },
      ];
    }),
  );
  const late = [
    lateness.p99 > LATE.twin ? `the twin's writes were ${lateness.p99.toFixed(1)} ms late (p99)` : undefined,
    (startLag.p99 ?? startLag.max ?? 0) > LATE.startLag ? "the generator started sessions late" : undefined,
    (loopDelay?.p99 ?? 0) > LATE.loopDelay
      ? `the generator's loop was ${loopDelay?.p99.toFixed(1)} ms late (p99)`
      : undefined,
  ].filter((why) => why !== undefined);
  if (late.length === 0) {
    expect(simulated.total.sessions).toBe(live.total.sessions);
    // A turn that is due within milliseconds of the plan's end may be asked in the one and not in the other.
    expect(Math.abs(simulated.total.attempts - live.total.attempts)).toBeLessThanOrEqual(2);
    if (simulated.total.attempts === live.total.attempts)
      expect(simulated.total.tokens.output).toBe(live.total.tokens.output);
  }
  return { late: late.length > 0 ? late.join(", ") : undefined, rows };
}

function table(name: string, { rows, late }: Compared): string {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`.padStart(9);
  const lines = rows.map(
    ({ figure, live, simulated, off, allowed }) =>
      `  ${figure.padEnd(13)} live ${live.toFixed(1).padStart(9)} ms  simulated ${simulated.toFixed(1).padStart(9)} ms  ${percent(off)}  allowed ${percent(allowed)}`,
  );
  return [`${name}${late === undefined ? "" : ` (void: ${late})`}`, ...lines].join("\n");
}

/** A matter of real time, which a shared machine has not: asked for by name, on a quiet one. */
const ASKED = process.env["PLIMSOLL_AGREE"] !== undefined;
if (!ASKED) console.warn("skipped: agreement of live and simulated (set PLIMSOLL_AGREE=1 on a quiet machine)");

test.skipIf(!ASKED).each(CASES)("live and simulated agree within 3 %: $name", { timeout: 400_000 }, async (which) => {
  const tried: string[] = [];
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const compared = await compare(which);
    tried.push(table(which.name, compared));
    if (compared.late !== undefined) continue;
    console.log(tried.at(-1));
    for (const { figure, off, allowed } of compared.rows) {
      expect(Math.abs(off), `${figure}\n${tried.at(-1)}`).toBeLessThanOrEqual(allowed);
    }
    expect(compared.rows).toHaveLength(6);
    return;
  }
  console.warn(`NOT JUDGED: this machine was late in each of ${TRIES} tries.\n${tried.join("\n")}`);
});
