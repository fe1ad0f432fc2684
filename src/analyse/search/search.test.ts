import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OUTCOMES, randomStream } from "../../base/index.ts";
import { resolvePlan } from "../../plan/index.ts";
import type { TallyCell } from "../../record/index.ts";
import { bucketOf } from "../../stats/index.ts";
import { answerOf, nextStep } from "./controller.ts";
import { evidenceOf, type Stretch, wordOf } from "./evidence.ts";
import { pileUp } from "./growth.ts";
import { type SearchLimit, searchLimits } from "./limits.ts";
import { ProbeWatch } from "./sequential.ts";
import type { ProbeSeen, SearchSettings } from "./types.ts";

const plan = (slo: readonly string[]) =>
  resolvePlan({
    target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat", model: "m" },
    workload: { personas: [{ name: "asker", prompts: "faq" }] },
    prices: { input: "$1/M", output: "$1/M" },
    stages: [
      { steady: "60s", at: "2/s" },
      { recovery: "60s", at: "1/s" },
    ],
    slo: [...slo],
  }).plan;

function limitOf(slo: string): SearchLimit {
  const [limit] = searchLimits(plan([slo])).limits;
  if (limit === undefined) throw new Error(`${slo} is no limit`);
  return limit;
}

const P95 = limitOf("response.p95 < 800ms");
const SERVED = 10;
/** Where 5 % of the answers of an M/M/1 queue with 10 services a second take 0.8 s and longer: exp(-(10 - x) 0.8) = 0.05. */
const TRUE_LIMIT = SERVED - Math.log(20) / 0.8;

/** Five minutes of an M/M/1 queue: neighbours share their queue, as in any real server. */
function queue(load: number, seed: number, seconds = 300): readonly Stretch[] {
  const random = randomStream(seed, "queue");
  const exponential = (rate: number): number => -Math.log(1 - random.next()) / rate;
  const stretches = Array.from({ length: 60 }, () => ({ hits: 0, n: 0 }));
  let response = 0;
  for (let at = exponential(load); at < seconds * 1.25; ) {
    const gap = exponential(load);
    response = Math.max(0, response - gap) + exponential(SERVED);
    at += gap;
    const stretch = stretches[Math.floor(((at - seconds / 4) / seconds) * 60)];
    if (stretch === undefined) continue;
    stretch.n++;
    if (response >= 0.8) stretch.hits++;
  }
  return stretches;
}

const settings = (more: Partial<SearchSettings> = {}): SearchSettings => ({
  from: 2,
  least: 0.01,
  most: 1000,
  whole: false,
  within: 0.05,
  probes: 12,
  seed: 1,
  ...more,
});

function search(given: SearchSettings, probe: (load: number, number: number) => ProbeSeen) {
  const seen: ProbeSeen[] = [];
  for (;;) {
    const step = nextStep(given, seen);
    if (step.kind === "end") return { seen, why: step.why, answer: answerOf(given, seen) };
    seen.push(probe(step.load, seen.length));
  }
}

function seenOf(load: number, stretches: readonly Stretch[]): ProbeSeen {
  const limits = [evidenceOf(P95, stretches)];
  return { load, limits, word: wordOf(limits, 2) };
}

/** A target without noise: every answer beyond `limit` is late. */
const cliff = (limit: number) => (load: number) =>
  seenOf(
    load,
    Array.from({ length: 60 }, () => ({ hits: load > limit ? 20 : 0, n: 20 })),
  );

describe("a search", () => {
  it("finds the limit of a noisy queue, within twelve probes, and its interval covers it, over many seeds", () => {
    let [near, covered] = [0, 0];
    const seeds = 8;
    for (let seed = 1; seed <= seeds; seed++) {
      const { seen, answer } = search(settings({ from: 1 + (seed % 4), seed }), (load, number) =>
        seenOf(load, queue(load, seed * 100 + number)),
      );
      expect(seen.length).toBeLessThanOrEqual(12);
      if (answer.kind !== "crossed") continue;
      const { value, low, high } = answer.load;
      if (Math.abs(value / TRUE_LIMIT - 1) < 0.08) near++;
      if (low <= TRUE_LIMIT && TRUE_LIMIT <= high) covered++;
    }
    expect(near).toBeGreaterThanOrEqual(6);
    expect(covered).toBeGreaterThanOrEqual(6);
  });

  it("brackets a cliff wherever it lies, and tries no load outside of what may be tried", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 400, noNaN: true }), (limit) => {
        const { seen, answer } = search(settings({ probes: 14 }), cliff(limit));
        for (const { load } of seen) expect(load).toBeGreaterThanOrEqual(0.01);
        expect(answer.kind).toBe("crossed");
        if (answer.kind === "crossed") expect(Math.abs(answer.load.value / limit - 1)).toBeLessThan(0.15);
      }),
      { numRuns: 5 },
    );
  });

  it("says that a limit lies above the highest load that may be tried, and stops there", () => {
    const { seen, why, answer } = search(settings({ most: 16 }), cliff(100));
    expect([why, answer]).toEqual(["most", { kind: "above", load: 16 }]);
    expect(seen.map(({ load }) => load)).toEqual([2, 4, 8, 16]);
  });

  it("says that the least load is too much already, and stops there", () => {
    const { why, answer } = search(settings({ least: 2 }), cliff(0.1));
    expect([why, answer]).toEqual(["least", { kind: "below", load: 2 }]);
  });

  it("goes up again from a few attempts that all held, though too few to be sure", () => {
    const few = (load: number) =>
      seenOf(
        load,
        Array.from({ length: 60 }, () => ({ hits: load > 3 ? 5 : 0, n: load > 3 ? 5 : 0.5 })),
      );
    const { seen, answer } = search(settings({ from: 8 }), few);
    expect(Math.min(...seen.map(({ load }) => load))).toBe(2);
    expect(answer.kind).toBe("crossed");
  });

  it("claims nothing from a few attempts of which none is late", () => {
    const few = seenOf(
      2,
      Array.from({ length: 20 }, () => ({ hits: 0, n: 1 })),
    );
    expect(few.word).toBe("doubtful");
    expect(answerOf(settings(), [few])).toEqual({ kind: "nothing" });
    expect(answerOf(settings(), [cliff(100)(1), few])).toEqual({ kind: "above", load: 1 });
  });

  it("runs only whole loads where only these can be run", () => {
    const { seen, answer } = search(settings({ whole: true, from: 1, least: 1 }), cliff(11));
    for (const { load } of seen) expect(Number.isInteger(load)).toBe(true);
    expect(answer.kind).toBe("crossed");
  });
});

describe("the evidence of a probe", () => {
  it("errs for noisy targets as seldom as it says, on both sides of the limit", () => {
    const wrong = (load: number, word: string): number =>
      Array.from({ length: 60 }, (_, i) => seenOf(load, queue(load, 9000 + i)).word).filter((said) => said === word)
        .length;
    expect(wrong(TRUE_LIMIT * 0.85, "breaks")).toBeLessThanOrEqual(4);
    expect(wrong(TRUE_LIMIT * 1.15, "holds")).toBeLessThanOrEqual(4);
    expect(wrong(TRUE_LIMIT * 0.6, "holds")).toBeGreaterThanOrEqual(55);
    expect(wrong(TRUE_LIMIT * 1.4, "breaks")).toBeGreaterThanOrEqual(55);
  });

  it("does not take a few attempts without an error for a proof that fewer than 1 % fail", () => {
    const errors = limitOf("errors.rate < 1%");
    const none = (n: number) =>
      wordOf(
        [
          evidenceOf(
            errors,
            Array.from({ length: 20 }, () => ({ hits: 0, n: n / 20 })),
          ),
        ],
        2,
      );
    expect(none(100)).toBe("doubtful");
    expect(none(1000)).toBe("holds");
  });

  it("says nothing where nothing was measured", () => {
    expect(evidenceOf(P95, [])).toBeUndefined();
    expect(wordOf([undefined], 2)).toBe("doubtful");
  });

  it("takes less for worse where the limit is a least share", () => {
    const complete = limitOf("outcomes.complete.rate > 90%");
    const of = (hits: number) =>
      evidenceOf(
        complete,
        Array.from({ length: 30 }, () => ({ hits, n: 20 })),
      );
    expect(of(20)?.margin).toBeLessThan(0);
    expect(of(10)?.margin).toBeGreaterThan(0);
  });
});

describe("a probe under way", () => {
  /** Ten minutes of 20 answers a second, each of `ms`; why the probe ended, and after how many seconds. */
  const watched = (measures: boolean, ms: number, inFlight: (second: number) => number) => {
    const watch = new ProbeWatch({
      limits: [P95],
      personas: ["asker"],
      stage: 0,
      from: 0,
      least: 150_000,
      most: 600_000,
      open: true,
      measures,
    });
    const cell: TallyCell = {
      stage: 0,
      persona: 0,
      sessions: 20,
      outcomes: OUTCOMES.map(({ name }) => (name === "complete" ? 20 : 0)),
      good: 20,
      tokens: { input: 0, cached: 0, output: 0, reasoning: 0 },
      cost: 0,
      metrics: { response: { buckets: Int32Array.of(bucketOf(ms)), counts: Int32Array.of(20) } },
    };
    for (let second = 1; second <= 600; second++) {
      watch.add({ cells: [cell], warnings: [], backlog: 0 });
      if (watch.enough(second * 1000, inFlight(second)) !== undefined) return { second, clear: watch.clear };
    }
    return { second: 600, clear: watch.clear };
  };

  it("ends early where it is clear, but goes on where it measures near the limit", () => {
    expect(watched(false, 100, () => 2)).toEqual({ second: 150, clear: { word: "holds", saturated: false } });
    expect(watched(false, 2000, () => 40)).toEqual({ second: 150, clear: { word: "breaks", saturated: false } });
    expect(watched(true, 100, () => 2)).toEqual({ second: 600, clear: undefined });
  });

  it("ends early under a queue without end, even where it measures", () => {
    const { second, clear } = watched(true, 2000, (at) => 5 * at);
    expect(second).toBeLessThan(300);
    expect(clear).toEqual({ word: "breaks", saturated: true });
  });
});

describe("requests that pile up", () => {
  const looks = (growth: number, seed: number) => {
    const random = randomStream(seed, "growth");
    let level = 20;
    return Array.from({ length: 120 }, (_, i) => {
      level = 20 + 0.8 * (level - 20) + 4 * (random.next() - 0.5);
      return { at: i * 1000, inFlight: level + growth * i };
    });
  };

  it("are seen when they grow without end, and not in a queue that only moves, over many seeds", () => {
    const alarms = (growth: number): number =>
      Array.from({ length: 100 }, (_, seed) => pileUp(looks(growth, seed), 600)).filter((share) => share > 0).length;
    expect(alarms(0)).toBeLessThanOrEqual(2);
    expect(alarms(1)).toBe(100);
  });

  it("are not seen in a handful of requests, however they lie in time", () => {
    const few = Array.from({ length: 60 }, (_, i) => ({ at: i * 1000, inFlight: i > 40 ? 3 : i > 20 ? 1 : 0 }));
    expect(pileUp(few, 40)).toBe(0);
  });
});

describe("the limits of a search", () => {
  it("are those that a load can break; the others are told with the reason", () => {
    const { limits, leftOut } = searchLimits(
      plan([
        "ttft.p95 < 1s",
        "rates.goodput > 1/s",
        "cost.total < $5",
        "ttft{stage=recovery}.p50 < 1s",
        "errors.rate < 1%",
      ]),
    );
    expect(limits.map(({ threshold }) => threshold.expression)).toEqual(["ttft.p95 < 1s", "errors.rate < 1%"]);
    expect(leftOut.map(({ why }) => why)).toEqual([
      expect.stringContaining("follows the load"),
      expect.stringContaining("length of a run"),
      expect.stringContaining("recovery stage"),
    ]);
  });
});
