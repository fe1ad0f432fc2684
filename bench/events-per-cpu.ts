import { benchArgs } from "./lib/args.ts";
import { requireProc } from "./lib/cpu.ts";
import { type ClientResult, PACED_CLIENTS, type PacedClient } from "./lib/paced-clients.ts";
import { pinSelf } from "./lib/pin.ts";
import { buildProduct } from "./lib/plimsoll.ts";
import { bench, finish, mustBe, type Target } from "./lib/results.ts";
import { alternate, median } from "./lib/rounds.ts";
import { deliveredShare, LATE_STUB, PACED, type StubShape, stubKind, withStub } from "./lib/stub.ts";
import { printTable } from "./lib/table.ts";

/** How many content events does a client take in a CPU second of its own, with its records written? */
const ONE_EVENT: StubShape = { ...PACED, events: 1 };
/** Client events over plimsoll's own, by number of streams. */
const BOUNDS: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  64: { "undici dispatch": 1.6, fetch: 4, "C epoll": 0.5 },
  512: { "undici dispatch": 1.3, fetch: 2.2, "C epoll": 0.5 },
};

interface Measured extends ClientResult {
  readonly perCpu: number;
  /** Less the CPU of a tiny run of the same tool. */
  readonly perCpuNet: number;
  readonly delivered: number;
  readonly stubLateP99: number;
}

function once(client: PacedClient, shape: StubShape, streams: number, forMs: number) {
  return withStub(shape, async (stub, folder) => {
    const result = await client.run(stub, { streams, forMs, folder });
    const counts = await stub.stop();
    const who = `${client.name} at ${streams} streams`;
    mustBe(result.errors === 0, `${who} counts ${result.errors} errors`);
    mustBe(
      result.requests === counts.requests,
      `${who} counts ${result.requests} requests, the stub ${counts.requests}`,
    );
    mustBe(result.events === counts.events, `${who} counts ${result.events} events, the stub sent ${counts.events}`);
    mustBe(
      result.events === result.requests * shape.events,
      `${who} got ${result.events} events of ${result.requests} streams`,
    );
    return { result, counts };
  });
}

/** A round in which the stub was late is tried again, three times in all: late writes come in bunches, and bunches are cheap to read. */
async function measure(client: PacedClient, streams: number, forMs: number): Promise<Measured> {
  const idle = await once(client, ONE_EVENT, 1, 1000);
  let { result, counts } = await once(client, PACED, streams, forMs);
  for (let again = 0; again < 2 && counts.lateP99 > LATE_STUB; again++)
    ({ result, counts } = await once(client, PACED, streams, forMs));
  return {
    ...result,
    perCpu: result.events / result.cpu,
    perCpuNet: result.events / (result.cpu - idle.result.cpu),
    delivered: deliveredShare(counts, PACED, streams, forMs),
    stubLateP99: counts.lateP99,
  };
}

function remarks(rounds: readonly Measured[]): string {
  const void_ = rounds.filter((m) => m.stubLateP99 > LATE_STUB).length;
  return [
    ...new Set([
      ...(void_ > 0 ? [`VOID: stub late in ${void_} of ${rounds.length} rounds`] : []),
      ...rounds.flatMap((m) => m.note ?? []),
    ]),
  ].join("; ");
}

await bench(async () => {
  const args = benchArgs({ rounds: 3 });
  requireProc();
  console.log(`Events per client CPU second. ${stubKind()}; ${pinSelf()}.`);
  buildProduct(args.build);
  const wanted = PACED_CLIENTS.filter((client) => args.only.length === 0 || args.only.includes(client.name));
  for (const client of wanted)
    if (client.missing !== undefined) console.log(`${client.name}: not run, ${client.missing}`);
  const clients = wanted.filter((client) => client.missing === undefined);
  for (const client of clients) console.log(`${client.name} keeps ${client.keeps}.`);
  const forMs = args.quick ? 6_000 : 30_000;
  const targets: Target[] = [];
  const figures: Record<string, Record<string, Measured[]>> = {};
  for (const streams of [64, 512]) {
    const results = await alternate(args.rounds, clients, (client) => measure(client, streams, forMs));
    const middle = (name: string, pick: (measured: Measured) => number): number =>
      median((results.get(name) ?? []).map(pick));
    const own = { gross: middle("plimsoll", (m) => m.perCpu), net: middle("plimsoll", (m) => m.perCpuNet) };
    console.log(
      `\n${streams} streams of ${PACED.events} events ${PACED.gap} ms apart, closed loop, ${forMs / 1000} s, medians of ${args.rounds}`,
    );
    printTable(
      [
        "client",
        "events/CPU s",
        "plimsoll is x",
        "net of start-up",
        "plimsoll is x",
        "delivered %",
        "stub late p99 ms",
        "",
      ],
      clients.map(({ name }) => [
        name,
        Math.round(middle(name, (m) => m.perCpu)),
        own.gross / middle(name, (m) => m.perCpu),
        Math.round(middle(name, (m) => m.perCpuNet)),
        own.net / middle(name, (m) => m.perCpuNet),
        100 * middle(name, (m) => m.delivered),
        middle(name, (m) => m.stubLateP99),
        remarks(results.get(name) ?? []),
      ]),
    );
    const sound = (name: string, pick: (measured: Measured) => number): number =>
      median((results.get(name) ?? []).filter((m) => m.stubLateP99 <= LATE_STUB).map(pick));
    const why = "not run, or every round void";
    for (const [name, limit] of Object.entries(BOUNDS[streams] ?? {})) {
      const measured = sound("plimsoll", (m) => m.perCpuNet) / sound(name, (m) => m.perCpuNet);
      targets.push({
        what: `events per CPU s over ${name}'s, ${streams} streams, net`,
        limit,
        sense: "at least",
        measured,
        why,
      });
    }
    const delivered = sound("plimsoll", (m) => m.delivered);
    targets.push({
      what: `plimsoll's delivered share, ${streams} streams`,
      limit: 0.98,
      sense: "at least",
      measured: delivered,
      why,
    });
    figures[streams] = Object.fromEntries(results);
  }
  console.log();
  finish("events-per-cpu", args, figures, targets);
});
