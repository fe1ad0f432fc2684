import { describe, expect, it } from "vitest";
import { type Random, randomStream } from "../../base/index.ts";
import { ar1Series, standardNormal } from "../../stats/index.ts";
import { Servers } from "../bottleneck/scene/servers.ts";
import { factsOf } from "../facts/test/facts-of.ts";
import type { Facts } from "../facts/types.ts";
import { warningsRule } from "./rule.ts";
import { SIGNS } from "./signs/table.ts";

const SECONDS = 360;
/** The load is carried until here; what tells of it begins at `SINCE`. */
const FAILS = 300;
const SINCE = 230;
const RATE = 6;

interface Shape {
  readonly seed: number;
  readonly ramp?: boolean;
  /** The sign that grows from `SINCE` on; none in a healthy run. */
  readonly sign?: string;
  readonly fails?: boolean;
}

/** A run under noise that neighbours share, healthy but for the sign that is planted. */
function run({ seed, ramp = false, sign, fails = false }: Shape): Facts {
  const stream = (name: string): Random => randomStream(seed, "warnings", name);
  const noise = (name: string, sd: number, phi = 0.6): Float64Array =>
    ar1Series({ mean: 0, phi, sd: sd * Math.sqrt(1 - phi * phi) }, SECONDS, stream(name));
  /** 0 before, then rising to 1 at the failure. */
  const growth = (name: string, bin: number): number =>
    sign === name && bin >= SINCE ? Math.min(1, (bin - SINCE) / (FAILS - SINCE)) : 0;
  const [middle, high, gap, gapHigh, queued, kv] = [
    noise("p50", 0.08),
    noise("p95", 0.25),
    noise("itl", 0.08),
    noise("itl99", 0.2),
    noise("queue", 1.5),
    noise("kv", 0.04, 0.8),
  ];
  const slowing = slowed(stream("slowing"), sign === "slowing");
  const count = (random: Random, share: number): number =>
    Array.from({ length: RATE }, () => (random.next() < share ? 1 : 0)).reduce<number>((sum, one) => sum + one, 0);
  const [retries, capped] = [stream("retries"), stream("capped")];
  const base = (bin: number): number => 200 * Math.exp((middle[bin] ?? 0) + (slowing[bin] ?? 0));
  return factsOf({
    stages: [
      ramp ? { kind: "ramp", seconds: SECONDS, from: 2, to: 10 } : { kind: "steady", seconds: SECONDS, at: RATE },
    ],
    slo: ["response.p95 < 10s"],
    client: {
      ttftP50: base,
      ttftP95: (bin) => base(bin) * 1.8 * Math.exp((high[bin] ?? 0) + 1.5 * growth("tail", bin)),
      responseP95: (bin) => (fails && bin >= FAILS ? 20_000 : 2000),
      itlP50: (bin) => 20 * Math.exp((gap[bin] ?? 0) + growth("gaps", bin)),
      itlP99: (bin) =>
        60 * Math.exp((gap[bin] ?? 0) + (gapHigh[bin] ?? 0) + growth("gaps", bin) + 1.5 * growth("gap-tail", bin)),
      attempts: () => RATE,
      retries: (bin) => count(retries, 0.01 + 0.4 * growth("retries", bin)),
      capped: (bin) => count(capped, 0.05 + 0.5 * growth("truncation", bin)),
    },
    servers: [
      { concept: "server.queued", values: (bin) => Math.max(0, (queued[bin] ?? 0) + 30 * growth("queue", bin)) },
      {
        concept: "server.kv.used",
        values: (bin) => Math.min(1, 0.6 + (kv[bin] ?? 0) + 0.4 * growth("kv-headroom", bin)),
      },
    ],
  });
}

/** Noise whose memory and spread grow towards the failure, as near a tipping point. */
function slowed(random: Random, isSlowing: boolean): Float64Array {
  const series = new Float64Array(SECONDS);
  let state = 0;
  for (let bin = 0; bin < SECONDS; bin++) {
    const phi = isSlowing ? Math.min(0.97, 0.2 + (0.8 * bin) / FAILS) : 0.2;
    state = phi * state + 0.12 * standardNormal(random);
    series[bin] = state;
  }
  return series;
}

/** Share of seeds in which each sign is seen by `FAILS`, and the leads (s). */
function seen(seeds: number, shape: Omit<Shape, "seed">): Map<string, readonly number[]> {
  const leads = new Map<string, number[]>(SIGNS.map(({ name }) => [name, []]));
  for (let seed = 0; seed < seeds; seed++) {
    const facts = run({ ...shape, seed });
    const servers = new Servers(facts.servers);
    for (const sign of SIGNS) {
      if (shape.sign !== undefined && sign.name !== shape.sign) continue;
      const [first] = sign.look(facts, servers, 0, FAILS).toSorted((a, b) => a.at - b.at);
      if (first !== undefined) leads.get(sign.name)?.push(FAILS - first.at);
    }
  }
  return leads;
}

describe("an early warning", () => {
  it.each([false, true])(
    "is given by chance in no more of the healthy runs than its finding says (ramp: %s)",
    (ramp) => {
      const seeds = 40;
      const leads = seen(seeds, { ramp });
      const beyond = SIGNS.filter(({ name, falseAlarms }) => (leads.get(name)?.length ?? 0) > falseAlarms * seeds);
      expect(beyond.map(({ name }) => `${name}: ${leads.get(name)?.length} of ${seeds}`)).toEqual([]);
    },
  );

  it.each(SIGNS.filter(({ name }) => name !== "slowing").map(({ name }) => name))(
    "by %s comes in at least nine tenths of the runs in which it grows, after it set in and before the failure",
    (name) => {
      const leads = seen(20, { sign: name }).get(name) ?? [];
      expect(leads.length).toBeGreaterThanOrEqual(18);
      expect(leads.filter((lead) => lead >= 5 && lead <= FAILS - SINCE + 5).length).toBeGreaterThanOrEqual(18);
    },
  );

  it("by slowing down comes in at least half of the runs near a tipping point, and never on a ramp", () => {
    expect(seen(20, { sign: "slowing" }).get("slowing")?.length).toBeGreaterThanOrEqual(10);
    expect(seen(10, { sign: "slowing", ramp: true }).get("slowing")).toEqual([]);
  });

  it("is told with its lead time and with how often it errs, only where a failure followed", async () => {
    const { findings } = await warningsRule.look(run({ seed: 1, sign: "queue", fails: true }), undefined);
    const finding = findings.find(({ kind }) => kind === "warning.queue");
    expect(finding).toMatchObject({ component: "llm", severity: "info", to: FAILS * 1000 });
    expect(finding?.title).toMatch(/^\d+s before response.p95 < 10s broke, a queue grew at llm|^1m\d+s before/);
    expect(finding?.evidence.map(({ measure }) => measure)).toContain("false alarms");
    expect((await warningsRule.look(run({ seed: 1, sign: "queue" }), undefined)).findings).toEqual([]);
  });

  it("is told on no ramp, where a sign follows the load, nor for a limit that the load line says to have held", async () => {
    const shape = { seed: 1, sign: "queue", fails: true };
    expect((await warningsRule.look(run({ ...shape, ramp: true }), undefined)).findings).toEqual([]);
    const line = {
      unit: "sessions/s",
      tried: { least: RATE, most: RATE },
      limits: [{ expression: "response.p95 < 10s", samples: 1000, above: RATE }],
    } as const;
    const held = await warningsRule.look(run(shape), { ...line, limits: [...line.limits] });
    expect(held).toEqual({ findings: [], lacks: [] });
  });

  it("is told of no limit that bins of few answers cross by chance, in any of the runs", async () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = randomStream(seed, "crossing");
      const facts = factsOf({
        stages: [{ kind: "steady", seconds: 900, at: RATE }],
        slo: ["response.p95 < 10s"],
        client: {
          responseP95: (bin) =>
            bin >= 300 && bin < 308 ? 12_000 : 10_000 * Math.exp(0.3 * standardNormal(random) - 0.05),
        },
        servers: [{ concept: "server.queued", values: (bin) => bin / 10 }],
      });
      expect(await warningsRule.look(facts, undefined)).toEqual({ findings: [], lacks: [] });
    }
  });

  it("needs a while of the run before the failure", async () => {
    const facts = factsOf({
      stages: [{ kind: "steady", seconds: 100, at: RATE }],
      slo: ["response.p95 < 10s"],
      client: { responseP95: (bin) => (bin > 20 ? 20_000 : 100) },
    });
    expect((await warningsRule.look(facts, undefined)).lacks).toHaveLength(1);
  });
});
