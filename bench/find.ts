import { rmSync } from "node:fs";
import { join } from "node:path";
import { resolvePlan } from "../src/plan/index.ts";
import { find } from "../src/run/index.ts";
import { readStack, type StackSpec } from "../src/twin/index.ts";
import { benchArgs } from "./lib/args.ts";
import { REPOSITORY, temporaryFolder } from "./lib/paths.ts";
import { bench, finish } from "./lib/results.ts";
import { printTable } from "./lib/table.ts";

/** Does a search find what a twin carries? Each seed draws its own users and service times; the true limit comes from probes of an hour. */
interface Case {
  readonly name: string;
  readonly stack: string;
  readonly model: string;
  readonly slo: readonly string[];
  /** Sessions a second at which the searches begin; far from the limit. */
  readonly from: number;
}

const CASES: readonly Case[] = [
  {
    // Memory for few requests: waiting grows slowly at first, then all at once.
    name: "one small engine, first token",
    stack: "examples/stacks/tiny.yaml",
    model: "tiny",
    slo: ["ttft.p95 < 800ms", "errors.rate < 1%"],
    from: 0.5,
  },
  {
    name: "support desk, time per token",
    stack: "examples/stacks/demo.yaml",
    model: "desk-1",
    slo: ["tpot.p95 < 15ms", "errors.rate < 2%"],
    from: 3,
  },
];

const HOUR = 3_600_000;

await bench(async () => {
  const args = benchArgs({ rounds: 20 });
  const folder = temporaryFolder();
  const rows: Result[] = [];
  try {
    for (const one of CASES.filter(
      ({ name }) => args.only.length === 0 || args.only.some((word) => name.includes(word)),
    )) {
      rows.push(await judge(one, args.rounds, args.quick ? 300_000 : HOUR, folder));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  printTable(
    ["case", "true limit", "within 5 %", "interval covers", "probes", "median error"],
    rows.map((row) => [
      row.name,
      row.truth.toFixed(3),
      `${row.within} of ${row.seeds}`,
      `${row.covered} of ${row.seeds}`,
      row.probes.toFixed(1),
      `${(row.error * 100).toFixed(2)} %`,
    ]),
  );
  const seeds = rows.reduce((sum, row) => sum + row.seeds, 0);
  finish("find", args, { rows }, [
    {
      what: "searches within 5 % of the true limit",
      limit: 0.95,
      sense: "at least",
      measured: share(rows, ({ within }) => within, seeds),
    },
    {
      what: "intervals that cover it",
      limit: 0.85,
      sense: "at least",
      measured: share(rows, ({ covered }) => covered, seeds),
    },
    {
      what: "probes of the longest search",
      limit: 12,
      sense: "at most",
      measured: Math.max(...rows.map(({ most }) => most)),
    },
  ]);
});

interface Result {
  readonly name: string;
  readonly truth: number;
  readonly seeds: number;
  readonly within: number;
  readonly covered: number;
  readonly probes: number;
  readonly most: number;
  /** Median of the absolute relative errors. */
  readonly error: number;
}

function share(rows: readonly Result[], of: (row: Result) => number, seeds: number): number {
  return rows.reduce((sum, row) => sum + of(row), 0) / seeds;
}

async function judge(one: Case, seeds: number, long: number, folder: string): Promise<Result> {
  const stack = await readStack(join(REPOSITORY, one.stack), {});
  const truth = crossed(await look(one, stack, 1_000_000, folder, { probeTime: long, within: 0.01, probes: 14 }));
  if (truth === undefined) throw new Error(`${one.name}: the true limit was not found`);
  const found: { readonly value: number; readonly low: number; readonly high: number; readonly probes: number }[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const result = await look(one, stack, seed * 1000, folder, {});
    const load = crossed(result);
    found.push({
      value: load?.value ?? Number.NaN,
      low: load?.low ?? Number.NaN,
      high: load?.high ?? Number.NaN,
      probes: result.probes.length,
    });
    process.stderr.write(
      `${one.name}, seed ${seed}: ${load?.value.toFixed(3) ?? result.answer.kind} (${load?.low.toFixed(3)} to ${load?.high.toFixed(3)}), ${result.probes.length} probes, true ${truth.value.toFixed(3)}\n`,
    );
  }
  const errors = found.map(({ value }) => Math.abs(value / truth.value - 1)).sort((a, b) => a - b);
  return {
    name: one.name,
    truth: truth.value,
    seeds,
    within: errors.filter((error) => error <= 0.05).length,
    covered: found.filter(({ low, high }) => low <= truth.value && truth.value <= high).length,
    probes: found.reduce((sum, { probes }) => sum + probes, 0) / seeds,
    most: Math.max(...found.map(({ probes }) => probes)),
    error: errors[errors.length >> 1] ?? Number.NaN,
  };
}

type Found = Awaited<ReturnType<typeof find>>;

function crossed({ answer }: Found) {
  return answer.kind === "crossed" ? answer.load : undefined;
}

async function look(
  one: Case,
  stack: StackSpec,
  seed: number,
  folder: string,
  how: { readonly probeTime?: number; readonly within?: number; readonly probes?: number },
): Promise<Found> {
  const { plan } = resolvePlan({
    name: "find",
    seed,
    target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat", model: one.model },
    workload: { personas: [{ name: "asker", prompts: "faq", turns: 1 }], arrivals: { process: "poisson" } },
    expect: { peak: `${one.from * 2} sessions/s` },
    stages: [{ steady: "60s", at: "1x" }],
    slo: [...one.slo],
    generator: { texts: "0%", gaps: "0%" },
    runs: folder,
  });
  let made = "";
  const result = await find(plan, {
    ...how,
    simulate: stack,
    onFolder: (path) => {
      made = path;
    },
  });
  rmSync(made, { recursive: true, force: true });
  return result;
}
