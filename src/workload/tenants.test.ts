import { expect, it } from "vitest";
import { resolvePlan } from "../plan/index.ts";
import { loadWorkload } from "./index.ts";

it("tenants have skewed shares, by Zipf's law, and a session's is the same in every run", () => {
  const target = { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" };
  const stages = [{ steady: "10s", at: "1/s" }];
  const { plan } = resolvePlan({ target, stages, workload: { tenants: { count: 20, exponent: 1.2 } } }, { env: {} });
  const [workload, again] = [loadWorkload(plan), loadWorkload(plan)];
  const counts = new Map<string, number>();
  const n = 4000;
  for (let session = 0; session < n; session++) {
    const { tenant = "" } = workload.session(session);
    expect(again.session(session).tenant).toBe(tenant);
    counts.set(tenant, (counts.get(tenant) ?? 0) + 1);
  }
  const weights = Array.from({ length: 20 }, (_, k) => (k + 1) ** -1.2);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const chiSquare = weights.reduce((sum, weight, k) => {
    const expected = (n * weight) / whole;
    return sum + ((counts.get(`tenant-${k + 1}`) ?? 0) - expected) ** 2 / expected;
  }, 0);
  // Chi-square of 19 degrees of freedom exceeds 43.8 once in a thousand times.
  expect(chiSquare).toBeLessThan(43.8);
});
