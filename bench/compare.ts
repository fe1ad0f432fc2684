import { rmSync } from "node:fs";
import { type Comparison, compareRuns } from "../src/analyse/index.ts";
import { resolvePlan } from "../src/plan/index.ts";
import { simulate } from "../src/run/index.ts";
import { benchArgs } from "./lib/args.ts";
import { CHANGES, desk } from "./lib/compare/desk.ts";
import { temporaryFolder } from "./lib/paths.ts";
import { bench, finish } from "./lib/results.ts";
import { printTable } from "./lib/table.ts";

/**
 * How often does a comparison cry over runs of the same, and which changes of the stack does it find? Each run has users of its own. Only "worse" finds a
 * change for the worse: "can't tell" and "better" do not.
 */
await bench(async () => {
  const args = benchArgs({ rounds: 12 });
  const folder = temporaryFolder();
  const same = new Tally("two runs of the same");
  const history = new Tally("a run of the same against three");
  const figures = { tested: 0, wrong: 0 };
  const changed = CHANGES.map(({ name }) => ({ alone: new Tally(name), three: new Tally(`${name}, against three`) }));
  try {
    for (let round = 0; round < args.rounds; round++) {
      let seed = args.seed * 1000 + round * 20;
      const made: string[] = [];
      const play = async (stack: ReturnType<typeof desk>): Promise<string> => {
        const path = await run(folder, seed++, stack);
        made.push(path);
        return path;
      };
      const four = [await play(desk()), await play(desk()), await play(desk())];
      const [first = "", second = "", third = ""] = four;
      const again = await play(desk());
      for (const pair of [await compareRuns([first], second), await compareRuns([third], again)]) {
        same.add(pair);
        for (const { p, word } of pair.figures) {
          if (p === undefined) continue;
          figures.tested++;
          if (word === "worse" || word === "better") figures.wrong++;
        }
      }
      history.add(await compareRuns([first, second, third], again));
      for (const [i, change] of CHANGES.entries()) {
        const path = await play(desk(change));
        changed[i]?.alone.add(await compareRuns([again], path));
        changed[i]?.three.add(await compareRuns([first, second, third], path));
      }
      for (const path of made) rmSync(path, { recursive: true, force: true });
      process.stderr.write(`round ${round + 1} of ${args.rounds}\n`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const rows = [same, history, ...changed.flatMap(({ alone, three }) => [alone, three])];
  printTable(
    ["what", "worse", "better", "same", "can't tell"],
    rows.map((row) => row.cells()),
  );
  const alone = Tally.sum(changed.map((each) => each.alone));
  const three = Tally.sum(changed.map((each) => each.three));
  finish("compare", args, { rows, figures }, [
    { what: "false alarms, two runs", limit: 0.05, sense: "at most", measured: same.share("worse") },
    { what: "false alarms, a history of three", limit: 0.05, sense: "at most", measured: history.share("worse") },
    { what: "false words a figure", limit: 0.05, sense: "at most", measured: figures.wrong / figures.tested },
    { what: "changes of 10 % found", limit: 0.9, sense: "at least", measured: alone },
    { what: "the same, against a history of three", limit: 0.9, sense: "at least", measured: three },
  ]);
});

class Tally {
  readonly what: string;
  readonly words: Record<Comparison["word"], number> = { worse: 0, better: 0, same: 0, "cannot-tell": 0 };

  constructor(what: string) {
    this.what = what;
  }

  /** Share of all comparisons of several kinds that said worse. */
  static sum(tallies: readonly Tally[]): number {
    return tallies.reduce((sum, tally) => sum + tally.share("worse"), 0) / tallies.length;
  }

  add({ word }: Comparison): void {
    this.words[word]++;
  }

  share(word: Comparison["word"]): number {
    const all = Object.values(this.words).reduce((sum, count) => sum + count, 0);
    return this.words[word] / all;
  }

  cells(): readonly (string | number)[] {
    const { worse, better, same } = this.words;
    return [this.what, worse, better, same, this.words["cannot-tell"]];
  }
}

async function run(folder: string, seed: number, stack: ReturnType<typeof desk>): Promise<string> {
  const { plan } = resolvePlan({
    name: "compare",
    seed,
    target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat", model: "desk-1" },
    workload: { personas: [{ name: "asker", prompts: "faq", turns: 1 }], arrivals: { process: "poisson" } },
    prices: { input: "$1/M", output: "$4/M" },
    stages: [{ steady: "120s", at: "6 sessions/s" }],
    slo: ["ttft.p95 < 800ms"],
    generator: { texts: "0%", gaps: "0%" },
    runs: folder,
  });
  return (await simulate(plan, stack)).summary.run.folder;
}
