import { describe, expect, it } from "vitest";
import type { Plan } from "../../plan/index.ts";
import { loadWorkload } from "../../workload/index.ts";
import { displayWidth } from "../text.ts";
import { estimate } from "./estimate.ts";
import { renderCheck } from "./render.ts";
import { checkReport } from "./report.ts";
import { prefixReuse } from "./reuse.ts";

const plan: Plan = {
  name: "support desk",
  seed: 7,
  target: {
    url: "http://127.0.0.1:8400/v1",
    protocol: "openai-chat",
    method: "POST",
    model: "small",
    events: { token: "$.choices[0].delta.content" },
    headers: {},
    timeouts: { connect: 5_000, firstToken: 30_000, idle: 20_000, total: 300_000 },
    tls: { verify: true },
    connections: { max: 4_096, keepAlive: true },
    repeatable: false,
    retries: { count: 0, on: [], backoff: 500, maxBackoff: 30_000, honourRetryAfter: true },
    maxAnswerBytes: 1_000_000,
  },
  workload: {
    personas: [
      {
        name: "asker",
        weight: 1,
        prompts: { kind: "inline", prompts: ["x".repeat(40)] },
        turns: { kind: "fixed", value: 2 },
        think: { kind: "fixed", value: 1_000 },
        maxTokens: { kind: "fixed", value: 100 },
      },
    ],
    arrivals: { process: "poisson", cv: 1 },
  },
  stages: [
    {
      name: "rest",
      kind: "rest",
      from: 0,
      duration: 20_000,
      unit: "users",
      load: [{ shape: "hold", value: 2, at: 0, for: 20_000 }],
    },
    {
      name: "ramp",
      kind: "ramp",
      from: 20_000,
      duration: 60_000,
      unit: "sessions/s",
      load: [{ shape: "ramp", from: 0, to: 4, curve: "linear", at: 0, for: 60_000 }],
    },
  ],
  slo: [],
  budget: {},
  guards: { allFailedFor: 10_000, allFailedMinimum: 20 },
  generator: { workers: 0, drain: 30_000, texts: 0.02, gaps: 0.01, maxStartLag: 10, maxLoopDelay: 20 },
  observe: { prometheus: [], every: 333, discover: false, processes: [] },
  export: { labels: {} },
  runs: "/runs",
  secrets: [],
};

function check(over: Partial<Plan> = {}, answerTime = 5_000) {
  const changed = { ...plan, ...over };
  const workload = loadWorkload(changed);
  const found = estimate(changed, workload, answerTime);
  const asked = { prompts: workload.prompts, lengths: [], reuse: prefixReuse(workload, found.sessions) };
  return checkReport(changed, found, asked, [{ path: "seed", value: "7" }], []);
}

describe("what a plan would do", () => {
  it("counts sessions from the load, requests from the turns, and sockets by Little's law", () => {
    const { estimate: found } = check();
    // Two users, each session two answers of 5 s and a pause of 1 s: 2 * 20 / 11; then the triangle under the ramp.
    expect(found.stages.map((stage) => stage.sessions)).toEqual([
      expect.closeTo((2 * 20) / 11, 6),
      expect.closeTo(120, 6),
    ]);
    expect(found.requests).toBeCloseTo(2 * (120 + 40 / 11), 6);
    // 4 sessions/s of two answers of 5 s.
    expect(found.sockets.peak).toBe(40);
  });

  it("counts the growing history in the input, and every turn's maxTokens in the output", () => {
    const { estimate: found } = check();
    // Turn one: 10 tokens. Turn two: 10 + 100 + 10.
    expect(found.tokens.input / found.sessions).toBeCloseTo(130, 6);
    expect((found.tokens.outputAtMost ?? Number.NaN) / found.sessions).toBeCloseTo(200, 6);
  });

  it("gives a cost ceiling from prices and maxTokens or from the budget, and otherwise says why it has none", () => {
    expect(check().estimate.cost).toEqual({ why: "the plan has no prices" });
    const prices = { input: 1e-6, cached: 1e-6, output: 4e-6, reasoning: 4e-6, request: 0 };
    const sessions = check().estimate.sessions;
    expect(check({ prices }).estimate.cost.atMost).toBeCloseTo(sessions * (130e-6 + 800e-6), 9);
    expect(check({ prices, budget: { cost: 0.01 } }).estimate.cost).toEqual({
      atMost: 0.01,
      why: "the budget, at which the run stops",
    });
  });

  it("says who will be told while the run lasts", () => {
    const text = (exported: Plan["export"]): string =>
      renderCheck(check({ export: exported }), { width: 100, color: false }).replaceAll(/\s+/g, " ");
    expect(text({ labels: {} })).toContain("tells nobody while it runs");
    expect(
      text({
        labels: {},
        remoteWrite: { url: "http://p:9090/api/v1/write", headers: {} },
        listen: { host: "127.0.0.1", port: 9464 },
      }),
    ).toContain("tells Prometheus remote write at http://p:9090/api/v1/write; whoever scrapes 127.0.0.1:9464; every");
  });

  it("says what will be observed, and how often", () => {
    const place = { headers: {}, url: "http://gpu:8000/metrics" };
    const observe: Plan["observe"] = {
      every: 500,
      discover: true,
      prometheus: [
        { ...place, name: "gpu:8000" },
        { ...place, url: "http://db:9187/metrics", name: "postgres" },
      ],
      server: {
        ...place,
        url: "http://prom:9090/",
        name: "prom:9090",
        queries: [{ name: "q", query: "up" }],
        jobs: ["a"],
      },
      processes: [{ name: "app", port: 3000 }],
    };
    const text = renderCheck(check({ observe }), { width: 100, color: false }).replaceAll(/\s+/g, " ");
    expect(text).toContain(
      "observes http://gpu:8000/metrics; http://db:9187/metrics as postgres; the Prometheus server http://prom:9090/, 1 query, of a; process on port 3000; the target's own metrics page, if it has one; every 500ms",
    );
  });

  it("is printed on at most 100 columns, and fits narrower ones", async () => {
    const report = check({ slo: [], budget: { cost: 10, requests: 200_000, duration: 1_800_000 } });
    for (const width of [40, 80, 100]) {
      for (const line of renderCheck(report, { width, color: false }).split("\n"))
        expect(displayWidth(line), line).toBeLessThanOrEqual(width);
    }
    await expect(renderCheck(report, { width: 100, color: false })).toMatchFileSnapshot("../snapshots/check-100.txt");
  });
});
