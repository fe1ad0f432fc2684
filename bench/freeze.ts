import { z } from "zod";
import { benchArgs } from "./lib/args.ts";
import { runAutocannon } from "./lib/autocannon.ts";
import { pinSelf } from "./lib/pin.ts";
import { buildProduct, type PlanText, runPlimsoll, samplesOf, tinyPlan } from "./lib/plimsoll.ts";
import { bench, finish, mustBe } from "./lib/results.ts";
import { median, percentile } from "./lib/rounds.ts";
import { type Stub, type StubShape, stubKind, TINY, withStub } from "./lib/stub.ts";
import { printTable } from "./lib/table.ts";

/** The server freezes for two seconds. What would users have felt, and what does each clock say? */
const RATE = 200;
const FREEZE = 2000;
const SHAPE: StubShape = { ...TINY, tiny: 30, jitter: 10 };
/** A little more than the users that the load needs when nothing freezes (rate times answer time is 7). */
const USERS = 16;

interface Clock {
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
}
interface Look {
  readonly name: string;
  readonly requests: number;
  readonly clock: Clock;
}

const figuresSchema = z.object({
  requests: z.number(),
  errors: z.number(),
  intended: z.array(z.number()),
  sent: z.array(z.number()),
});

/** What users on an even schedule feel: whoever asks while the server is frozen, or would be answered then, waits for its end. */
function ideal(forMs: number, freezeAt: number): Clock {
  const waits: number[] = [];
  for (let at = 0; at < forMs; at += 1000 / RATE) {
    const answer = SHAPE.tiny + SHAPE.jitter / 2;
    const end = freezeAt + FREEZE;
    // Asked before the freeze and due in it: written at its end. Asked in it: read at its end, answered after that.
    const done =
      at >= freezeAt && at < end ? end + answer : at + answer >= freezeAt && at < freezeAt ? end : at + answer;
    waits.push(done - at);
  }
  return clockOf(waits);
}

function clockOf(values: readonly number[]): Clock {
  const sorted = Float64Array.from(values).sort();
  return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95), p99: percentile(sorted, 0.99) };
}

function withFreeze<R>(freezeAt: number, body: (stub: Stub, folder: string) => Promise<R>): Promise<R> {
  return withStub({ ...SHAPE, freeze: { at: freezeAt, for: FREEZE } }, async (stub, folder) => {
    const result = await body(stub, folder);
    const counts = await stub.stop();
    mustBe(counts.frozeToNs - counts.frozeFromNs >= FREEZE, "the stub did not freeze");
    return result;
  });
}

async function plimsoll(
  forMs: number,
  freezeAt: number,
  maxUsers?: number,
): Promise<{ readonly requests: number; readonly intended: Clock; readonly sent: Clock }> {
  return withFreeze(freezeAt, async (stub, folder) => {
    const workload: PlanText = {
      personas: [{ name: "user", prompts: ["How much may a ship carry?"], turns: 1 }],
      arrivals: { process: "constant" },
      ...(maxUsers === undefined ? {} : { maxUsers }),
    };
    const ended = await runPlimsoll(
      { ...tinyPlan(stub, [{ steady: `${forMs}ms`, at: `${RATE} sessions/s` }]), workload },
      folder,
      forMs,
    );
    const [figures] = await samplesOf(
      ended.folder,
      figuresSchema,
      "count(*)::INT requests, count(*) FILTER (outcome <> 'complete')::INT errors, list(endAt - scheduledAt) intended, list(endAt - startedAt) sent",
    );
    if (figures === undefined) throw new Error("no figures");
    mustBe(figures.errors === 0, `${figures.errors} requests failed`);
    mustBe(figures.requests === (RATE * forMs) / 1000, `${figures.requests} requests of ${(RATE * forMs) / 1000}`);
    return { requests: figures.requests, intended: clockOf(figures.intended), sent: clockOf(figures.sent) };
  });
}

await bench(async () => {
  const args = benchArgs({ rounds: 3 });
  console.log(`A server that freezes for ${FREEZE / 1000} s under ${RATE} requests/s. ${stubKind()}; ${pinSelf()}.`);
  buildProduct(args.build);
  const forMs = args.quick ? 10_000 : 20_000;
  const freezeAt = forMs / 2;
  const truth = ideal(forMs, freezeAt);
  const looks: Look[] = [];
  for (let round = 0; round < args.rounds; round++) {
    const free = await plimsoll(forMs, freezeAt);
    looks.push({ name: "plimsoll, response time (intended)", requests: free.requests, clock: free.intended });
    const capped = await plimsoll(forMs, freezeAt, USERS);
    looks.push({
      name: `plimsoll, ${USERS} users at most, response time (intended)`,
      requests: capped.requests,
      clock: capped.intended,
    });
    looks.push({
      name: `plimsoll, ${USERS} users at most, service time (sent)`,
      requests: capped.requests,
      clock: capped.sent,
    });
    const closed = await withFreeze(freezeAt, (stub) => runAutocannon(stub, 8, forMs, "{}"));
    looks.push({
      name: "autocannon, 8 connections in a closed loop (sent)",
      requests: closed["2xx"],
      clock: { p50: closed.latency.p50, p95: undefined, p99: closed.latency.p99 },
    });
  }
  const names = [...new Set(looks.map((look) => look.name))];
  const middle = (name: string, pick: (clock: Clock) => number | undefined): number =>
    median(looks.filter((look) => look.name === name).map((look) => pick(look.clock) ?? Number.NaN));
  printTable(
    ["clock", "requests", "p50, ms", "p95", "p99"],
    [
      ["users on the schedule (computed)", (RATE * forMs) / 1000, truth.p50, truth.p95, truth.p99],
      ...names.map((name) => [
        name,
        looks.find((look) => look.name === name)?.requests,
        middle(name, (c) => c.p50),
        middle(name, (c) => c.p95),
        middle(name, (c) => c.p99),
      ]),
    ],
  );
  const share = middle("plimsoll, response time (intended)", (c) => c.p99) / (truth.p99 ?? Number.NaN);
  finish("freeze", args, { truth, looks }, [
    { what: "response p99 over what users feel", limit: 0.95, sense: "at least", measured: share },
    { what: "response p99 over what users feel", limit: 1.1, sense: "at most", measured: share },
  ]);
});
