import { join } from "node:path";
import { parseLoad } from "../../../src/base/index.ts";
import { type Plan, resolvePlan } from "../../../src/plan/index.ts";
import type { find } from "../../../src/run/index.ts";
import { readStack, type StackSpec } from "../../../src/twin/index.ts";
import { REPOSITORY } from "../paths.ts";

type FindOptions = NonNullable<Parameters<typeof find>[1]>;

/** A stack, a workload, what is asked of it and what grows. */
export interface FindCase {
  readonly name: string;
  readonly stack: string;
  readonly set?: readonly string[];
  readonly model: string;
  readonly persona: Readonly<Record<string, unknown>>;
  readonly target?: Readonly<Record<string, unknown>>;
  readonly slo: readonly string[];
  /** Load of the plan; where the load is what grows, searches begin at half of it. */
  readonly peak: string;
  readonly how?: Pick<FindOptions, "vary" | "from" | "probeTime">;
  /** Virtual ms of each run that makes the truth: those of a probe where a stack has no balance to come to. */
  readonly truthTime: number;
}

const HOUR = 3_600_000;
const MINUTE = 60_000;
const ASKER = { name: "asker", prompts: "faq", turns: 1 };

export const CASES: readonly FindCase[] = [
  {
    // Memory for few requests: waiting grows slowly at first, then all at once.
    name: "one small engine, first token",
    stack: "examples/stacks/tiny.yaml",
    model: "tiny",
    persona: ASKER,
    slo: ["ttft.p95 < 800ms", "errors.rate < 1%"],
    peak: "1 sessions/s",
    truthTime: HOUR,
  },
  {
    name: "support desk, time per token",
    stack: "examples/stacks/demo.yaml",
    model: "desk-1",
    persona: ASKER,
    slo: ["tpot.p95 < 15ms", "errors.rate < 2%"],
    peak: "6 sessions/s",
    truthTime: HOUR,
  },
  {
    name: "small engine, errors by time-out",
    stack: "examples/stacks/tiny.yaml",
    model: "tiny",
    persona: ASKER,
    target: { timeouts: { firstToken: "2s" } },
    slo: ["errors.rate < 2%"],
    peak: "1 sessions/s",
    truthTime: HOUR,
  },
  {
    name: "8B on one A100, stalls",
    stack: "examples/stacks/chat-8b-a100.yaml",
    model: "llama-3-8b",
    persona: { name: "asker", prompts: { synthetic: { tokens: { median: 300 } } }, turns: 1 },
    slo: ["stall.p95 < 90ms", "errors.rate < 1%"],
    peak: "1 sessions/s",
    how: { probeTime: 5 * MINUTE },
    truthTime: 20 * MINUTE,
  },
  {
    name: "rag support desk, first token",
    stack: "examples/stacks/rag-support-desk.yaml",
    model: "small",
    persona: { name: "asker", prompts: { synthetic: { tokens: { median: 200 } } }, turns: 1 },
    slo: ["ttft.p95 < 350ms", "errors.rate < 1%"],
    peak: "2 sessions/s",
    how: { probeTime: 3 * MINUTE },
    truthTime: 3 * MINUTE,
  },
  {
    name: "users of one small engine",
    stack: "examples/stacks/tiny.yaml",
    model: "tiny",
    persona: { ...ASKER, think: { median: "5s" }, turns: 3 },
    slo: ["ttft.p95 < 800ms"],
    peak: "8 users",
    how: { vary: "users" },
    truthTime: HOUR,
  },
  {
    name: "prompt length on one small engine",
    stack: "examples/stacks/tiny.yaml",
    model: "tiny",
    persona: ASKER,
    slo: ["ttft.p95 < 800ms"],
    peak: "0.5 sessions/s",
    how: { vary: "prompt-tokens" },
    truthTime: HOUR,
  },
  {
    name: "answer length on one small engine",
    stack: "examples/stacks/tiny.yaml",
    set: ["parts.llm.answers.median=400", "parts.llm.answers.p95=1200"],
    model: "tiny",
    persona: ASKER,
    slo: ["ttft.p95 < 800ms"],
    peak: "0.6 sessions/s",
    how: { vary: "max-tokens" },
    truthTime: HOUR,
  },
  {
    name: "turns of a session on one small engine",
    stack: "examples/stacks/tiny.yaml",
    model: "tiny",
    persona: { ...ASKER, think: { median: "2s" } },
    slo: ["ttft.p95 < 800ms"],
    peak: "0.2 sessions/s",
    how: { vary: "turns" },
    truthTime: HOUR,
  },
];

export function stackOf({ stack, set }: FindCase): Promise<StackSpec> {
  return readStack(join(REPOSITORY, stack), { set: [...(set ?? [])] });
}

/** What a search is given. */
export function planOf(one: FindCase, seed: number, runs: string): Plan {
  const closed = one.peak.endsWith("users");
  return planWith(one, seed, runs, {
    persona: {},
    expect: { peak: one.peak },
    stages: [{ steady: "60s", at: closed ? one.peak : "1x" }],
  });
}

/** What grows, as a person would write it into a plan. */
const GROWN: Readonly<Record<string, (value: number) => Readonly<Record<string, unknown>>>> = {
  "prompt-tokens": (tokens) => ({ prompts: { synthetic: { tokens } } }),
  "max-tokens": (maxTokens) => ({ maxTokens }),
  turns: (turns) => ({ turns }),
};

/** One load, held for as long as the truth takes. */
export function planAt(one: FindCase, value: number, seed: number, runs: string): Plan {
  const vary = one.how?.vary;
  const grown = vary === undefined ? undefined : GROWN[vary];
  const unit = parseLoad(one.peak)?.unit ?? "sessions/s";
  const at = grown === undefined ? `${value} ${unit}` : one.peak;
  return planWith(one, seed, runs, {
    persona: grown?.(value) ?? {},
    stages: [
      { name: "warm-up", steady: `${one.truthTime / 4}ms`, at },
      { name: "measured", steady: `${one.truthTime}ms`, at },
    ],
  });
}

function planWith(
  { model, persona, target, slo, peak }: FindCase,
  seed: number,
  runs: string,
  { persona: grown, ...rest }: Readonly<Record<string, unknown>> & { readonly persona: object },
): Plan {
  return resolvePlan({
    name: "find",
    seed,
    target: { url: "http://127.0.0.1:9/v1", protocol: "openai-chat", model, ...target },
    workload: {
      personas: [{ ...persona, ...grown }],
      ...(peak.endsWith("users") ? {} : { arrivals: { process: "poisson" } }),
    },
    slo: [...slo],
    generator: { texts: "0%", gaps: "0%" },
    runs,
    ...rest,
  }).plan;
}
