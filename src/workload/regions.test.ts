import { expect, it } from "vitest";
import { type PlanInput, resolvePlan } from "../plan/index.ts";
import { loadWorkload } from "./index.ts";

const target = { url: "http://127.0.0.1:9/v1", protocol: "openai-chat" } as const;
const planOf = (workload: PlanInput["workload"], load: NonNullable<PlanInput["stages"]>[number]["load"]) =>
  resolvePlan({ target, stages: [{ steady: "24h", load }], workload }, { env: {} }).plan;

/** Share of the users who come at a time that are of a region. */
function shareOf(plan: ReturnType<typeof planOf>, region: string, at: number, n = 4000): number {
  const workload = loadWorkload(plan);
  let count = 0;
  for (let session = 0; session < n; session++)
    if (workload.session(session, { came: at, at }).region === region) count++;
  return count / n;
}

const regions = [
  { name: "tokyo", share: "30%", zone: "+9" },
  { name: "berlin", share: "10%" },
];
/** Four standard errors of a share of 4,000. */
const near = 4 * Math.sqrt(0.25 / 4000);

it("regions have their shares, by their sum, and a session's is the same in every run", () => {
  const plan = planOf({ regions }, [{ hold: "1/s" }]);
  expect(Math.abs(shareOf(plan, "tokyo", 0) - 0.75)).toBeLessThan(near);
  const [one, other] = [loadWorkload(plan), loadWorkload(plan)];
  for (let session = 0; session < 100; session++) expect(one.session(session)).toEqual(other.session(session));
});

it("parts of a load that name a region bring its users, by its own clock", () => {
  const day = { mean: "1/s", swing: 1, peak: "14h" };
  const load = [
    { week: day, region: "tokyo" },
    { week: day, region: "berlin" },
  ];
  const plan = planOf({ regions }, load);
  for (const hour of [2, 5, 14, 21]) {
    const rate = (local: number): number => 1 + Math.cos((2 * Math.PI * (local - 14)) / 24);
    const expected = rate(hour + 9) / (rate(hour + 9) + rate(hour));
    expect(Math.abs(shareOf(plan, "tokyo", hour * 3_600_000) - expected)).toBeLessThan(near + 1e-9);
  }
});

it("a user who comes back at another hour is still of the region that it was of", () => {
  const workload = loadWorkload(
    planOf({ regions }, [
      { hold: "1/s", for: "1h", region: "tokyo" },
      { hold: "1/s", at: "1h", region: "berlin" },
    ]),
  );
  const returns = 2 ** 42 * 32 + 5;
  expect(workload.session(5, { came: 0, at: 0 }).region).toBe("tokyo");
  expect(workload.session(returns, { came: 0, at: 7_200_000 }).region).toBe("tokyo");
  expect(workload.session(returns, { came: 7_200_000, at: 7_200_000 }).region).toBe("berlin");
});

it("regions that nobody named, and rates of what has one already, are faults of the plan", () => {
  const faulty = {
    target,
    workload: { regions, failover: { at: "1m", from: "tokyo", to: "paris" } },
    stages: [
      { steady: "1m", load: [{ hold: "1/s", region: "rome" }] },
      { steady: "1m", at: "1/s", rate: "2/s" },
    ],
  };
  expect(() => resolvePlan(faulty, { env: {} })).toThrow(
    expect.objectContaining({
      faults: [
        expect.objectContaining({ path: "workload.failover.to" }),
        expect.objectContaining({ path: "stages[0].load[0].region" }),
        expect.objectContaining({ path: "stages[1].rate" }),
      ],
    }),
  );
});
