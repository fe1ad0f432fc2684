import { z } from "zod";
import { EXIT } from "../src/base/index.ts";
import { benchArgs } from "./lib/args.ts";
import { requireProc, residentBytes } from "./lib/cpu.ts";
import { pinSelf } from "./lib/pin.ts";
import { buildProduct, runPlimsoll, samplesOf, tinyPlan } from "./lib/plimsoll.ts";
import { bench, finish, mustBe } from "./lib/results.ts";
import { median } from "./lib/rounds.ts";
import { stubKind, TINY, withStub } from "./lib/stub.ts";
import { printTable } from "./lib/table.ts";

/** How much memory does a long run hold, and does it grow? */
const USERS = 64;
const MB = 1e6;
const countsSchema = z.object({ attempts: z.number(), errors: z.number() });

interface Look {
  readonly rows: number;
  /** MB, one a second. */
  readonly resident: readonly number[];
  readonly note: string;
}

function record(attempts: number): Promise<Look> {
  return withStub(TINY, async (stub, folder) => {
    // Longer than it takes: the budget ends it.
    const limitMs = 1_800_000;
    const plan = tinyPlan(stub, [{ soak: `${limitMs}ms`, at: `${USERS} users` }], { budget: { requests: attempts } });
    const resident: number[] = [];
    const timers: NodeJS.Timeout[] = [];
    const watch = (pid: number): void => {
      const look = (): void => {
        const bytes = residentBytes(pid);
        if (bytes !== undefined) resident.push(bytes / MB);
      };
      timers.push(setInterval(look, 1000));
    };
    const ended = await runPlimsoll(plan, folder, limitMs, watch).finally(() => timers.forEach(clearInterval));
    mustBe(
      ended.exitCode === EXIT.budgetSpent || ended.exitCode === EXIT.generatorLimited,
      `exit code ${ended.exitCode}`,
    );
    const [counts] = await samplesOf(
      ended.folder,
      countsSchema,
      "count(*)::INT attempts, count(*) FILTER (outcome NOT IN ('complete', 'cancelled'))::INT errors",
    );
    const { tiny } = await stub.stop();
    const rows = counts?.attempts ?? 0;
    mustBe(counts?.errors === 0, `${counts?.errors} attempts failed`);
    mustBe(rows >= attempts, `${rows} rows of ${attempts} attempts`);
    mustBe(rows >= tiny && rows <= tiny + USERS, `${rows} rows, ${tiny} answers of the stub`);
    mustBe(resident.length >= 4, `only ${resident.length} looks at the memory`);
    return { rows, resident, note: ended.note };
  });
}

await bench(async () => {
  const args = benchArgs({ rounds: 1 });
  requireProc();
  const attempts = args.quick ? 100_000 : 1_000_000;
  const count = attempts.toLocaleString("en-US");
  console.log(`Resident memory while ${count} attempts are recorded. ${stubKind()}; ${pinSelf()}.`);
  buildProduct(args.build);
  const looks: Look[] = [];
  for (let round = 0; round < args.rounds; round++) looks.push(await record(attempts));
  const middle = (pick: (look: Look) => number): number => median(looks.map(pick));
  const peak = middle((look) => Math.max(...look.resident));
  const quarters = [0, 1, 2, 3].map((n) => middle((look) => quarter(look.resident, n)));
  const growth = (quarters[3] ?? Number.NaN) / (quarters[2] ?? Number.NaN) - 1;
  printTable(
    ["rows", "seconds", "peak MB", "median MB, 1st quarter", "2nd", "3rd", "4th", ""],
    looks.map((look) => [
      look.rows,
      look.resident.length,
      Math.max(...look.resident),
      ...[0, 1, 2, 3].map((n) => quarter(look.resident, n)),
      look.note,
    ]),
  );
  finish("memory", args, { looks, quarters, peak }, [
    { what: "peak resident, MB", limit: 400, sense: "at most", measured: peak },
    { what: "growth from the 3rd to the 4th quarter, share", limit: 0.05, sense: "at most", measured: growth },
  ]);
});

function quarter(resident: readonly number[], n: number): number {
  const at = (part: number): number => Math.floor((part * resident.length) / 4);
  return median(resident.slice(at(n), at(n + 1)));
}
