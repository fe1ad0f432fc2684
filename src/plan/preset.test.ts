import { describe, expect, it } from "vitest";
import { PlimsollError } from "../base/index.ts";
import { trafficPresets } from "../traces/index.ts";
import { type Plan, resolvePlan } from "./index.ts";
import { TRAFFIC_PRESETS } from "./schema/workload.ts";

const TARGET = { url: "http://127.0.0.1:9/v1", protocol: "openai-chat", model: "m" };

function planOf(workload: unknown): Plan {
  return resolvePlan({ target: TARGET, workload, stages: [{ steady: "10s", at: "1/s" }] }, { env: {} }).plan;
}

describe("a preset of traffic", () => {
  it("is named in the schema when it ships, and the other way round", () => {
    expect([...TRAFFIC_PRESETS]).toEqual(trafficPresets().map(({ name }) => name));
  });

  it.each(TRAFFIC_PRESETS)("%s is a workload that a plan may have, with arrivals, lengths and their source", (name) => {
    const { plan, defaults } = resolvePlan({ target: TARGET, workload: { preset: name } }, { env: {} });
    expect(plan.workload.personas.every(({ maxTokens }) => maxTokens !== undefined)).toBe(true);
    expect(plan.workload.personas.every(({ prompts }) => prompts.kind === "synthetic")).toBe(true);
    expect(defaults.find(({ path }) => path === "workload.preset")?.value).toMatch(/Azure|Mooncake|ServeGen|estimate/);
  });

  it("gives way to what the plan writes: its arrivals, its personas, and of a persona what it says", () => {
    const plain = planOf({ preset: "bursty-code" });
    expect(plain.workload.arrivals).toEqual({ process: "gamma", cv: 7 });
    const { workload } = planOf({
      preset: "bursty-code",
      arrivals: { process: "poisson" },
      personas: [
        { name: "a", turns: 3 },
        { name: "b", weight: 2, maxTokens: 5 },
      ],
    });
    expect(workload.arrivals.process).toBe("poisson");
    const [a, b] = workload.personas;
    expect(a).toEqual({ ...plain.workload.personas[0], name: "a", turns: { kind: "fixed", value: 3 } });
    expect(b).toEqual({
      ...plain.workload.personas[0],
      name: "b",
      weight: 2,
      maxTokens: { kind: "fixed", value: 5 },
    });
  });

  it("that there is not is told with the nearest that there is", () => {
    expect(() => planOf({ preset: "stady-chat" })).toThrow(PlimsollError);
    try {
      planOf({ preset: "stady-chat" });
    } catch (error) {
      expect(error instanceof PlimsollError && error.faults[0]).toMatchObject({
        path: "workload.preset",
        received: "stady-chat",
        hint: "Did you mean `steady-chat`?",
      });
    }
  });
});
