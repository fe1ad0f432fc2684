import { describe, expect, it } from "vitest";
import type { ConceptName } from "../../base/index.ts";
import { randomStream } from "../../base/index.ts";
import { ar1Series } from "../../stats/index.ts";
import { factsOf } from "../facts/test/facts-of.ts";
import type { Facts } from "../facts/types.ts";
import type { Finding } from "../verdict/schema.ts";
import { soakRule } from "./rule.ts";

const SECONDS = 1800;
const GiB = 2 ** 30;

interface Shape {
  readonly seed: number;
  readonly concept?: ConceptName;
  /** The level at a share of the soak's time, without noise. */
  readonly level: (share: number) => number;
  /** Standard deviation of the noise, and how much of it neighbours share. */
  readonly noise: number;
  readonly phi?: number;
  readonly more?: NonNullable<Parameters<typeof factsOf>[0]["servers"]>;
}

function soak({ seed, concept = "process.memory", level, noise, phi = 0.8, more = [] }: Shape): Facts {
  const series = ar1Series({ mean: 0, phi, sd: noise * Math.sqrt(1 - phi * phi) }, SECONDS, randomStream(seed, "soak"));
  return factsOf({
    stages: [{ kind: "soak", seconds: SECONDS, at: 4 }],
    servers: [{ concept, values: (bin) => level(bin / SECONDS) + (series[bin] ?? 0) }, ...more],
  });
}

async function lookAt(facts: Facts): Promise<readonly Finding[]> {
  return (await soakRule.look(facts, undefined)).findings;
}

async function share(count: number, make: (seed: number) => Facts): Promise<number> {
  let found = 0;
  for (let seed = 0; seed < count; seed++) if ((await lookAt(make(seed))).length > 0) found++;
  return found / count;
}

describe("a soak", () => {
  it("finds a leak in at least 95 % of the runs, under noise that lasts for seconds", async () => {
    // 3 % in half an hour, in noise of 1 %.
    const rate = await share(40, (seed) => soak({ seed, level: (t) => GiB * (1 + 0.03 * t), noise: 0.01 * GiB }));
    expect(rate).toBeGreaterThanOrEqual(0.95);
  });

  it("calls a growth in at most 5 % of the runs in which there is none, however much neighbours resemble each other", async () => {
    for (const phi of [0, 0.8, 0.97]) {
      expect(await share(40, (seed) => soak({ seed, level: () => GiB, noise: 0.02 * GiB, phi }))).toBeLessThanOrEqual(
        0.05,
      );
    }
  });

  it("takes a cache that fills up to its size for a leak in at most 5 % of the runs", async () => {
    for (const speed of [3, 6, 12]) {
      const rate = await share(40, (seed) =>
        soak({ seed, level: (t) => GiB * (1 + 0.5 * (1 - Math.exp(-speed * t))), noise: 0.01 * GiB }),
      );
      expect(rate).toBeLessThanOrEqual(0.05);
    }
  });

  it("tells when the limit is reached, and an interval that holds it", async () => {
    let held = 0;
    for (let seed = 0; seed < 20; seed++) {
      // 1000 files now, 20 more a minute: 4096 are reached 2h35m after the start, 2h05m after the end.
      const facts = soak({
        seed,
        concept: "process.files",
        level: (t) => 1000 + 600 * t,
        noise: 20,
        more: [{ concept: "process.files.limit", values: 4096 }],
      });
      const [finding] = await lookAt(facts);
      expect(finding?.severity).toBe("high");
      const left = finding?.evidence.find(({ measure }) => measure === "time to the limit");
      expect((left?.after ?? 0) / 3_600_000).toBeCloseTo(2.08, 0);
      const [, low = "", high = ""] = /\((.*) to (.*)\)/.exec(left?.words ?? "") ?? [];
      if (hours(low) <= 2.09 && hours(high) >= 2.07) held++;
    }
    expect(held).toBeGreaterThanOrEqual(16);
  });

  it("does not take KV memory that more running requests explain for a leak, and does where as many run", async () => {
    const running = (level: (t: number) => number) =>
      [{ concept: "server.running", values: (bin: number) => level(bin / SECONDS) + (bin % 3) }] as const;
    const kv = (more: NonNullable<Shape["more"]>) =>
      soak({ seed: 1, concept: "server.kv.used", level: (t) => 0.3 + 0.3 * t, noise: 0.02, more });
    expect(await lookAt(kv(running((t) => 30 + 30 * t)))).toEqual([]);
    const [finding] = await lookAt(kv(running(() => 30)));
    expect(finding).toMatchObject({ kind: "soak.kv", component: "llm", severity: "high" });
  });

  it("says that the limit was reached when it was", async () => {
    const [finding] = await lookAt(
      soak({ seed: 2, concept: "server.kv.used", level: (t) => Math.min(1, 0.2 + t), noise: 0.01 }),
    );
    expect(finding?.title).toMatch(/^KV memory of llm grows although the load does not, and reached its limit after/);
  });

  it("looks for no trend on a ramp, and asks for a longer soak where it is too short", async () => {
    const values = (bin: number): number => GiB * (1 + bin / 1000);
    const ramp = factsOf({
      stages: [{ kind: "ramp", seconds: 600, from: 1, to: 9 }],
      servers: [{ concept: "process.memory", values }],
    });
    expect(await soakRule.look(ramp, undefined)).toEqual({ findings: [], lacks: [] });
    const short = factsOf({
      stages: [{ kind: "soak", seconds: 60, at: 4 }],
      servers: [{ concept: "process.memory", values }],
    });
    expect((await soakRule.look(short, undefined)).lacks).toHaveLength(1);
  });
});

it("calls nothing a leak that only fills, as long as sessions last", async () => {
  // 4 sessions a second that last a minute: the batch fills over minutes, and with it the memory.
  const stages = [{ kind: "soak", seconds: 200, at: 4 }];
  const filling = (bin: number): number => 0.6 * (1 - Math.exp(-bin / 60));
  const facts = factsOf({
    stages,
    query: () => Promise.resolve([[60_000]]),
    servers: [{ concept: "server.kv.used", values: (bin) => filling(bin) + 0.01 * (bin % 3) }],
  });
  const { findings, lacks } = await soakRule.look(facts, undefined);
  expect(findings).toEqual([]);
  expect(lacks[0]?.needs).toMatch(/at least 13m/);
});

it("does not take KV memory for a leak where each request at work has more in it", async () => {
  const facts = factsOf({
    stages: [{ kind: "soak", seconds: SECONDS, at: 4 }],
    client: { inputTokens: (bin) => 500 + bin / 2 },
    servers: [
      { concept: "server.kv.used", values: (bin) => (0.3 * (500 + bin / 2)) / 1000 + 0.01 * (bin % 3) },
      { concept: "server.running", values: 30 },
    ],
  });
  expect(await lookAt(facts)).toEqual([]);
});

it("takes back what a later stretch of the same load contradicts, and joins stages that ask for the same", async () => {
  const stage = (kind: string, at: number) => ({ kind, name: `${kind}-${at}`, seconds: 600, at });
  const run = (level: (bin: number) => number, stages: readonly ReturnType<typeof stage>[]) =>
    factsOf({
      stages,
      servers: [{ concept: "process.memory", values: (bin) => GiB * level(bin) * (1 + 0.001 * (bin % 5)) }],
    });
  const apart = [stage("steady", 4), stage("spike", 8), stage("recovery", 4)];
  const rises = (bin: number): number => 1 + bin / 6000;
  expect(await lookAt(run((bin) => rises(bin < 600 ? bin : 0), apart))).toEqual([]);
  expect(await lookAt(run(rises, apart))).not.toEqual([]);
  const joined = await lookAt(run(rises, [stage("steady", 4), stage("soak", 4)]));
  expect(joined.map(({ id }) => id)).toEqual(["soak.memory:llm:process.memory:steady-4+soak-4"]);
});

function hours(text: string): number {
  const [, h = "0"] = /(\d+)h/.exec(text) ?? [];
  const [, m = "0"] = /(\d+)m/.exec(text) ?? [];
  return Number(h) + Number(m) / 60;
}
