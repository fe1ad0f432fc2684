import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asker, closedStage, holdFor, openStage, workloadPlan } from "../../test/helpers/workload-plan.ts";
import type { Persona } from "../plan/index.ts";
import { mean, variance } from "../stats/index.ts";
import { loadWorkload, type SessionScript, type Workload } from "./index.ts";

const stages = [openStage(0, 1000, [holdFor(1, 1000)])];
const session = fc.oneof(fc.nat(10_000), fc.integer({ min: 2 ** 40, max: 2 ** 50 }));

function workloadOf(personas: readonly Persona[], seed = 5): Workload {
  return loadWorkload(workloadPlan({ stages, personas, seed }));
}

const chatty: Persona = {
  ...asker,
  name: "chatty",
  turns: { kind: "geometric", mean: 4 },
  think: { kind: "lognormal", median: 20_000, sigma: 0.8 },
  patience: { kind: "normal", mean: 6000, sd: 3000, min: 1000, max: 20_000 },
  maxTokens: { kind: "uniform", min: 50, max: 500 },
};

function correlation(x: readonly number[], y: readonly number[]): number {
  const [meanX, meanY] = [mean(x), mean(y)];
  const sum = x.reduce((total, value, i) => total + (value - meanX) * ((y[i] ?? Number.NaN) - meanY), 0);
  return sum / (x.length - 1) / Math.sqrt(variance(x) * variance(y));
}

describe("a session", () => {
  it("follows from plan, seed and number alone", () => {
    const [one, other] = [workloadOf([chatty]), workloadOf([chatty])];
    fc.assert(
      fc.property(session, (k) => {
        expect(other.session(k)).toEqual(one.session(k));
      }),
    );
    expect(workloadOf([chatty], 6).session(1)).not.toEqual(one.session(1));
  });

  it("keeps everything else when one thing of its persona changes", () => {
    const strip = (script: SessionScript, field: "think" | "patience" | "maxTokens") => ({
      ...script,
      turns: script.turns.map((turn) => ({ ...turn, [field]: undefined })),
    });
    const before = workloadOf([chatty]);
    const thinking = workloadOf([{ ...chatty, think: { kind: "fixed", value: 1 } }]);
    const patient = workloadOf([{ ...chatty, patience: { kind: "exponential", mean: 100 } }]);
    const brief = workloadOf([{ ...chatty, maxTokens: { kind: "fixed", value: 5 } }]);
    const longer = workloadOf([{ ...chatty, turns: { kind: "fixed", value: 12 } }]);
    fc.assert(
      fc.property(session, (k) => {
        const script = before.session(k);
        expect(strip(thinking.session(k), "think")).toEqual(strip(script, "think"));
        expect(strip(patient.session(k), "patience")).toEqual(strip(script, "patience"));
        expect(strip(brief.session(k), "maxTokens")).toEqual(strip(script, "maxTokens"));
        const shared = Math.min(12, script.turns.length);
        expect(longer.session(k).turns.slice(0, shared)).toEqual(script.turns.slice(0, shared));
      }),
      { numRuns: 50 },
    );
  });

  it("draws each thing independently of the others, and of the turn before", () => {
    const uniform = { kind: "uniform", min: 0, max: 1e6 } as const;
    const workload = workloadOf([
      {
        ...asker,
        prompts: { kind: "inline", prompts: Array.from({ length: 1000 }, (_, i) => String(i)) },
        turns: { kind: "uniform", min: 3, max: 1000 },
        think: uniform,
        patience: uniform,
        maxTokens: uniform,
      },
    ]);
    const n = 2000;
    const columns: number[][] = Array.from({ length: 10 }, () => []);
    for (let k = 0; k < n; k++) {
      const { turns } = workload.session(k);
      const drawn = [1, 2].flatMap((i) => {
        const turn = turns[i];
        return [Number(turn?.prompt), turn?.think, turn?.patience, turn?.maxTokens];
      });
      [turns.length, workload.pauseBefore(k), ...drawn].forEach((value, i) => {
        columns[i]?.push(value ?? Number.NaN);
      });
    }
    for (const [i, x] of columns.entries()) {
      for (const y of columns.slice(i + 1)) {
        // 45 pairs; one in 60,000 for each is a false alarm in a thousand.
        expect(Math.abs(correlation(x, y))).toBeLessThan(4.2 / Math.sqrt(n));
      }
    }
  });

  it("thinks before every question but the first, asks for at least one token, and waits for ever where the plan names no patience", () => {
    const workload = workloadOf([chatty]);
    for (let k = 0; k < 300; k++) {
      workload.session(k).turns.forEach((turn, i) => {
        expect(turn.think > 0).toBe(i > 0);
        expect(turn.patience).toBeGreaterThanOrEqual(1000);
        expect(Number.isInteger(turn.maxTokens)).toBe(true);
        expect(turn.prompt.length).toBeGreaterThan(0);
      });
    }
    const [turn] = workloadOf([asker]).session(0).turns;
    expect(turn).toMatchObject({ patience: Number.POSITIVE_INFINITY, maxTokens: undefined });
  });

  it("belongs to personas by their weights", () => {
    const workload = workloadOf([
      { ...asker, name: "a", weight: 60 },
      { ...asker, name: "b", weight: 30 },
      { ...asker, name: "never", weight: 0 },
      { ...asker, name: "c", weight: 10 },
    ]);
    const counts = [0, 0, 0, 0];
    const n = 20_000;
    for (let k = 0; k < n; k++) {
      const { persona } = workload.session(k);
      counts[persona] = (counts[persona] ?? 0) + 1;
    }
    const expected = [0.6 * n, 0.3 * n, 0, 0.1 * n];
    expect(counts[2]).toBe(0);
    const chiSquare = [0, 1, 3].reduce(
      (sum, i) => sum + ((counts[i] ?? 0) - (expected[i] ?? 0)) ** 2 / (expected[i] ?? 1),
      0,
    );
    // Chi-square of 2 degrees of freedom exceeds 13.8 once in a thousand times.
    expect(chiSquare).toBeLessThan(13.8);
  });

  it("has as many turns as its prompt has questions, in their order, unless the plan says how many", () => {
    const workload = workloadOf([{ ...asker, prompts: { kind: "builtin", set: "faq" } }]);
    const long = workloadOf([
      { ...asker, prompts: { kind: "builtin", set: "faq" }, turns: { kind: "fixed", value: 6 } },
    ]);
    const short = workloadOf([
      { ...asker, prompts: { kind: "builtin", set: "faq" }, turns: { kind: "fixed", value: 1 } },
    ]);
    const lengths = new Set<number>();
    for (let k = 0; k < 200; k++) {
      const { turns } = workload.session(k);
      lengths.add(turns.length);
      if (turns.length > 1) {
        expect(turns.map(({ promptId }) => promptId.split(".")[1])).toEqual(turns.map((_, i) => String(i + 1)));
      }
      const six = long.session(k).turns;
      expect(six.length).toBe(6);
      expect(six.slice(0, turns.length).map(({ prompt }) => prompt)).toEqual(turns.map(({ prompt }) => prompt));
      expect(short.session(k).turns.map(({ prompt }) => prompt)).toEqual([turns[0]?.prompt]);
    }
    expect(lengths).toEqual(new Set([1, 2, 3]));
  });

  it("names the same text by the same id, and different texts by different ids", () => {
    const workload = workloadOf([{ ...asker, turns: { kind: "fixed", value: 5 } }]);
    const texts = new Map<string, string>();
    for (let k = 0; k < 2000; k++) {
      for (const { promptId, prompt } of workload.session(k).turns) {
        expect(texts.get(promptId) ?? prompt).toBe(prompt);
        texts.set(promptId, prompt);
      }
    }
    expect(new Set(texts.values()).size).toBe(texts.size);
  });
});

describe("closed stages", () => {
  it("want the rounded sum of their load, never more than the most, and nothing while an open stage runs", () => {
    const workload = loadWorkload(
      workloadPlan({
        stages: [
          openStage(0, 10_000, [holdFor(5, 10_000)]),
          closedStage(10_000, 10_000, [{ shape: "ramp", curve: "linear", from: 0, to: 20, at: 0, for: 10_000 }]),
          closedStage(20_000, 10_000, [
            holdFor(10, 10_000),
            { shape: "sine", amplitude: 15.2, period: 3000, phase: 0, at: 0, for: 10_000 },
          ]),
        ],
      }),
    );
    expect([5000, 10_000, 12_600, 19_999, 30_000].map((at) => workload.usersAt(at))).toEqual([0, 0, 5, 20, 0]);
    expect(workload.maxClosedUsers).toBe(25);
    let highest = 0;
    for (let at = 0; at < 31_000; at += 7) {
      const users = workload.usersAt(at);
      expect(Number.isInteger(users) && users >= 0).toBe(true);
      highest = Math.max(highest, users);
    }
    expect(highest).toBe(25);
    expect([workload.rateAt(5000), workload.rateAt(15_000), workload.expectedSessions(0, 30_000)]).toEqual([5, 0, 50]);
  });

  it("number their sessions far beyond any open one, exactly", () => {
    const workload = loadWorkload(workloadPlan({ stages: [closedStage(0, 1000, [holdFor(1000, 1000)])] }));
    const last = workload.firstClosedSession + 1e9 * workload.maxClosedUsers + 999;
    expect(Number.isSafeInteger(last)).toBe(true);
    expect(workload.session(last)).not.toEqual(workload.session(last - 1));
  });

  it("let their users think before a session, as the session's persona does", () => {
    const workload = workloadOf([
      { ...asker, name: "fast", think: { kind: "fixed", value: 10 } },
      { ...asker, name: "slow", think: { kind: "fixed", value: 9000 } },
    ]);
    for (let k = 0; k < 200; k++) expect(workload.pauseBefore(k)).toBe(workload.session(k).persona === 0 ? 10 : 9000);
  });
});
