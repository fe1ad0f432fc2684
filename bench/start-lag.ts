import { z } from "zod";
import { benchArgs } from "./lib/args.ts";
import { pinSelf } from "./lib/pin.ts";
import { buildProduct, runPlimsoll, samplesOf, tinyPlan } from "./lib/plimsoll.ts";
import { bench, finish, mustBe } from "./lib/results.ts";
import { median } from "./lib/rounds.ts";
import { stubKind, TINY, withStub } from "./lib/stub.ts";
import { printTable } from "./lib/table.ts";

/** How late does an open loop start its requests, and does it start them all? */
const RATE = 1000;
const ARRIVALS = ["constant", "poisson"] as const;

const figuresSchema = z.object({
  requests: z.number(),
  errors: z.number(),
  p50: z.number(),
  p99: z.number(),
  max: z.number(),
  /** Largest distance of an intended time from number / rate, for evenly spaced arrivals. */
  drift: z.number(),
});
type Figures = z.infer<typeof figuresSchema> & { readonly received: number; readonly note: string };

function measure(process: (typeof ARRIVALS)[number], forMs: number): Promise<Figures> {
  return withStub({ ...TINY, tiny: 5 }, async (stub, folder) => {
    const plan = tinyPlan(stub, [{ steady: `${forMs}ms`, at: `${RATE} sessions/s` }]);
    const arrivals = {
      personas: [{ name: "user", prompts: ["How much may a ship carry?"], turns: 1 }],
      arrivals: { process },
    };
    const ended = await runPlimsoll({ ...plan, workload: arrivals }, folder, forMs);
    const counts = await stub.stop();
    const lag = "startedAt - scheduledAt";
    const [figures] = await samplesOf(
      ended.folder,
      figuresSchema,
      `count(*)::INT requests, count(*) FILTER (outcome <> 'complete')::INT errors, quantile_disc(${lag}, 0.5) p50, quantile_disc(${lag}, 0.99) p99, max(${lag}) max,
       max(abs(scheduledAt - session * 1000.0 / ${RATE} - first)) drift`,
      `, (SELECT min(scheduledAt) AS first FROM read_parquet('${ended.folder}/samples/*.parquet'))`,
    );
    if (figures === undefined) throw new Error("no figures");
    mustBe(figures.errors === 0, `${figures.errors} requests failed`);
    mustBe(figures.requests === counts.tiny, `plimsoll counts ${figures.requests} requests, the stub ${counts.tiny}`);
    if (process === "constant")
      mustBe(figures.drift < 1, `intended times stray by ${figures.drift} ms from the schedule`);
    return { ...figures, received: counts.tiny, note: ended.note };
  });
}

await bench(async () => {
  const args = benchArgs({ rounds: 3 });
  console.log(`Start lag at ${RATE} requests/s, open loop. ${stubKind()}; ${pinSelf()}.`);
  buildProduct(args.build);
  const forMs = args.quick ? 5_000 : 30_000;
  const asked = (RATE * forMs) / 1000;
  const results: Record<string, Figures[]> = { constant: [], poisson: [] };
  for (let round = 0; round < args.rounds; round++) {
    for (const process of ARRIVALS) results[process]?.push(await measure(process, forMs));
  }
  const middle = (process: string, pick: (figures: Figures) => number): number =>
    median((results[process] ?? []).map(pick));
  printTable(
    ["arrivals", "asked", "received by the stub", "start lag p50, ms", "p99", "max", ""],
    ARRIVALS.map((process) => [
      process,
      process === "constant" ? asked : `about ${asked}`,
      middle(process, (f) => f.received),
      middle(process, (f) => f.p50),
      middle(process, (f) => f.p99),
      middle(process, (f) => f.max),
      results[process]?.find((f) => f.note)?.note,
    ]),
  );
  finish("start-lag", args, results, [
    { what: `start lag p99 at ${RATE}/s, ms`, limit: 3, sense: "at most", measured: middle("constant", (f) => f.p99) },
    {
      what: "delivered / asked",
      limit: 0.999,
      sense: "at least",
      measured: middle("constant", (f) => f.received) / asked,
    },
  ]);
});
