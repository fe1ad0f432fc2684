import { rmSync } from "node:fs";
import { benchArgs } from "./lib/args.ts";
import { CASES, type FindCase, stackOf } from "./lib/find/cases.ts";
import { type Judged, judged, type Searched, searched, truthOf } from "./lib/find/judge.ts";
import { temporaryFolder } from "./lib/paths.ts";
import { bench, finish } from "./lib/results.ts";
import { printTable } from "./lib/table.ts";

/** Does a search find what a twin carries? Each seed draws its own users; the true limit is counted over hours around it. */
await bench(async () => {
  const args = benchArgs({ rounds: 2 });
  const folder = temporaryFolder();
  const rows: Judged[] = [];
  try {
    const wanted = CASES.filter(({ name }) => args.only.length === 0 || args.only.some((word) => name.includes(word)));
    for (const one of wanted) rows.push(await judge(one, args, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  printTable(
    ["case", "true limit", "± (1 s.e.)", "within 5 %", "interval covers", "probes", "median error"],
    rows.map((row) => [
      row.name,
      row.truth.value.toPrecision(4),
      `${(row.truth.error * 100).toFixed(1)} %`,
      `${row.within} of ${row.seeds}`,
      `${row.covered} of ${row.seeds}`,
      row.probes.toFixed(1),
      `${(row.error * 100).toFixed(2)} %`,
    ]),
  );
  const seeds = rows.reduce((sum, row) => sum + row.seeds, 0);
  const share = (of: (row: Judged) => number): number => rows.reduce((sum, row) => sum + of(row), 0) / seeds;
  finish("find", args, { rows }, [
    {
      what: "searches within 5 % of the true limit",
      limit: 0.95,
      sense: "at least",
      measured: share(({ within }) => within),
    },
    {
      what: "intervals that cover it",
      limit: 0.85,
      sense: "at least",
      measured: share(({ covered }) => covered),
    },
    {
      what: "probes of the longest search",
      limit: 12,
      sense: "at most",
      measured: Math.max(...rows.map(({ most }) => most)),
    },
  ]);
});

async function judge(
  one: FindCase,
  { rounds, seed, quick }: ReturnType<typeof benchArgs>,
  folder: string,
): Promise<Judged> {
  const stack = await stackOf(one);
  const found: Searched[] = [];
  for (let i = 0; i < rounds; i++) {
    const result = await searched(one, stack, seed + i, folder);
    found.push(result);
    const { value, low, high, probes, ended } = result;
    process.stderr.write(
      `${one.name}, seed ${result.seed}: ${value.toPrecision(4)} (${low.toPrecision(4)} to ${high.toPrecision(4)}), ${probes} probes, ${ended}\n`,
    );
  }
  return judged(one, await truthOf(one, folder, quick ? 1 : 2), found);
}
