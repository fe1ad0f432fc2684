import { rmSync } from "node:fs";
import { type BenchArgs, benchArgs } from "./lib/args.ts";
import { temporaryFolder } from "./lib/paths.ts";
import { buildProduct } from "./lib/plimsoll.ts";
import { bench, finish } from "./lib/results.ts";
import { printTable } from "./lib/table.ts";
import { type Case, casesOf, HALVES, type Half, healthyOf } from "./lib/verdict/cases.ts";
import { playLive } from "./lib/verdict/live.ts";
import { judge, type Outcome, outcomeOf } from "./lib/verdict/outcome.ts";
import { forget, playSimulated } from "./lib/verdict/play.ts";

/** Kinds that an engine shows which a laptop can serve in real time. */
const LIVE = ["batch too small", "KV too small", "decode", "sick replica", "rate limit", "host stalls"];

/** Does the verdict name what was planted, and stay calm where nothing was? Rules were written with one half of the cases in sight, never the other. */
await bench(async () => {
  const args = benchArgs({ rounds: 2 });
  if (args.live) return live(args);
  const kinds = args.quick ? 1 : args.rounds;
  const wanted = (one: Case): boolean =>
    args.only.length === 0 || args.only.includes(one.kind) || args.only.includes(one.half);
  const cases = [...casesOf(kinds), ...healthyOf(kinds)]
    .filter(wanted)
    .filter((one) => !args.quick || one.half === "seen");
  const folder = temporaryFolder();
  const outcomes: Outcome[] = [];
  try {
    for (const one of cases) {
      const judged = await playSimulated(one.name, one.stack(), one.load, one.seed, folder);
      const outcome = outcomeOf(one, judged);
      outcomes.push(outcome);
      if (process.env.VERDICT_WORDS !== undefined) console.log(outcome.line);
      if (process.env.VERDICT_KEEP === undefined) forget(judged);
      else console.log(judged.folder);
    }
  } finally {
    if (process.env.VERDICT_KEEP === undefined) rmSync(folder, { recursive: true, force: true });
  }
  report(outcomes);
  reportLess(outcomes);
  finish("verdict", args, { outcomes }, [
    ...HALVES.map((half) => ({
      what: `first-named cause right, ${half}`,
      limit: 0.9,
      sense: "at least" as const,
      measured: shareRight(outcomes, half),
    })),
    ...HALVES.map((half) => ({
      what: `findings of severity high on healthy runs, ${half}`,
      limit: 0,
      sense: "at most" as const,
      measured: alarms(outcomes, half),
    })),
  ]);
});

function shareRight(outcomes: readonly Outcome[], half: Half): number | undefined {
  const some = outcomes.filter((one) => one.half === half && one.right.length > 0);
  return some.length === 0 ? undefined : some.filter((one) => one.isRight).length / some.length;
}

function alarms(outcomes: readonly Outcome[], half: Half): number | undefined {
  const some = outcomes.filter((one) => one.half === half && one.right.length === 0);
  return some.length === 0 ? undefined : some.filter((one) => one.high > 0).length;
}

/** In real time; the generator shares the machine with what it loads, and says so where that was too much. */
async function live(args: BenchArgs): Promise<void> {
  buildProduct(args.build);
  const folder = temporaryFolder();
  const rows: (readonly string[])[] = [];
  try {
    for (const one of casesOf(1).filter(({ kind, half }) => half === "seen" && LIVE.includes(kind))) {
      if (args.only.length > 0 && !args.only.includes(one.kind)) continue;
      const verdict = await playLive(one.name, one.stack(), one.load, one.seed, folder);
      const { named, isRight, component } = judge(one, verdict);
      const late = named === "generator" ? "void: the generator was late" : undefined;
      const word = isRight ? "right" : (late ?? verdict.bottleneck?.cannotTell ?? "wrong");
      rows.push([one.name, named, component ?? "-", word]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  printTable(["planted, live", "named first", "at", ""], rows);
}

/** With less to look at: right, "cannot tell", and wrong; of healthy runs any name is wrong. */
function reportLess(outcomes: readonly Outcome[]): void {
  const views = [...new Set(outcomes.flatMap(({ less }) => Object.keys(less)))];
  const planted = outcomes.filter(({ right }) => right.length > 0);
  printTable(
    ["planted, seen with", "right", "cannot tell", "another", "named"],
    views.map((view) => {
      const right = planted.filter((one) => one.right.includes(one.less[view] ?? ""));
      const silent = planted.filter((one) => one.less[view] === "cannot tell");
      const wrong = planted.filter((one) => !right.includes(one) && !silent.includes(one));
      const words = wrong.map((one) => `${one.kind}: ${one.less[view]}`);
      return [view, right.length, silent.length, wrong.length, [...new Set(words)].join(", ")];
    }),
  );
}

/** The confusion matrix as rows: what was planted, what was named, how often. */
function report(outcomes: readonly Outcome[]): void {
  const rows = new Map<string, Map<string, number>>();
  for (const { kind, named } of outcomes) {
    const row = rows.get(kind) ?? new Map<string, number>();
    rows.set(kind, row.set(named, (row.get(named) ?? 0) + 1));
  }
  printTable(
    ["planted", "cases", "right", ...HALVES, "named first"],
    [...rows].map(([kind, named]) => {
      const all = outcomes.filter((one) => one.kind === kind);
      const of = (half: Half): string => {
        const some = all.filter((one) => one.half === half);
        return `${some.filter((one) => one.isRight).length} of ${some.length}`;
      };
      const words = [...named].toSorted((a, b) => b[1] - a[1]).map(([name, count]) => `${name} ${count}`);
      return [kind, all.length, all.filter((one) => one.isRight).length, ...HALVES.map(of), words.join(", ")];
    }),
  );
}
