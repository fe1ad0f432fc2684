import { z } from "zod";
import { benchArgs } from "./lib/args.ts";
import { runAutocannon } from "./lib/autocannon.ts";
import { requireProc } from "./lib/cpu.ts";
import { PACED_CLIENTS } from "./lib/paced-clients.ts";
import { pinSelf } from "./lib/pin.ts";
import { buildProduct, runPlimsoll, samplesOf, tinyPlan } from "./lib/plimsoll.ts";
import { bench, finish, mustBe } from "./lib/results.ts";
import { alternate, median } from "./lib/rounds.ts";
import { type Stub, stubKind, TINY, withStub } from "./lib/stub.ts";
import { printTable } from "./lib/table.ts";

/** How many tiny JSON answers does a client take in a CPU second, in a closed loop on one core? */
const CONNECTIONS = 64;
const BODY = JSON.stringify({ question: "How much may a ship carry?" });

interface Counted {
  readonly requests: number;
  readonly cpu: number;
  /** Requests under way that the client itself broke off at the end. */
  readonly brokenOff: number;
  readonly note?: string;
}

interface TinyClient {
  readonly name: string;
  readonly keeps: string;
  readonly missing?: string;
  run(stub: Stub, forMs: number, folder: string): Promise<Counted>;
}

const countsSchema = z.object({ requests: z.number(), errors: z.number() });
const c = PACED_CLIENTS.find((client) => client.name === "C epoll");

const CLIENTS: readonly TinyClient[] = [
  {
    name: "plimsoll",
    keeps: "every answer parsed, a row an attempt in Parquet",
    run: async (stub, forMs, folder) => {
      const ended = await runPlimsoll(
        tinyPlan(stub, [{ steady: `${forMs}ms`, at: `${CONNECTIONS} users` }]),
        folder,
        forMs,
      );
      const [counts] = await samplesOf(
        ended.folder,
        countsSchema,
        "count(*)::INT requests, count(*) FILTER (outcome <> 'complete')::INT errors",
      );
      mustBe(counts?.errors === 0, `plimsoll counts ${counts?.errors} errors`);
      return { requests: counts?.requests ?? 0, cpu: ended.cpu, brokenOff: 0, note: ended.note };
    },
  },
  {
    name: "autocannon",
    keeps: "a latency histogram; answers not parsed, no rows",
    run: async (stub, forMs) => {
      const result = await runAutocannon(stub, CONNECTIONS, forMs, BODY);
      mustBe(
        result.errors + result.non2xx + result.timeouts === 0,
        `autocannon counts ${result.errors} errors, ${result.non2xx} bad answers`,
      );
      return { requests: result["2xx"], cpu: result.cpu, brokenOff: CONNECTIONS };
    },
  },
  {
    name: "C epoll",
    keeps: "nothing: the limit",
    ...(c?.missing === undefined ? {} : { missing: c.missing }),
    run: async (stub, forMs, folder) => {
      const result = await c?.run(stub, { streams: CONNECTIONS, forMs, folder, path: "/tiny" });
      return { requests: result?.requests ?? 0, cpu: result?.cpu ?? Number.NaN, brokenOff: 0 };
    },
  },
];

interface Measured extends Counted {
  readonly perCpu: number;
  readonly perCpuNet: number;
  readonly perSecond: number;
}

function once(client: TinyClient, forMs: number): Promise<Counted> {
  return withStub(TINY, async (stub, folder) => {
    const result = await client.run(stub, forMs, folder);
    const counts = await stub.stop();
    const missing = counts.tiny - result.requests;
    mustBe(
      missing >= 0 && missing <= result.brokenOff,
      `${client.name} counts ${result.requests} answers, the stub gave ${counts.tiny}`,
    );
    return result;
  });
}

await bench(async () => {
  const args = benchArgs({ rounds: 3 });
  requireProc();
  console.log(`Tiny JSON answers, closed loop, ${CONNECTIONS} connections. ${stubKind()}; ${pinSelf()}.`);
  buildProduct(args.build);
  const wanted = CLIENTS.filter((client) => args.only.length === 0 || args.only.includes(client.name));
  for (const client of wanted)
    console.log(
      client.missing === undefined
        ? `${client.name} keeps ${client.keeps}.`
        : `${client.name}: not run, ${client.missing}`,
    );
  const clients = wanted.filter((client) => client.missing === undefined);
  const forMs = args.quick ? 5_000 : 20_000;
  // A second of load stands for start-up; it holds requests too, so both are taken off.
  const results = await alternate(args.rounds, clients, async (client): Promise<Measured> => {
    const short = await once(client, 1000);
    const long = await once(client, forMs);
    return {
      ...long,
      perCpu: long.requests / long.cpu,
      perCpuNet: (long.requests - short.requests) / (long.cpu - short.cpu),
      perSecond: long.requests / (forMs / 1000),
    };
  });
  const middle = (name: string, pick: (measured: Measured) => number): number =>
    median((results.get(name) ?? []).map(pick));
  console.log(`\n${forMs / 1000} s, medians of ${args.rounds}`);
  printTable(
    ["client", "requests/CPU s", "plimsoll is x", "past the first second", "plimsoll is x", "requests/s", ""],
    clients.map(({ name }) => [
      name,
      Math.round(middle(name, (m) => m.perCpu)),
      middle("plimsoll", (m) => m.perCpu) / middle(name, (m) => m.perCpu),
      Math.round(middle(name, (m) => m.perCpuNet)),
      middle("plimsoll", (m) => m.perCpuNet) / middle(name, (m) => m.perCpuNet),
      Math.round(middle(name, (m) => m.perSecond)),
      results.get(name)?.find((m) => m.note)?.note,
    ]),
  );
  const measured = middle("plimsoll", (m) => m.perCpuNet) / middle("autocannon", (m) => m.perCpuNet);
  finish("tiny", args, Object.fromEntries(results), [
    { what: "requests per CPU s over autocannon's", limit: 0.6, sense: "at least", measured },
  ]);
});
