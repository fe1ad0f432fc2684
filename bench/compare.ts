import { rmSync } from "node:fs";
import { join } from "node:path";
import { compareRuns } from "../src/analyse/index.ts";
import { resolvePlan } from "../src/plan/index.ts";
import { simulate } from "../src/run/index.ts";
import { readStack } from "../src/twin/index.ts";
import { benchArgs } from "./lib/args.ts";
import { REPOSITORY, temporaryFolder } from "./lib/paths.ts";
import { bench, finish } from "./lib/results.ts";
import { printTable } from "./lib/table.ts";

/** How often does a comparison cry worse over runs of the same, and does it find an engine that is 10 % slower? Each run has users of its own. */
const STACK = "examples/stacks/demo.yaml";

/** Step times of the demo's engine, and of one that takes a tenth longer for everything. */
const SLOWER = ["c0=13.2", "c1=0.055", "c2=0.044"].map((cost) => `parts.llm.engine.costs.${cost}`);

await bench(async () => {
  const args = benchArgs({ rounds: 20 });
  const folder = temporaryFolder();
  const counts = { alarms: 0, history: 0, found: 0 };
  try {
    for (let round = 0; round < args.rounds; round++) {
      const play = (seed: number, set: readonly string[]): Promise<string> => run(folder, seed, set);
      const seed = round * 10;
      const [first, second, third] = [await play(seed + 1, []), await play(seed + 2, []), await play(seed + 3, [])];
      const [again, slower] = [await play(seed + 4, []), await play(seed + 5, SLOWER)];
      const same = await compareRuns([first], again);
      const history = await compareRuns([first, second, third], again);
      const worse = await compareRuns([first], slower);
      if (same.word === "worse") counts.alarms++;
      if (history.word === "worse") counts.history++;
      if (worse.word === "worse") counts.found++;
      process.stderr.write(
        `round ${round + 1}: the same ${same.word}, with a history ${history.word}, slower ${worse.word}\n`,
      );
      for (const path of [first, second, third, again, slower]) rmSync(path, { recursive: true, force: true });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const share = (count: number): number => count / args.rounds;
  printTable(
    ["what", "called worse", "of"],
    [
      ["two runs of the same", counts.alarms, args.rounds],
      ["a run of the same against three", counts.history, args.rounds],
      ["an engine that is 10 % slower", counts.found, args.rounds],
    ],
  );
  finish("compare", args, counts, [
    { what: "false alarms, two runs", limit: 0.05, sense: "at most", measured: share(counts.alarms) },
    { what: "false alarms, a history of three", limit: 0.05, sense: "at most", measured: share(counts.history) },
    { what: "regressions of 10 % found", limit: 0.9, sense: "at least", measured: share(counts.found) },
  ]);
});

async function run(folder: string, seed: number, set: readonly string[]): Promise<string> {
  const stack = await readStack(join(REPOSITORY, STACK), { set });
  const { plan } = resolvePlan({
    name: "compare",
    seed,
    target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat", model: "desk-1" },
    workload: { personas: [{ name: "asker", prompts: "faq", turns: 1 }], arrivals: { process: "poisson" } },
    stages: [{ steady: "120s", at: "6 sessions/s" }],
    slo: ["ttft.p95 < 800ms"],
    generator: { texts: "0%", gaps: "0%" },
    runs: folder,
  });
  return (await simulate(plan, stack)).summary.run.folder;
}
