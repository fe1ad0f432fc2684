import { describe, expect, it } from "vitest";
import { resolvePlan } from "../../plan/index.ts";
import { loadWorkload } from "../../workload/index.ts";
import { fewSamples } from "./few-samples.ts";

function warned(...slo: readonly string[]) {
  const { plan } = resolvePlan(
    {
      target: { url: "http://127.0.0.1:1/v1", protocol: "openai-chat", model: "m" },
      workload: { personas: [{ name: "asker", prompts: "faq", turns: 1 }] },
      stages: [{ rest: "10s" }, { steady: "60s", at: "4/s" }],
      slo: [...slo],
    },
    { env: {} },
  );
  return fewSamples(plan, loadWorkload(plan), 5_000);
}

describe("a percentile that the load cannot carry", () => {
  it("is named with what it needs, what is expected, and what to do", () => {
    expect(warned("stall{stage=steady}.p99 < 2s")).toEqual([
      {
        code: "SLO_FEW_SAMPLES",
        message: "stall{stage=steady}.p99 needs 381 answers; about 240 are expected.",
        hint: "Lengthen the stages or use p95.",
      },
    ]);
  });

  it("counts the stage that a limit is compared with", () => {
    expect(warned("ttft{stage=steady}.p90 < baseline * 2")).toMatchObject([
      { message: expect.stringContaining("in the stage rest") },
    ]);
  });

  it("is none where the load carries it, nor for gaps, means and rates", () => {
    expect(warned("ttft.p95 < 1s", "itl.p99 < 200ms", "ttft.mean < 1s", "errors.rate < 1%")).toEqual([]);
  });
});
