import { describe, expect, it } from "vitest";
import type { StackPart, Summary } from "../../analyse/index.ts";
import { WEAKNESSES } from "../../twin/index.ts";
import { renderSummary } from "../summary.ts";
import { displayWidth } from "../text.ts";

const gauge = (least: number, mean: number, greatest: number, greatestAt = 38_000, last = 0) => ({
  least,
  mean,
  greatest,
  greatestAt,
  last,
});

const GATEWAY: StackPart = {
  part: "front",
  kind: "gateway",
  gauges: { queue: gauge(0, 0, 0), running: gauge(0, 7.9, 72) },
  counters: { requests: 452, tries: 460, retries: 8, shed: 0, failures: 3 },
};

const pool = (kv: number, preemptions: number): StackPart => ({
  part: "llm",
  kind: "pool",
  gauges: {
    queue: gauge(0, 4, 40),
    running: gauge(0, 7.85, 32),
    replicas: gauge(1, 1.5, 3),
    "replicas.starting": gauge(0, 0, 2),
    "kv.used": gauge(0, kv / 2, kv, 39_000),
  },
  counters: { requests: 452, preemptions, "tokens.prompt.computed": 142_900, "tokens.prompt.cached": 107_648 },
});

function summaryOf(stack: StackPart[], weaknesses: string[]): Summary {
  const total: Summary["total"] = {
    sessions: 1,
    attempts: 1,
    outcomes: { complete: 1 },
    metrics: {},
    rates: { started: 1, completed: 1, goodput: 1 },
    tokens: {},
  };
  return {
    schema: "plimsoll/summary/1",
    run: {
      id: "r",
      folder: "/r",
      startedAt: "2026-11-24T14:02:11.000Z",
      duration: 60_000,
      complete: true,
      plimsoll: "0.1.0",
      simulated: { stack: "desk", hash: "h", seed: 7, weaknesses },
    },
    plan: { name: "p", hash: "h", seed: 1 },
    verdict: "none",
    exitCode: 0,
    reasons: [],
    thresholds: [],
    total,
    stages: [],
    personas: [],
    generator: { limited: false, why: [], startLag: { n: 0 } },
    stack,
    warnings: [],
  };
}

function block(summary: Summary, width = 80, mode: "full" | "compact" = "full"): string[] {
  const text = renderSummary(summary, { width, color: false, weaknesses: WEAKNESSES, mode });
  const lines = text.split("\n");
  const from = lines.findIndex((line) => line.startsWith("Stack"));
  return from < 0 ? [] : lines.slice(from, lines.indexOf("", from));
}

const joined = (lines: readonly string[]): string => lines.map((line) => line.trim()).join(" ");

describe("the stack of a simulated run", () => {
  it("shows for each part its queue, what ran, its KV use, its replicas and what it counted", () => {
    expect(block(summaryOf([GATEWAY, pool(0.59, 0)], []))).toEqual([
      "Stack  in requests, looked at every virtual second; running as mean and maximum",
      "         kind     queue max    at  running  max  KV max  replicas",
      "  front  gateway          0            7.9   72",
      "  llm    pool            40  0:38     7.85   32    59 %    1 to 3",
      "  counted over the run",
      "  front  452 requests, 3 failed, 8 retries",
      "  llm    452 requests, 0 preemptions, 142,900 prompt tokens computed, 107,648",
      "         cached",
    ]);
  });

  it("leaves out the counts in compact mode, and columns that no part has", () => {
    const lines = block(summaryOf([GATEWAY], []), 80, "compact");
    expect(lines).toHaveLength(3);
    expect(lines[1]).not.toMatch(/KV|replicas/);
  });

  it("fits any width from 40 columns on, the queue kept to the last", () => {
    const wide = { ...pool(0.5, 2), part: `${"消防署".repeat(9)}\u001b[31m` };
    for (const width of [40, 53, 67, 80, 100]) {
      const lines = block(summaryOf([GATEWAY, wide], ["kv-too-small", "sick-replica"]), width);
      for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
      expect(lines[1]).toContain("queue max");
    }
  });

  it("says of a planted weakness how it shows and what was measured", () => {
    const text = joined(block(summaryOf([pool(1, 9)], ["kv-too-small"])));
    expect(text).toContain("planted: kv-too-small. It shows as preemptions and KV use near 1;");
    expect(text).toContain("Measured: KV use at most 100 % (0:39), 9 preemptions.");
  });

  it("says plainly when nothing of a planted weakness showed", () => {
    const text = joined(block(summaryOf([pool(0.59, 0)], ["kv-too-small"])));
    expect(text).toContain("Nothing of it showed: KV use at most 59 % (0:39), 0 preemptions.");
  });

  it("has words for every weakness, also where the stack's figures cannot tell it", () => {
    for (const { name } of WEAKNESSES) {
      const text = joined(block(summaryOf([GATEWAY, pool(0.5, 0)], [name])));
      expect(text).toMatch(
        /It shows as .+\. (Measured: .+|Nothing of it showed: .+|The stack's figures cannot tell it)\.$/,
      );
    }
  });

  it("is left out for a live run", () => {
    const { stack: _stack, ...live } = summaryOf([], []);
    expect(block(live)).toEqual([]);
  });
});
