import { benchArgs } from "./lib/args.ts";
import { readJournal } from "./lib/journal.ts";
import { PACED_CLIENTS, type PacedClient, stampsFile } from "./lib/paced-clients.ts";
import { pinSelf } from "./lib/pin.ts";
import { buildProduct } from "./lib/plimsoll.ts";
import { bench, finish, mustBe, type Target } from "./lib/results.ts";
import { alternate, median, percentile } from "./lib/rounds.ts";
import { seenInFolder, seenInJournal, stampErrors } from "./lib/stamp-errors.ts";
import { LATE_STUB, type StubShape, streamLength, stubKind, withStub } from "./lib/stub.ts";
import { printTable } from "./lib/table.ts";

/** How wrong are a client's times, against a server that logs when it wrote? */
const SHAPE: StubShape = { events: 40, gap: 50, first: 50, jitter: 10, tiny: 0 };

interface Point {
  readonly name: string;
  readonly streams: number;
  /** Closed loop: streams of equal length fall into step, and all ask within 10 ms of each other. */
  readonly inStep: boolean;
}
const POINTS: readonly Point[] = [
  ...[1, 10, 100, 1000].map((streams) => ({ name: String(streams), streams, inStep: false })),
  { name: "1000 in step", streams: 1000, inStep: true },
];

interface Errors {
  readonly streams: number;
  readonly ttftP50: number | undefined;
  readonly ttftP99: number | undefined;
  readonly gapP50: number | undefined;
  readonly gapP99: number | undefined;
  readonly medianGap: number;
  readonly stubLateP99: number;
  readonly note: string;
}

function measure(client: PacedClient, point: Point, forMs: number): Promise<Errors> {
  return withStub({ ...SHAPE, logged: true }, async (stub, folder) => {
    const rate = point.streams / (streamLength(SHAPE) / 1000);
    const load = {
      streams: point.streams,
      forMs,
      folder,
      stamps: true,
      ...(point.inStep ? {} : { rate: Number(rate.toFixed(3)) }),
    };
    const result = await client.run(stub, load);
    const counts = await stub.stop();
    mustBe(
      result.errors === 0 && result.requests === counts.requests,
      `${client.name}: ${result.errors} errors, ${result.requests} requests of the stub's ${counts.requests}`,
    );
    const sent = readJournal(stub.log);
    const seen =
      result.runFolder === undefined
        ? seenInJournal(readJournal(stampsFile(load)), SHAPE.events)
        : await seenInFolder(result.runFolder, sent);
    // Before that, fewer than the wanted number of streams is open.
    const errors = stampErrors(sent, seen, counts.firstRequestNs + streamLength(SHAPE), SHAPE.events);
    return {
      streams: errors.ttft.length,
      ttftP50: percentile(errors.ttft, 0.5),
      ttftP99: percentile(errors.ttft, 0.99),
      gapP50: percentile(errors.gaps, 0.5),
      gapP99: percentile(errors.gaps, 0.99),
      medianGap: errors.medianGap,
      stubLateP99: counts.lateP99,
      note: result.note ?? "",
    };
  });
}

await bench(async () => {
  const args = benchArgs({ rounds: 3 });
  console.log(
    `Error of stamps, ms: streams of ${SHAPE.events} events ${SHAPE.gap} ms apart. ${stubKind()}; ${pinSelf()}.`,
  );
  buildProduct(args.build);
  const clients = PACED_CLIENTS.filter(
    (client) => client.missing === undefined && (args.only.length === 0 || args.only.includes(client.name)),
  );
  const forMs = args.quick ? 8_000 : 30_000;
  const targets: Target[] = [];
  const figures: Record<string, Record<string, Errors[]>> = {};
  const rows = [];
  for (const point of POINTS) {
    const results = await alternate(args.rounds, clients, (client) => measure(client, point, forMs));
    figures[point.name] = Object.fromEntries(results);
    for (const { name } of clients) {
      const rounds = results.get(name) ?? [];
      const middle = (pick: (errors: Errors) => number | undefined): number | undefined => {
        const values = rounds.map(pick).filter((value) => value !== undefined);
        return values.length > 0 ? median(values) : undefined;
      };
      const late = rounds.filter((errors) => errors.stubLateP99 > LATE_STUB).length;
      const remarks = new Set([
        ...rounds.map((errors) => errors.note),
        late > 0 ? `stub late in ${late} of ${rounds.length}` : "",
      ]);
      const figure = {
        ttftP50: middle((e) => e.ttftP50),
        ttftP99: middle((e) => e.ttftP99),
        gapP50: middle((e) => e.gapP50),
        gapP99: middle((e) => e.gapP99),
      };
      rows.push([
        point.name,
        name,
        middle((e) => e.streams),
        figure.ttftP50,
        figure.ttftP99,
        figure.gapP50,
        figure.gapP99,
        middle((e) => e.medianGap),
        [...remarks].filter((text) => text !== "").join("; "),
      ]);
      if (name !== "plimsoll" || point.streams !== 1000 || point.inStep) continue;
      targets.push(
        { what: "TTFT error p50 at 1,000 streams, ms", limit: 0.2, sense: "at most", measured: figure.ttftP50 },
        { what: "TTFT error p99 at 1,000 streams, ms", limit: 2, sense: "at most", measured: figure.ttftP99 },
        { what: "gap error p50 at 1,000 streams, ms", limit: 0.2, sense: "at most", measured: figure.gapP50 },
        { what: "gap error p99 at 1,000 streams, ms", limit: 2, sense: "at most", measured: figure.gapP99 },
      );
    }
  }
  printTable(
    [
      "open streams",
      "client",
      "streams",
      "TTFT p50",
      "TTFT p99",
      "gap p50",
      "gap p99",
      `median gap (true ${SHAPE.gap})`,
      "",
    ],
    rows,
  );
  finish("stamps", args, figures, targets);
});
