import { describe, expect, it } from "vitest";
import {
  type Finding,
  type Group,
  type MetricSummary,
  type Summary,
  summarySchema,
  type Verdict,
} from "../analyse/index.ts";
import type { Reason } from "./reasons.ts";
import { renderSummary } from "./summary.ts";
import { displayWidth } from "./text.ts";

function metric(n: number, p50: number, spread = 1): MetricSummary {
  return {
    n,
    min: p50 / 3,
    mean: p50 * 1.1,
    p50,
    p90: p50 * (1 + 0.6 * spread),
    p95: p50 * (1 + 0.9 * spread),
    ...(n >= 1000 ? { p99: p50 * (1 + 1.6 * spread) } : {}),
    max: p50 * (1 + 2.4 * spread),
  };
}

function group(scale: number, over: Partial<Group> = {}): Group {
  const n = Math.round(612 * scale);
  return {
    sessions: Math.round(300 * scale),
    attempts: n,
    outcomes: { complete: n },
    metrics: {
      response: metric(n, 1_212),
      service: metric(n, 1_204),
      ttft: metric(n, 212),
      ttfo: metric(n, 212),
      itl: metric(n * 80, 11.4, 0.4),
      tpot: metric(n, 11.8, 0.3),
      stall: metric(n, 36),
      ttfb: metric(n, 180),
      connect: metric(Math.min(n, 24), 0.42),
      startLag: metric(n, 0.31),
    },
    rates: { asked: 5, started: 4.98, completed: 10.2, goodput: 9.97 },
    tokens: { input: n * 420, output: n * 92, source: "server" },
    ...over,
  };
}

const pretty: Summary = {
  schema: "plimsoll/summary/1",
  run: {
    id: "r1",
    folder: "/home/ada/desk/runs/2026-11-24T14-02-11-support-desk",
    startedAt: "2026-11-24T14:02:11.000Z",
    duration: 60_412,
    complete: true,
    plimsoll: "0.1.0",
  },
  plan: { name: "support desk, launch check", hash: "9f2c41aa03bd77", seed: 7 },
  verdict: "pass",
  exitCode: 0,
  reasons: [],
  thresholds: [
    { expression: "ttft.p95 < 800ms", observed: 402.8, held: true, samples: 612, unit: "ms" },
    { expression: "errors.rate < 1%", observed: 0, held: true, samples: 612, unit: "ratio" },
    { expression: "rates.goodput > 5/s", observed: 9.97, held: true, samples: 612, unit: "/s" },
  ],
  total: group(2),
  stages: [
    { ...group(0.3), name: "rest", kind: "rest", from: 0, duration: 10_000 },
    { ...group(0.7), name: "ramp", kind: "ramp", from: 10_000, duration: 20_000 },
    { ...group(1), name: "noon", kind: "steady", from: 30_000, duration: 30_000 },
  ],
  personas: [
    { ...group(1.2), name: "quick-question" },
    { ...group(0.8, { metrics: { ...group(0.8).metrics, ttfo: metric(490, 1_400) } }), name: "researcher" },
  ],
  generator: {
    limited: false,
    why: [],
    startLag: metric(1224, 0.31),
    loopDelay: { p50: 0.2, p99: 1.21, max: 4 },
    cpu: { worst: 0.31, mean: 0.184 },
    noiseFloor: { p50: 0.02, p99: 0.084 },
    delivered: 0.9999,
  },
  warnings: [],
};

const failed: Summary = {
  ...pretty,
  verdict: "fail",
  exitCode: 99,
  reasons: [{ code: "THRESHOLD_CROSSED", message: "errors.rate < 1% did not hold." }],
  thresholds: [
    {
      expression: "ttft{persona=researcher,stage=noon}.p95 < 1.5s",
      observed: 2_412,
      held: false,
      samples: 312,
      unit: "ms",
    },
    { expression: "errors.rate < 1%", observed: 0.0713, held: false, samples: 1_224, unit: "ratio" },
    {
      expression: "tpot{persona=adversary}.p99 < 40ms",
      held: false,
      samples: 12,
      unit: "ms",
      why: "99th percentile needs at least 1,000 samples; no data is a failure, not a pass",
    },
    { expression: "cost.perGoodAnswer < $0.01", observed: 0.00213, held: true, samples: 1_137, unit: "$" },
  ],
  total: group(2, {
    outcomes: {
      complete: 1_102,
      capped: 35,
      filtered: 1,
      severed: 12,
      rejected: 61,
      timeout: 4,
      stalled: 3,
      "stream-error": 6,
    },
    metrics: { ...group(2).metrics, response: { ...metric(1_224, 1_212, 4), censored: 7, atLeast: ["p99", "max"] } },
    cost: { total: 2.4131, perAnswer: 0.00212, perGoodAnswer: 0.00213 },
    tokens: { input: 512_220, cached: 120_000, output: 112_608, reasoning: 20_010, source: "mixed" },
  }),
  warnings: [
    {
      code: "LOAD_FILES",
      message: "The plan needs 1,200 sockets and the limit on open files is 1,024.",
      hint: "Raise it with `ulimit -n 4096` before the run.",
    },
  ],
};

const limited: Summary = {
  ...pretty,
  verdict: "cannot-tell",
  exitCode: 120,
  reasons: [{ code: "GENERATOR_LIMITED", message: "The load generator limited the result: start lag p99 was 212 ms." }],
  generator: {
    ...pretty.generator,
    limited: true,
    why: ["start lag p99 was 212 ms, the bound is 10 ms", "worker 0 was 99.7 % busy for 14 s"],
    startLag: metric(1_224, 80),
    cpu: { worst: 0.997, mean: 0.91 },
    delivered: 0.874,
  },
};

const nothing: Group = {
  sessions: 0,
  attempts: 0,
  outcomes: {},
  metrics: {},
  rates: { asked: 5, started: 0, completed: 0, goodput: 0 },
  tokens: {},
};

const empty: Summary = {
  ...pretty,
  verdict: "fail",
  exitCode: 122,
  run: { ...pretty.run, duration: 0 },
  reasons: [
    { code: "RUN_UNREACHABLE", message: "The target could not be reached: connection refused by 127.0.0.1:8400." },
  ],
  thresholds: [{ expression: "ttft.p95 < 800ms", held: false, samples: 0, unit: "ms", why: "no sample" }],
  total: nothing,
  stages: [],
  personas: [],
  generator: { limited: false, why: [], startLag: { n: 0 } },
};

const killed: Summary = {
  ...pretty,
  verdict: "none",
  exitCode: 105,
  reasons: [{ code: "RUN_KILLED", message: "The run was killed before it could end." }],
  thresholds: [],
  run: { ...pretty.run, complete: false },
  stages: pretty.stages.slice(0, 1),
  personas: pretty.personas.slice(0, 1),
  generator: { limited: false, why: [], startLag: { n: 80, p50: 0.3, max: 2.1 } },
};

const huge: Summary = {
  ...failed,
  plan: { name: "消防署 ".repeat(12), hash: "ffffffffffff", seed: 9_007_199_254_740_991 },
  run: {
    ...pretty.run,
    folder: `/srv/${"very-long-folder-name/".repeat(7)}2026-11-24T14-02-11-x`,
    duration: 86_400_000 * 9,
  },
  total: group(1, {
    sessions: 912_345_678,
    attempts: 1_912_345_678,
    outcomes: { complete: 1_912_345_000, refused: 678 },
    metrics: {
      response: {
        n: 1_912_345_678,
        p50: 1_212_345,
        p90: 2_412_000,
        p95: 3_600_000,
        p99: 86_400_000,
        max: 864_000_000,
        atLeast: ["p99", "max", "p95"],
      },
      itl: metric(91_912_345_678, 0.0042),
    },
    rates: { asked: 123_456.7, started: 123_450.1, completed: 98_765.4, goodput: 0.000012 },
    tokens: { input: 91_912_345_678_000, output: 1_912_345_678_000, source: "tokenizer" },
    cost: { total: 12_345_678.9, perAnswer: 0.0000031, perGoodAnswer: 1234.5 },
  }),
  reasons: [
    {
      code: "X",
      message:
        "A \u001b[31mreason\u001b[0m with\u0007 hostile\u202e bytes, and a word-that-is-far-longer-than-any-line-" +
        "x".repeat(120),
    },
  ],
  stages: Array.from({ length: 3 }, (_, index) => ({
    ...group(90_000),
    name: `stage with a name that goes on and on, number ${index}`,
    kind: "steady",
    from: 0,
    duration: 1,
  })),
};

const reasons: readonly Reason[] = [
  { outcome: "rejected", reason: "http:429 rate limited, retry after 2 s", count: 58 },
  { outcome: "rejected", reason: "http:400 \u001b[31mcontext length exceeded", count: 3 },
  { outcome: "severed", reason: "ECONNRESET", count: 12 },
  { outcome: "refused", reason: "ENOTFOUND", count: 678 },
];

const evidence = (words: string, speaks: "for" | "against" = "for") => ({ measure: "m", unit: "u", speaks, words });
const kv: Finding = {
  id: "bottleneck.kv-cache/llm/1",
  kind: "bottleneck.kv-cache",
  severity: "high",
  title: "llm runs out of memory for the conversations that it holds at once.",
  component: "llm",
  from: 20_000,
  to: 60_000,
  loadAtOnset: 2.9,
  evidence: [
    evidence("The KV cache is 97 % full, 21 % at low load."),
    evidence("The batch is never full.", "against"),
    evidence("0.9 running answers a second are pushed out and begin again."),
    evidence("A fourth one, for the page."),
  ],
  confidence: 0.93,
  advice: [{ do: "Give llm more KV memory", why: "What does not fit waits.", retest: "The same plan." }],
};
const noGo: Verdict = {
  schema: "plimsoll/findings/1",
  run: "r1",
  verdict: { word: "no-go", headline: "It carries 2.9 sessions a second. Launch day brings 4.", because: ["..."] },
  line: {
    unit: "sessions/s",
    expected: 4,
    tried: { least: 0.5, most: 5.8 },
    limits: [
      { expression: "ttft.p95 < 800ms", holdsUpTo: { value: 2.9, low: 2.4, high: 3.3 }, samples: 612 },
      { expression: "stall.p99 < 2s", holdsUpTo: { value: 3.1, low: 2.8, high: 3.6 }, samples: 612 },
      { expression: "errors.rate < 1%", above: 5.8, samples: 612 },
      { expression: "cost.perGoodAnswer < $0.01", holdsUpTo: { value: 3, low: 2.9, high: 5 }, samples: 612 },
      {
        expression: "cost.total < $10",
        why: "a total grows with the length of the run, whatever the load",
        samples: 612,
      },
    ],
    safe: { value: 2.9, low: 2.4, high: 3.3, limit: "ttft.p95 < 800ms" },
    knee: { value: 2.7, low: 2.5, high: 2.9 },
    saturated: { load: 4, from: 90_000, slope: { value: 0.8, low: 0.6, high: 1 } },
  },
  bottleneck: { first: kv.id, runnersUp: [] },
  findings: [
    kv,
    { ...kv, id: "recovery/1", kind: "recovery", severity: "medium", title: "It took 27 s to come back.", advice: [] },
  ],
  lacks: [],
};
const VERDICTS: Readonly<Record<string, readonly [Summary, Verdict]>> = {
  "no-go": [failed, noGo],
  go: [
    failed,
    {
      ...noGo,
      verdict: { word: "go", headline: "It carries 2.9 sessions a second. Launch day brings 2.", because: [] },
      findings: [],
    },
  ],
  "cannot-tell": [
    pretty,
    {
      ...noGo,
      verdict: {
        word: "cannot-tell",
        headline: "It carries 4.2 sessions a second. That is too near to the 4 of launch day to tell.",
        because: ["ttft.p95 < 800ms holds up to 4.2 sessions a second (95 %: 3.6 to 4.9; n = 612)."],
        settle: "Hold the expected peak: a stage { steady: 5m, at: 1x }.",
      },
      findings: [],
      bottleneck: { runnersUp: [], cannotTell: "no server was watched." },
    },
  ],
};

const CASES: Readonly<Record<string, Summary>> = { pretty, failed, limited, empty, killed, huge };

describe("the summary of a run", () => {
  for (const [name, summary] of Object.entries(CASES)) {
    for (const width of [80, 100]) {
      it(`shows the ${name} run at ${width} columns`, async () => {
        summarySchema.parse(summary);
        const text = renderSummary(summary, { width, color: false, cwd: "/home/ada/desk", reasons });
        for (const line of text.split("\n")) {
          expect(displayWidth(line), line).toBeLessThanOrEqual(width);
          expect(line).toBe(line.trimEnd());
        }
        await expect(text).toMatchFileSnapshot(`./snapshots/summary-${name}-${width}.txt`);
      });
    }
  }

  for (const [name, [summary, verdict]] of Object.entries(VERDICTS)) {
    for (const width of [80, 100]) {
      it(`begins with the verdict ${name}, its load line and what gives way first, at ${width} columns`, async () => {
        const text = renderSummary(summary, { width, color: false, verdict });
        for (const line of text.split("\n")) {
          expect(displayWidth(line), line).toBeLessThanOrEqual(width);
          expect(line).toBe(line.trimEnd());
        }
        const top = text.slice(0, text.indexOf("\nThresholds"));
        await expect(`${top}\n`).toMatchFileSnapshot(`./snapshots/verdict-${name}-${width}.txt`);
      });
    }
  }

  it("ends with the verdict, where it still stands on a small screen", () => {
    const lines = renderSummary(failed, { width: 100, color: false, verdict: noGo }).trimEnd().split("\n");
    expect(lines.at(-2)).toBe("NO-GO  It carries 2.9 sessions a second. Launch day brings 4.");
  });

  it("draws no load line and gives no word where nothing was expected and no limit was set", () => {
    const { line: _line, bottleneck: _bottleneck, ...rest } = noGo;
    const verdict: Verdict = { ...rest, findings: [], verdict: { word: "none", headline: "Nothing.", because: [] } };
    expect(renderSummary(pretty, { width: 100, color: false, verdict })).toBe(
      renderSummary(pretty, { width: 100, color: false }),
    );
  });

  it("prints no escape sequence of a finding, whatever a server called itself", () => {
    const hostile = "\u001b[2Jllm\u202e";
    const verdict: Verdict = {
      ...noGo,
      verdict: { word: "no-go", headline: hostile, because: [hostile] },
      findings: [
        { ...kv, title: hostile, evidence: [evidence(hostile)], advice: [{ do: hostile, why: hostile, retest: "" }] },
      ],
    };
    const text = renderSummary(failed, { width: 60, color: false, verdict });
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  it("fits any width from 40 columns on, and is never wider than 100", () => {
    for (const summary of Object.values(CASES)) {
      for (const width of [40, 47, 60, 73, 91, 240]) {
        for (const line of renderSummary(summary, { width, color: false, reasons }).split("\n")) {
          expect(displayWidth(line), line).toBeLessThanOrEqual(Math.min(width, 100));
        }
      }
    }
  });

  it("says the same in colour and without", () => {
    for (const summary of Object.values(CASES)) {
      const coloured = renderSummary(summary, { width: 90, color: true, reasons });
      expect(coloured.replaceAll(/\u001b\[[0-9;]*m/g, "")).toBe(
        renderSummary(summary, { width: 90, color: false, reasons }),
      );
    }
  });

  it("ends with the verdict, the exit code and the first crossed limit", () => {
    const last = (summary: Summary): string =>
      renderSummary(summary, { width: 100, color: false }).trimEnd().split("\n").at(-1) ?? "";
    expect(last(failed)).toBe(
      "FAIL, exit code 99: ttft{persona=researcher,stage=noon}.p95 2.41 s, limit < 1.5s, and 2 more",
    );
    expect(last(pretty)).toBe("PASS, exit code 0: all 3 thresholds held");
  });

  it.each([
    [105, "INTERRUPTED"],
    [108, "STOPPED  By a guard: "],
    [121, "BUDGET SPENT"],
  ])("begins with how it ended early for exit code %i", (exitCode, words) => {
    const reasons = [{ code: "X", message: "Why it ended." }];
    const text = renderSummary({ ...failed, exitCode, reasons }, { width: 100, color: false });
    expect(text.startsWith(words)).toBe(true);
    expect(text.split("Why it ended.").length).toBe(2);
    expect(text).toContain("\nFAIL  3 of 4");
  });

  it("leaves out the breakdowns in compact mode", () => {
    const compact = renderSummary(pretty, { width: 100, color: false, mode: "compact" });
    expect(compact).not.toContain("Latency by stage");
    expect(compact.split("\n").length).toBeLessThan(
      renderSummary(pretty, { width: 100, color: false, reasons }).split("\n").length,
    );
  });

  it("prints no escape sequence of the target or the plan", () => {
    const text = renderSummary(huge, { width: 100, color: false, reasons });
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});
