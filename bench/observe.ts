import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { z } from "zod";
import { benchArgs } from "./lib/args.ts";
import { pinSelf } from "./lib/pin.ts";
import { buildProduct, runPlimsoll, samplesOf, tinyPlan } from "./lib/plimsoll.ts";
import { bench, finish, mustBe } from "./lib/results.ts";
import { median } from "./lib/rounds.ts";
import { stubKind, TINY, withStub } from "./lib/stub.ts";
import { printTable } from "./lib/table.ts";

/** What do scrapes of many servers do to the load's pacing? */
const RATE = 200;
const PAGES = 20;
const EVERY = 333;
const ARMS = ["none", "pages"] as const;

const figuresSchema = z.object({ requests: z.number(), errors: z.number(), p50: z.number(), p99: z.number() });
type Figures = z.infer<typeof figuresSchema> & {
  readonly scrapes: number;
  readonly cpu: number;
  readonly note: string;
};

/** A vLLM page of two engines, by its fixture. */
const PAGE = readFileSync(new URL("../src/observe/servers/fixtures/vllm.txt", import.meta.url));

async function withPages<R>(body: (urls: readonly string[], scrapes: () => number) => Promise<R>): Promise<R> {
  let scrapes = 0;
  const server = createServer((asked, answer) => {
    asked.resume();
    scrapes++;
    answer.writeHead(200, { "content-type": "text/plain; version=0.0.4", "content-length": PAGE.length }).end(PAGE);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  try {
    const urls = Array.from({ length: PAGES }, (_, i) => `http://127.0.0.1:${port}/metrics?server=${i}`);
    return await body(urls, () => scrapes);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function measure(arm: (typeof ARMS)[number], forMs: number): Promise<Figures> {
  return withPages((urls, scrapes) =>
    withStub({ ...TINY, tiny: 5 }, async (stub, folder) => {
      const pages = arm === "none" ? [] : urls.map((url, i) => ({ url, name: `page ${i}` }));
      const plan = {
        ...tinyPlan(stub, [{ steady: `${forMs}ms`, at: `${RATE} sessions/s` }]),
        // Evenly spaced requests and scrapes would meet always, or never.
        workload: {
          personas: [{ name: "user", prompts: ["How much may a ship carry?"], turns: 1 }],
          arrivals: { process: "poisson" },
        },
        observe: { discover: false, every: `${EVERY}ms`, prometheus: pages },
      };
      const ended = await runPlimsoll(plan, folder, forMs);
      await stub.stop();
      const lag = "startedAt - scheduledAt";
      const [figures] = await samplesOf(
        ended.folder,
        figuresSchema,
        `count(*)::INT requests, count(*) FILTER (outcome <> 'complete')::INT errors, quantile_disc(${lag}, 0.5) p50, quantile_disc(${lag}, 0.99) p99`,
      );
      if (figures === undefined) throw new Error("no figures");
      mustBe(figures.errors === 0, `${figures.errors} requests failed`);
      const wanted = arm === "none" ? 0 : (PAGES * forMs) / EVERY;
      mustBe(scrapes() >= 0.9 * wanted, `${scrapes()} scrapes of ${Math.round(wanted)}`);
      return { ...figures, scrapes: scrapes(), cpu: ended.cpu, note: ended.note };
    }),
  );
}

await bench(async () => {
  const args = benchArgs({ rounds: 3 });
  console.log(`Start lag at ${RATE}/s with ${PAGES} pages every ${EVERY} ms, and none. ${stubKind()}; ${pinSelf()}.`);
  buildProduct(args.build);
  const forMs = args.quick ? 5_000 : 20_000;
  const results: Record<(typeof ARMS)[number], Figures[]> = { none: [], pages: [] };
  for (let round = 0; round < args.rounds; round++) {
    for (const arm of round % 2 === 0 ? ARMS : ARMS.toReversed()) results[arm].push(await measure(arm, forMs));
  }
  const middle = (arm: (typeof ARMS)[number], pick: (figures: Figures) => number): number =>
    median(results[arm].map(pick));
  printTable(
    ["observed", "scrapes", "start lag p50, ms", "p99", "CPU s", ""],
    ARMS.map((arm) => [
      arm,
      middle(arm, (f) => f.scrapes),
      middle(arm, (f) => f.p50),
      middle(arm, (f) => f.p99),
      middle(arm, (f) => f.cpu),
      results[arm].find((f) => f.note)?.note,
    ]),
  );
  finish("observe", args, results, [
    {
      what: "start lag p99 with pages / without",
      limit: 1.5,
      sense: "at most",
      measured: middle("pages", (f) => f.p99) / middle("none", (f) => f.p99),
    },
  ]);
});
