import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { METRIC_NAMES, OUTCOME_NAMES } from "../../base/index.ts";
import type { Threshold, ThresholdSubject } from "../types.ts";
import { formatThreshold, parseThreshold } from "./read.ts";

function read(text: string): Threshold {
  const result = parseThreshold(text);
  if ("faults" in result) throw new Error(result.faults.map((fault) => fault.message).join("; "));
  return result.threshold;
}

describe("a limit says what it is about, and how much", () => {
  test.each([
    ["ttft.p95 < 800ms", { kind: "metric", metric: "ttft", aggregate: { percentile: 95 } }, 800],
    ["itl.p97.5 <= 1.5s", { kind: "metric", metric: "itl", aggregate: { percentile: 97.5 } }, 1500],
    ["response.p999 < 2m", { kind: "metric", metric: "response", aggregate: { percentile: 99.9 } }, 120_000],
    ["stall.max < 2s", { kind: "metric", metric: "stall", aggregate: "max" }, 2000],
    ["startLag.p(99.9) < 3ms", { kind: "metric", metric: "startLag", aggregate: { percentile: 99.9 } }, 3],
    ["errors.rate < 1%", { kind: "errors.rate" }, 0.01],
    ["outcomes.severed.rate < 0.5%", { kind: "outcomes", outcome: "severed", aggregate: "rate" }, 0.005],
    ["outcomes.stream-error.count == 0", { kind: "outcomes", outcome: "stream-error", aggregate: "count" }, 0],
    ["rates.goodput > 3/s", { kind: "rates", rate: "goodput" }, 3],
    ["rates.completed >= 120/m", { kind: "rates", rate: "completed" }, 2],
    ["cost.perGoodAnswer < $0.01", { kind: "cost", aggregate: "perGoodAnswer" }, 0.01],
    ["tokens.output>1000", { kind: "tokens", tokens: "output" }, 1000],
  ] satisfies [string, ThresholdSubject, number][])("%s", (text, subject, value) => {
    const threshold = read(text);
    expect(threshold.subject).toEqual(subject);
    expect(threshold.limit).toEqual({ kind: "value", value });
    expect(threshold.filters).toEqual({});
  });
});

test("a filter narrows a limit to a stage, a persona, or both", () => {
  const threshold = read('ttft{ stage = "slow start" , persona=researcher }.p95 < 1.5s');
  expect(threshold.filters).toEqual({ stage: "slow start", persona: "researcher" });
});

test("a limit may be a factor of the baseline", () => {
  expect(read("ttft.p95 < baseline * 1.1").limit).toEqual({ kind: "baseline", factor: 1.1 });
  expect(read("ttft.p95 < 1.1 * baseline").limit).toEqual({ kind: "baseline", factor: 1.1 });
  expect(read("ttft.p95 <= baseline").limit).toEqual({ kind: "baseline", factor: 1 });
});

test("the expression is kept as written, with spaces tidied", () => {
  expect(read("  ttft.p95   <  800ms ").expression).toBe("ttft.p95 < 800ms");
});

test("window, abort and its delay are kept", () => {
  const result = parseThreshold("ttft.p95 < 1s", { window: 60_000, abortOnFail: true, abortAfter: 30_000 });
  expect(result).toMatchObject({ threshold: { window: 60_000, abortOnFail: true, abortAfter: 30_000 } });
  expect(read("ttft.p95 < 1s")).toMatchObject({ abortOnFail: false, abortAfter: 0 });
  expect(read("ttft.p95 < 1s")).not.toHaveProperty("window");
});

describe("what cannot be read is told with the next step", () => {
  test.each([
    ["ttft < 800ms", "alone says not which", "ttft.p95"],
    ["ttft.avg < 1s", "unknown aggregate `avg`", "ttft.mean"],
    ["ttft.p100 < 1s", "unknown aggregate `p100`", "ttft.max"],
    ["ttft.p0 < 1s", "unknown aggregate `p0`", "ttft.min"],
    ["tttf.p95 < 1s", "unknown subject `tttf`", "Did you mean `ttft`?"],
    ["ttft.p95 < 800", "expected a time with its unit", "800ms"],
    ["errors.rate < 0.01", "expected a share with its unit", "1%"],
    ["errors.rate < 1", "expected a share with its unit", "100%"],
    ["errors < 1%", "alone says not which", "one of rate"],
    ["outcomes.sever.rate < 1%", "unknown `outcomes.sever`", "Did you mean `severed`?"],
    ["rates.goodputs > 3/s", "unknown `rates.goodputs`", "Did you mean `goodput`?"],
    ["rates.goodput > 3", "expected a rate with its unit", "3/s"],
    ["cost.total < 5", "expected an amount of money with its unit", "$5"],
    ["ttft.p95 === 1s", "unknown operator `===`", "`==`"],
    ["ttft.p95 => 1s", "unknown operator `=>`", "`>=`"],
    ["ttft.p95", "needs a subject, an operator and a value", "ttft.p95 < 800ms"],
    ["ttft.p95 <", "the limit is missing", "800ms"],
    ["ttft{stag=a}.p95 < 1s", "unknown filter `stag`", "Did you mean `stage`?"],
    ["ttft{stage}.p95 < 1s", "a filter that cannot be read", "{stage=steady"],
    ["ttft{stage=a,stage=b}.p95 < 1s", "is there twice", "Keep one"],
    ["ttft.p95 < baseline * 0", "a factor of zero", "baseline * 1.1"],
    ["quality.truncated.rate < 0.5%", "does not judge answers yet", "Remove"],
  ])("%s", (text, message, hint) => {
    const result = parseThreshold(text);
    const told = "faults" in result ? result.faults : [];
    expect(told.map((fault) => fault.message).join("\n")).toContain(message);
    expect(told.map((fault) => fault.hint).join("\n")).toContain(hint);
  });
});

test("every fault of one limit is told at once", () => {
  const result = parseThreshold("tttf{persna=x}.p95 === 800");
  expect("faults" in result && result.faults).toHaveLength(3);
});

const decimal = (max: number) => fc.integer({ min: 0, max: max * 1000 }).map((value) => value / 1000);
const name = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,11}$/);
const subject = fc.oneof<fc.Arbitrary<ThresholdSubject>[]>(
  fc.record({
    kind: fc.constant("metric"),
    metric: fc.constantFrom(...METRIC_NAMES),
    aggregate: fc.oneof(
      fc.constantFrom("min", "mean", "max"),
      fc.integer({ min: 1, max: 99_999 }).map((value) => ({ percentile: value / 1000 })),
    ),
  }),
  fc.constant({ kind: "errors.rate" }),
  fc.record({
    kind: fc.constant("outcomes"),
    outcome: fc.constantFrom(...OUTCOME_NAMES),
    aggregate: fc.constantFrom("rate", "count"),
  }),
  fc.record({ kind: fc.constant("rates"), rate: fc.constantFrom("asked", "started", "completed", "goodput") }),
  fc.record({ kind: fc.constant("tokens"), tokens: fc.constantFrom("input", "cached", "output", "reasoning") }),
  fc.record({ kind: fc.constant("cost"), aggregate: fc.constantFrom("total", "perAnswer", "perGoodAnswer") }),
);
const threshold = fc
  .record({
    subject,
    filters: fc.record({ stage: name, persona: name }, { requiredKeys: [] }),
    operator: fc.constantFrom<Threshold["operator"]>("<", "<=", ">", ">=", "==", "!="),
    limit: fc.oneof(
      fc.record({ kind: fc.constant("value" as const), value: decimal(1_000_000) }),
      fc.record({
        kind: fc.constant("baseline" as const),
        factor: fc.integer({ min: 1, max: 9999 }).map((n) => n / 100),
      }),
    ),
    window: fc.option(fc.integer({ min: 1, max: 1e6 }), { nil: undefined }),
    abortOnFail: fc.boolean(),
    abortAfter: fc.nat(1e6),
  })
  .map(
    ({ window, ...rest }): Threshold => ({
      ...rest,
      expression: formatThreshold(rest),
      ...(window === undefined ? {} : { window }),
    }),
  );

test("what formatThreshold writes, parseThreshold reads back unchanged", () => {
  fc.assert(
    fc.property(threshold, (wanted) => {
      const { window, abortOnFail, abortAfter } = wanted;
      expect(parseThreshold(formatThreshold(wanted), { window, abortOnFail, abortAfter })).toEqual({
        threshold: wanted,
      });
    }),
    { numRuns: 500 },
  );
});

test("no text makes the reader throw", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `ttft${text}.p95 < 1s`),
      ),
      (text) => {
        const result = parseThreshold(text);
        expect("threshold" in result || result.faults.length > 0).toBe(true);
      },
    ),
  );
});
