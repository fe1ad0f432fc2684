import { describe, expect, test } from "vitest";
import { PlimsollError } from "../base/index.ts";
import { planHash, publicPlan } from "./public.ts";
import { type ResolveOptions, resolvePlan } from "./resolve.ts";

const CHAT = { target: { url: "http://127.0.0.1:8000/v1", model: "m" } };

const observed = (observe: unknown, options: ResolveOptions = {}) =>
  resolvePlan({ ...CHAT, observe }, { env: {}, ...options }).plan;

function faults(observe: unknown): readonly string[] {
  try {
    observed(observe);
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    return error.faults.map(({ path, message }) => `${path ?? "-"}: ${message}`);
  }
  return [];
}

describe("what is observed", () => {
  test("is whatever the target shows of itself where a plan says nothing, and nothing where it says so", () => {
    const { plan } = resolvePlan(CHAT, { env: {} });
    expect(plan.observe).toEqual({ prometheus: [], every: 333, discover: true, processes: [] });
    expect(observed({ discover: false }).observe.discover).toBe(false);
  });

  test("has names: as written, else host and port", () => {
    const { observe } = observed({
      prometheus: ["http://gpu:8000/metrics", { url: "http://db:9187/metrics", name: "postgres" }],
      every: "1s",
      server: { url: "http://prom:9090", queries: ["up", { query: "rate(x[1m])", name: "x" }] },
      processes: [{ port: 8000 }, { pid: 12, name: "app" }],
    });
    expect(observe).toEqual({
      prometheus: [
        { name: "gpu:8000", url: "http://gpu:8000/metrics", headers: {} },
        { name: "postgres", url: "http://db:9187/metrics", headers: {} },
      ],
      every: 1000,
      discover: true,
      server: {
        name: "prom:9090",
        url: "http://prom:9090/",
        headers: {},
        queries: [
          { name: "query 1", query: "up" },
          { name: "x", query: "rate(x[1m])" },
        ],
        jobs: [],
      },
      processes: [
        { name: "port 8000", port: 8000 },
        { name: "app", pid: 12 },
      ],
    });
  });

  test("does not make another test of a plan", () => {
    expect(planHash(observed({ discover: false }))).toBe(
      planHash(observed({ prometheus: ["http://gpu:8000/metrics"] })),
    );
  });

  test("goes through the proxy of the environment, as the load does", () => {
    const env = { HTTP_PROXY: "http://me:secret-word@proxy:3128" };
    const { observe, secrets } = observed(
      { prometheus: ["http://gpu:8000/metrics", "http://127.0.0.1:1/metrics"] },
      { env },
    );
    expect(observe.prometheus.map(({ proxy }) => proxy)).toEqual(["http://me:secret-word@proxy:3128/", undefined]);
    expect(secrets).toContain("secret-word");
  });
});

test("every fault of what is observed is told at once, at its place", () => {
  expect(
    faults({
      prometheus: [
        "gpu:8000",
        { url: "ftp://x/metrics" },
        { url: "http://a/m", headers: { "content-length": "1" } },
        "http://a/n",
      ],
      every: "10ms",
      server: { url: "http://prom:9090", queries: [] },
      processes: [{}, { pid: 1, port: 2 }, { port: 70000 }],
      discovr: true,
    }),
  ).toEqual(
    expect.arrayContaining([
      "observe.prometheus[0]: expected an http or https URL",
      "observe.prometheus[1].url: expected an http or https URL",
      "observe.prometheus[2].headers.content-length: Plimsoll writes `content-length` itself",
      "observe.prometheus[3]: `a` is observed twice",
      "observe.every: expected 50ms or more",
      "observe.processes[0]: a process needs pid or port",
      "observe.processes[1]: a process has pid or port, not both",
      "observe.discovr: unknown field `discovr`",
    ]),
  );
});

test("no secret of what is observed shows in the plan that is written down, or in a fault", () => {
  const env = { METRICS_KEY: "sk-of-the-metrics", OTHER: "plain-but-in-a-header" };
  const observe = {
    prometheus: [
      { url: "http://me:pass-word-1@gpu:8000/metrics?token=query-token-2", headers: { "x-own": "${OTHER}" } },
      "http://me:pass-word-3@db:1/metrics",
    ],
    server: { url: "http://prom:9090", headers: { authorization: "Bearer ${METRICS_KEY}" } },
  };
  const hidden = ["sk-of-the-metrics", "plain-but-in-a-header", "pass-word-1", "query-token-2", "pass-word-3"];
  const plan = observed(observe, { env });
  expect(plan.observe.prometheus[0]?.headers).toMatchObject({ authorization: expect.stringMatching(/^Basic /) });
  const shown = [JSON.stringify(publicPlan(plan))];
  try {
    observed(
      { ...observe, every: "x", prometheus: [...observe.prometheus, { url: 1, headers: { "x-own": ["${OTHER}"] } }] },
      { env },
    );
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    shown.push(JSON.stringify(error.faults));
  }
  expect(shown).toHaveLength(2);
  for (const text of shown) for (const secret of hidden) expect(text).not.toContain(secret);
});
