import { describe, expect, it } from "vitest";
import { randomStream } from "../../base/index.ts";
import { standardNormal } from "../../stats/index.ts";
import { factsOf } from "../facts/test/facts-of.ts";
import type { Facts } from "../facts/types.ts";
import type { Finding } from "../verdict/schema.ts";
import { recoveryRule } from "./rule.ts";

const STAGES = [
  { kind: "baseline", seconds: 90, at: 4 },
  { kind: "spike", seconds: 40, at: 20 },
  { kind: "recovery", seconds: 200, at: 4 },
];
/** End of the spike, s. */
const GONE = 130;

interface Shape {
  readonly seed: number;
  /** Times the usual latency, at a second of the run. */
  readonly slow: (second: number) => number;
  /** Share of the attempts that fail. */
  readonly failing?: (second: number) => number;
  readonly open?: (second: number) => number;
  /** Times the usual, of the slow first tokens alone. */
  readonly tail?: (second: number) => number;
  readonly slo?: readonly string[];
}

function run({ seed, slow, failing = () => 0, open = () => 8, tail = () => 1, slo = [] }: Shape): Facts {
  const random = randomStream(seed, "recovery");
  const noisy = (level: number, spread: number): number => level * Math.exp(spread * standardNormal(random));
  return factsOf({
    stages: STAGES,
    slo,
    client: {
      ttftP50: (second) => noisy(200 * slow(second), 0.2),
      ttftP95: (second) => noisy(400 * slow(second) * tail(second), 0.4),
      responseP50: (second) => noisy(1500 * slow(second), 0.2),
    },
    load: {
      errors: (second, asked) => failing(second) * asked,
      inFlight: (second) => Math.max(0, open(second) + 2 * standardNormal(random)),
    },
  });
}

async function lookAt(facts: Facts): Promise<Finding> {
  const { findings } = await recoveryRule.look(facts, undefined);
  const [finding] = findings;
  if (finding === undefined) throw new Error("the rule found nothing");
  return finding;
}

const seeds = Array.from({ length: 40 }, (_, seed) => seed);
const during = (second: number, back: number): boolean => second >= 95 && second < back;

describe("after a peak", () => {
  it("a system that stays as it was is told so, in at least 95 % of the runs", async () => {
    const kinds = await Promise.all(seeds.map(async (seed) => (await lookAt(run({ seed, slow: () => 1 }))).kind));
    expect(kinds.filter((kind) => kind === "recovery.unaffected").length).toBeGreaterThanOrEqual(38);
  });

  it("the time back to the baseline is measured within ten seconds, for a return at once and a late one", async () => {
    for (const late of [0, 30, 90]) {
      const back = GONE + late;
      const errors = await Promise.all(
        seeds.map(async (seed) => {
          const found = await lookAt(run({ seed, slow: (second) => (during(second, back) ? 6 : 1) }));
          return Math.abs(found.to / 1000 - back);
        }),
      );
      expect(errors.filter((error) => error <= 10).length).toBeGreaterThanOrEqual(36);
    }
  });

  it("a latency that comes below a limit and not down to its baseline has not come back", async () => {
    const found = await lookAt(run({ seed: 1, slow: (second) => (during(second, GONE) ? 8 : second < 95 ? 1 : 2.5) }));
    expect(found.kind).toBe("recovery.metastable");
    expect(found.severity).toBe("high");
  });

  it("a state that stays bad is called lasting in at least 95 % of the runs, with the errors and the backlog", async () => {
    const found = await Promise.all(
      seeds.map((seed) =>
        lookAt(
          run({
            seed,
            slow: (second) => (second >= 95 ? 20 : 1),
            failing: (second) => (second >= 110 ? 0.8 : 0),
            open: (second) => (second >= 95 ? 90 : 8),
          }),
        ),
      ),
    );
    expect(found.filter(({ kind }) => kind === "recovery.metastable").length).toBeGreaterThanOrEqual(38);
    expect(found[0]?.evidence.map(({ words }) => words)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/attempts failed in that time/),
        "the backlog was not drained when the run ended",
      ]),
    );
  });

  it("a backlog that still drains at the end is unfinished, not lasting", async () => {
    const found = await lookAt(
      run({ seed: 2, slow: (second) => (second < 95 ? 1 : Math.max(3, 40 - (second - 95) * 0.15)) }),
    );
    expect(found.kind).toBe("recovery.unfinished");
    expect(found.title).toMatch(/though they improve/);
  });

  it("what rises later and breaks no limit is no state that lasts, in any of the runs", async () => {
    const cold = (second: number): number => (second >= GONE + 40 ? 3 : 1);
    const back = (second: number): number => (during(second, GONE) ? 6 : 1);
    for (const slo of [["ttft.p95 < 5s"], []]) {
      const found = await Promise.all(seeds.map((seed) => lookAt(run({ seed, slow: back, tail: cold, slo }))));
      expect(found.filter(({ kind, severity }) => kind !== "recovery.back" || severity === "high")).toEqual([]);
      expect(found.every(({ severity }) => severity === "low" || severity === "info")).toBe(true);
    }
  });

  it("a limit of the plan decides whether what stays worse than before is a failure", async () => {
    const slow = (second: number): number => (second >= 95 ? 4 : 1);
    const of = (limit: string) => lookAt(run({ seed: 3, slow, slo: [`response.p50 < ${limit}`] }));
    expect(await of("3s")).toMatchObject({ kind: "recovery.metastable", severity: "high" });
    expect(await of("30s")).toMatchObject({ kind: "recovery.back", severity: "low" });
  });

  it("failures of a moment are counted the same in every line", async () => {
    const failing = (second: number): number => (second >= 110 && second < 115 ? 0.9 : 0);
    const { evidence } = await lookAt(run({ seed: 4, slow: () => 1, failing }));
    const errors = evidence.filter(({ measure }) => measure.startsWith("errors"));
    expect(errors.map(({ speaks }) => speaks)).toEqual(["for", "for"]);
    expect(errors[0]?.words).toMatch(/in 1 of \d+ windows/);
  });

  it("without a baseline it says what it needs, and without a peak it says nothing", async () => {
    const short = factsOf({
      stages: [{ kind: "steady", seconds: 6, at: 4 }, ...STAGES.slice(1)],
      client: { ttftP50: 200 },
    });
    expect((await recoveryRule.look(short, undefined)).lacks).toHaveLength(1);
    const flat = factsOf({ stages: [{ kind: "steady", seconds: 300, at: 4 }], client: { ttftP50: 200 } });
    expect(await recoveryRule.look(flat, undefined)).toEqual({ findings: [], lacks: [] });
  });
});
