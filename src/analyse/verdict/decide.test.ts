import { describe, expect, it } from "vitest";
import { factsOf } from "../facts/test/facts-of.ts";
import type { Summary } from "../summary-schema.ts";
import { decide } from "./decide.ts";
import type { LimitLine, LoadLine } from "./schema.ts";

const TTFT = "ttft.p95 < 800ms";
const ERRORS = "errors.rate < 1%";

interface Case {
  readonly outcomes?: Summary["total"]["outcomes"];
  readonly limits: readonly Omit<LimitLine, "samples">[];
  readonly peak?: number;
  readonly generator?: Partial<Summary["generator"]>;
  readonly held?: Readonly<Record<string, boolean>>;
}

function decided({ limits, peak, generator, held = {}, outcomes = { complete: 1200 } }: Case) {
  const facts = factsOf({
    stages: [{ kind: "ramp", seconds: 60, from: 1, to: 6 }],
    slo: limits.map(({ expression }) => expression),
    ...(peak === undefined ? {} : { peak }),
    ...(generator === undefined ? {} : { generator }),
  });
  const { total } = facts.summary;
  const line: LoadLine = {
    unit: "sessions/s",
    ...(peak === undefined ? {} : { expected: peak }),
    tried: { least: 1, most: 6 },
    limits: limits.map((limit) => ({ ...limit, samples: 612 })),
    ...safe(limits),
  };
  const thresholds = limits.map(({ expression }) => ({
    expression,
    held: held[expression] ?? true,
    observed: 1,
    samples: 612,
    unit: "ms",
  }));
  return decide(
    {
      ...facts,
      summary: { ...facts.summary, total: { ...total, attempts: 1200, sessions: 600, outcomes }, thresholds },
    },
    line,
  );
}

function safe(limits: Case["limits"]): Pick<LoadLine, "safe"> {
  const [lowest] = limits.flatMap(({ expression, holdsUpTo }) =>
    holdsUpTo === undefined ? [] : [{ ...holdsUpTo, limit: expression }],
  );
  return lowest === undefined ? {} : { safe: lowest };
}

const upTo = (value: number, low: number, high: number) => ({ expression: TTFT, holdsUpTo: { value, low, high } });

describe("the verdict against the expected peak", () => {
  it("is no-go where a limit gives way below it, in the sentence of the two numbers that decide", () => {
    const { word, headline, because } = decided({ limits: [upTo(2.9, 2.4, 3.3)], peak: 4 });
    expect(word).toBe("no-go");
    expect(headline).toBe("It carries 2.9 sessions a second. Launch day brings 4.");
    expect(because).toEqual([
      "First token p95 under 800 ms holds up to 2.9 sessions a second (95 %: 2.4 to 3.3; n = 612).",
    ]);
  });

  it("is go where every limit holds beyond it, or was never broken up to it", () => {
    const { word, headline } = decided({ limits: [upTo(5.8, 5.1, 6), { expression: ERRORS, above: 6 }], peak: 4 });
    expect([word, headline]).toEqual(["go", "It carries 5.8 sessions a second. Launch day brings 4."]);
  });

  it("cannot be told where an interval holds the peak, and says which run settles it", () => {
    const { word, headline, settle } = decided({ limits: [upTo(4.2, 3.6, 4.9)], peak: 4 });
    expect(word).toBe("cannot-tell");
    expect(headline).toBe("It carries between 3.6 and 4.9 sessions a second. Launch day brings 4, which lies between.");
    expect(settle).toMatch(/^Hold the expected peak for (\d+) minutes: a stage \{ steady: \1m, at: 1x \}\.$/);
  });

  it("cannot be told where no request was ever answered: the plan may be as wrong as the system", () => {
    const { word, headline, because, settle } = decided({
      limits: [{ expression: ERRORS, below: 1 }],
      peak: 4,
      outcomes: { rejected: 1200 },
    });
    expect([word, headline]).toEqual(["cannot-tell", "None of 1,200 requests was answered."]);
    expect(because[0]).toContain("1,200 attempts ended as rejected.");
    expect(settle).toContain("plimsoll quick");
  });

  it("is no-go where it surely broke at the most that was tried, and open where it may hold beyond", () => {
    const closed = decided({ limits: [upTo(4.2, 3.6, 6)], peak: 6 });
    expect([closed.word, closed.headline]).toEqual(["no-go", "It carries 4.2 sessions a second. Launch day brings 6."]);
    const open = { expression: TTFT, holdsUpTo: { value: 6, low: 3.6, high: 6, open: true as const } };
    expect(decided({ limits: [open], peak: 6 }).word).toBe("cannot-tell");
  });

  it("cannot be told where the least load that was tried is doubtful, whatever the run as a whole says of the limit", () => {
    const why = "at 13, the least load that was tried, it was broken, but by no more than chance may do";
    const { word, headline } = decided({
      limits: [{ expression: TTFT, doubtful: 13, why }],
      peak: 8,
      held: { [TTFT]: false },
    });
    expect(word).toBe("cannot-tell");
    expect(headline).toBe(
      "13 sessions a second, the least that was tried, may be too much already. Launch day brings 8.",
    );
  });

  it("says of a load at which one limit gives way no more than `at most` where another was only tried below it", () => {
    const limits = [upTo(2.9, 2.4, 3.3), { expression: ERRORS, above: 2 }];
    expect(decided({ limits, peak: 4 }).headline).toBe(
      "It carries at most 2.9 sessions a second. Launch day brings 4.",
    );
    expect(decided({ limits }).headline).toBe("It carries at most 2.9 sessions a second.");
  });

  it("gives the limit that gives way first before the others", () => {
    const slower = { expression: "response.p95 < 20s", holdsUpTo: { value: 2.2, low: 2, high: 2.5 } };
    const { because } = decided({ limits: [{ expression: ERRORS, above: 6 }, upTo(2.9, 2.4, 3.3), slower], peak: 4 });
    expect(because.map((sentence) => sentence.replace(/ under .*/, ""))).toEqual([
      "Response time p95",
      "First token p95",
    ]);
  });

  it("cannot be told of a peak that was not tried", () => {
    const { word, headline } = decided({ limits: [{ expression: TTFT, above: 6 }], peak: 9 });
    expect(word).toBe("cannot-tell");
    expect(headline).toBe("The most that was tried is 6 sessions a second. Launch day brings 9.");
  });

  it("is withheld where the load generator limited the run, however good the figures look", () => {
    const { word, settle } = decided({
      limits: [{ expression: TTFT, above: 6 }],
      peak: 4,
      generator: { limited: true, why: ["start lag p99 above 10 ms"] },
    });
    expect(word).toBe("cannot-tell");
    expect(settle).toMatch(/^Run the same plan on a machine/);
  });

  it("is no-go where even the least load that was tried breaks a limit", () => {
    const { word, headline } = decided({ limits: [{ expression: TTFT, below: 1 }], peak: 4 });
    expect([word, headline]).toEqual([
      "no-go",
      "It does not carry 1 session a second, the least that was tried. Launch day brings 4.",
    ]);
  });

  it("is no-go where a limit that is about no load was crossed, and go where it held", () => {
    const recovery = { expression: "ttft{stage=recovery}.p50 < 1s", why: "it is about a recovery" };
    const limits = [{ expression: TTFT, above: 6 }, recovery];
    expect(decided({ limits, peak: 4 }).word).toBe("go");
    expect(decided({ limits, peak: 4, held: { [recovery.expression]: false } })).toMatchObject({
      word: "no-go",
      headline: "First token p50 under 1 s in stage recovery did not hold. Launch day brings 4 sessions a second.",
    });
  });

  it("asks of a limit on one stage no more than that stage's load", () => {
    const limits = [
      { expression: "ttft{stage=ramp}.p50 < 800ms", above: 2 },
      { expression: TTFT, above: 6 },
    ];
    expect(decided({ limits, peak: 4 })).toMatchObject({
      word: "go",
      headline: "It carries 6 sessions a second, the most that its limits were tried at. Launch day brings 4.",
    });
  });
});

describe("without an expected peak, or without limits", () => {
  it("there is no verdict, and the headline says what was seen", () => {
    expect(decided({ limits: [upTo(2.9, 2.4, 3.3)] })).toMatchObject({
      word: "none",
      headline: "It carries 2.9 sessions a second.",
    });
    expect(decided({ limits: [], peak: 4 })).toMatchObject({
      word: "none",
      headline: "It was asked for up to 6 sessions a second; the plan sets no limits to judge that by.",
    });
  });

  it("nothing is said of a run in which nothing was asked", () => {
    const facts = factsOf({ stages: [{ kind: "steady", seconds: 10, at: 1 }], peak: 1, slo: [TTFT] });
    expect(decide(facts, undefined)).toMatchObject({
      word: "none",
      headline: expect.stringMatching(/^Nothing was measured/),
    });
  });
});
