import { rmSync } from "node:fs";
import { z } from "zod";
import { benchArgs } from "./lib/args.ts";
import { requireProc, residentBytes } from "./lib/cpu.ts";
import { temporaryFolder } from "./lib/paths.ts";
import { pinSelf } from "./lib/pin.ts";
import { buildProduct, runPlimsoll, samplesOf, tinyPlan } from "./lib/plimsoll.ts";
import { bench, finish, mustBe } from "./lib/results.ts";
import { median } from "./lib/rounds.ts";
import { startStub, stubKind, TINY } from "./lib/stub.ts";
import { printTable } from "./lib/table.ts";

/** How much memory does a long run hold, and does it grow? */
const USERS = 64;
const MB = 1e6;

await bench(async () => {
  const args = benchArgs({ rounds: 1 });
  requireProc();
  const attempts = args.quick ? 100_000 : 1_000_000;
  console.log(
    `Resident memory while ${attempts.toLocaleString("en-US")} attempts are recorded. ${stubKind()}; ${pinSelf()}.`,
  );
  buildProduct(args.build);
  const folder = temporaryFolder();
  const stub = await startStub(TINY);
  const resident: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  try {
    // Longer than it takes: the budget ends it.
    const limitMs = 1_800_000;
    const plan = tinyPlan(stub, [{ soak: `${limitMs}ms`, at: `${USERS} users` }], { budget: { requests: attempts } });
    const ended = await runPlimsoll(plan, folder, limitMs, (pid) => {
      timer = setInterval(() => {
        const bytes = residentBytes(pid);
        if (bytes !== undefined) resident.push(bytes / MB);
      }, 1000);
    });
    const [counts] = await samplesOf(
      ended.folder,
      z.object({ rows: z.number(), errors: z.number() }),
      "count(*)::INT rows, count(*) FILTER (outcome NOT IN ('complete', 'cancelled'))::INT errors",
    );
    const { tiny } = await stub.stop();
    mustBe(counts !== undefined && counts.errors === 0, `${counts?.errors} attempts failed`);
    mustBe(
      counts !== undefined && counts.rows >= attempts && counts.rows >= tiny && counts.rows <= tiny + USERS,
      `${counts?.rows} rows of ${attempts} attempts, ${tiny} answers of the stub`,
    );
    mustBe(resident.length >= 4, `only ${resident.length} looks at the memory`);
    const quarter = (n: number): number =>
      median(resident.slice(Math.floor((n * resident.length) / 4), Math.floor(((n + 1) * resident.length) / 4)));
    const quarters = [0, 1, 2, 3].map(quarter);
    const [, , third = Number.NaN, last = Number.NaN] = quarters;
    const peak = Math.max(...resident);
    printTable(
      ["rows", "seconds", "peak MB", "median MB, 1st quarter", "2nd", "3rd", "4th", ""],
      [[counts?.rows, resident.length, peak, ...quarters, ended.note]],
    );
    finish("memory", args, { resident, quarters, peak, rows: counts?.rows, exitCode: ended.exitCode }, [
      { what: "peak resident, MB", limit: 400, sense: "at most", measured: peak },
      {
        what: "growth from the 3rd to the 4th quarter, share",
        limit: 0.05,
        sense: "at most",
        measured: last / third - 1,
      },
    ]);
  } finally {
    clearInterval(timer);
    rmSync(folder, { recursive: true, force: true });
  }
});
