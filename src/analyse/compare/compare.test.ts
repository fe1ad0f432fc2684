import { describe, expect, it } from "vitest";
import { type Random, randomStream } from "../../base/index.ts";
import { type RunManifest, runManifestSchema } from "../../record/index.ts";
import { standardNormal } from "../../stats/index.ts";
import { type Blocked, ofBins } from "./blocks.ts";
import { changeFromHistory, changeOf, holm, superiority, testOf } from "./change.ts";
import { planDifferences } from "./plan-diff.ts";
import { wordOfChange } from "./words.ts";

const BLOCKS = 24;

/** A stage of latencies: what all of one block share, and what each attempt has of its own; all of a run `times` as long. */
function stage(random: Random, times: number): Blocked {
  const rows: number[][] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const shared = 0.05 * standardNormal(random);
    for (let i = 0; i < 80; i++) {
      const value = Math.log(200 * times) + shared + 0.4 * standardNormal(random);
      rows.push([block, Math.floor(value / 0.002), 1]);
    }
  }
  return ofBins(
    rows.sort((a, b) => (a[1] ?? 0) - (b[1] ?? 0)),
    0.5,
    BLOCKS,
  );
}

function ps(times: number, seeds: number): number[] {
  return Array.from({ length: seeds }, (_, seed) => {
    const random = randomStream(seed, "compare-test", Math.round(times * 100));
    const change = changeOf(stage(random, 1), stage(random, times), false, random);
    return change === undefined ? 1 : testOf(change).p;
  });
}

describe("the change of a latency between two runs", () => {
  it("is called one where there is none in about 5 % of the seeds, though attempts of one time are alike", () => {
    const alarms = ps(1, 80).filter((p) => p < 0.05).length;
    expect(alarms).toBeLessThanOrEqual(9);
  });

  it("is found in nine of ten seeds where it is 10 %", () => {
    const found = ps(1.1, 40).filter((p) => p < 0.05).length;
    expect(found).toBeGreaterThanOrEqual(36);
  });

  it("is measured with an interval that holds the truth", () => {
    let held = 0;
    for (let seed = 0; seed < 60; seed++) {
      const random = randomStream(seed, "interval");
      const change = changeOf(stage(random, 1), stage(random, 1.2), false, random);
      const test = change && testOf(change);
      if (test !== undefined && test.low <= Math.log(1.2) && Math.log(1.2) <= test.high) held++;
    }
    expect(held).toBeGreaterThanOrEqual(52);
  });

  it("falls out where both runs saw the same at the same time, however much that moved", () => {
    const same = stage(randomStream(1, "same"), 1);
    const change = changeOf(same, same, false, randomStream(2, "same"));
    expect(change).toMatchObject({ value: 0, error: 0 });
    expect(change && testOf(change).p).toBe(1);
  });
});

describe("a history", () => {
  const paired = { value: 0.2, error: 0.01, freedom: 23, noise: "within" as const };

  it("widens the error where its runs differ more than their own blocks say", () => {
    const noisy = changeFromHistory([0, 0.3, -0.3, 0.1], 0.2, paired);
    expect(noisy.noise).toBe("between");
    expect(noisy.freedom).toBe(3);
    expect(testOf(noisy).p).toBeGreaterThan(0.3);
  });

  it("keeps the blocks' error where its runs are alike", () => {
    const calm = changeFromHistory([0, 0.001, -0.001], 0.2, paired);
    expect(calm.noise).toBe("within");
    expect(testOf(calm).p).toBeLessThan(1e-6);
  });

  it("is wrong on a new run of the same in about 5 % of the seeds, where runs differ by themselves", () => {
    let alarms = 0;
    for (let seed = 0; seed < 200; seed++) {
      const random = randomStream(seed, "history");
      const draw = (): number => 0.05 * standardNormal(random);
      const change = changeFromHistory([draw(), draw(), draw(), draw()], draw(), { ...paired, error: 0.02 });
      if (testOf(change).p < 0.05) alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(24);
  });
});

describe("many figures", () => {
  it("are judged together: R's p.adjust(c(0.01, 0.04, 0.03), 'holm')", () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
  });

  it("count pairs of blocks in which the later run has more, ties half", () => {
    expect(superiority([1, 2], [2, 3])).toBe(0.875);
    expect(superiority([Number.NaN], [1])).toBeUndefined();
  });
});

describe("the word of a figure", () => {
  const word = (low: number, high: number, worseIs: "more" | "less" | "either", isSure = true) =>
    wordOfChange({ value: (low + high) / 2, low, high }, 0.05, isSure, worseIs);

  it("calls answers of another length worse, longer or shorter: shorter ones are faster because users get less", () => {
    expect(word(-0.15, -0.06, "either")).toBe("worse");
    expect(word(0.06, 0.15, "either")).toBe("worse");
    expect(word(-0.04, 0.03, "either")).toBe("same");
  });

  it("is none where a change is neither beyond doubt nor surely small", () => {
    expect(word(-0.01, 0.15, "more", false)).toBe("cannot-tell");
    expect(word(0.06, 0.15, "more")).toBe("worse");
    expect(word(0.06, 0.15, "less")).toBe("better");
  });
});

describe("two plans", () => {
  const manifest = (over: Readonly<Record<string, unknown>> = {}): RunManifest =>
    runManifestSchema.parse({
      name: "desk",
      seed: 1,
      target: { url: "http://127.0.0.1:1/v1", protocol: "openai-chat", timeouts: { total: 1000 } },
      workload: { personas: [{ name: "asker", prompts: { kind: "file", file: "/home/a/faq.jsonl" } }] },
      stages: [{ name: "steady", kind: "steady", from: 0, duration: 60_000, unit: "sessions/s" }],
      slo: [],
      run: {
        schema: "plimsoll/run/1",
        id: "a",
        plimsoll: "0.1.0",
        startedAt: "2026-01-02T03:04:05.000Z",
        hash: "0",
        asked: [60],
      },
      ...over,
    });

  it("that ask the same do not differ, wherever their files lie", () => {
    const elsewhere = { personas: [{ name: "asker", prompts: { kind: "file", file: "/home/b/faq.jsonl" } }] };
    expect(planDifferences(manifest(), manifest({ workload: elsewhere, name: "other" }))).toEqual([]);
  });

  it("differ in what matters where their load does, told with both values; the target's address does not matter", () => {
    const stages = [{ name: "steady", kind: "steady", from: 0, duration: 30_000, unit: "sessions/s" }];
    const target = { url: "http://127.0.0.1:2/v1", protocol: "openai-chat", timeouts: { total: 1000 } };
    expect(planDifferences(manifest(), manifest({ stages, target }))).toEqual([
      { path: "stages[0].duration", before: "60000", after: "30000", matters: true },
      { path: "target.url", before: '"http://127.0.0.1:1/v1"', after: '"http://127.0.0.1:2/v1"', matters: false },
    ]);
  });
});
