/** A plan in TypeScript: checked while it is typed, and free to compute. Run it with `plimsoll run examples/plan.ts`. */
import { definePlan } from "plimsoll";

const peaks = [1, 2, 3];

export default definePlan({
  name: "steps in TypeScript",
  target: {
    url: `${process.env.TARGET_URL ?? "http://127.0.0.1:8400"}/v1`,
    protocol: "openai-chat",
    model: process.env.MODEL ?? "paced-1",
  },
  workload: { personas: [{ name: "user", prompts: "faq", maxTokens: 64 }] },
  stages: peaks.map((peak) => ({ steady: "8s", at: `${peak}/s`, name: `${peak} a second` })),
  slo: ["errors.rate < 1%", { expect: "ttft.p90 < 2s", abortOnFail: true, after: "4s" }],
});
