import { describe, expect, test } from "vitest";
import { PlimsollError } from "../base/index.ts";
import { planHash, publicPlan } from "./public.ts";
import { resolvePlan } from "./resolve.ts";

const target = { url: "http://127.0.0.1:8000/v1", protocol: "openai-chat", model: "m" };
const ENV = { TOKEN: "s3cr3t-token" };

const planOf = (exported: unknown) => resolvePlan({ target, export: exported }, { env: ENV, cwd: "/" }).plan;

test("a plan that tells nobody has no place, and labels of its own", () => {
  expect(resolvePlan({ target }, { env: {}, cwd: "/" }).plan.export).toEqual({ labels: {} });
});

test("a URL alone gets the path of its protocol; a path that is written stays", () => {
  expect(
    planOf({ remoteWrite: "http://127.0.0.1:9090", otlp: "http://127.0.0.1:4318", labels: { team: "search" } }).export,
  ).toEqual({
    remoteWrite: { url: "http://127.0.0.1:9090/api/v1/write", headers: {} },
    otlp: { url: "http://127.0.0.1:4318/v1/metrics", headers: {}, encoding: "protobuf" },
    labels: { team: "search" },
  });
  expect(planOf({ otlp: { url: "http://127.0.0.1:9/otlp/metrics", encoding: "json" } }).export.otlp).toEqual({
    url: "http://127.0.0.1:9/otlp/metrics",
    headers: {},
    encoding: "json",
  });
});

test.each([
  [9464, { host: "127.0.0.1", port: 9464 }],
  [0, { host: "127.0.0.1", port: 0 }],
  ["9464", { host: "127.0.0.1", port: 9464 }],
  ["0.0.0.0:9464", { host: "0.0.0.0", port: 9464 }],
  ["[::1]:9464", { host: "::1", port: 9464 }],
])("it listens at %j on loopback, unless another host is written", (listen, address) => {
  expect(planOf({ listen }).export.listen).toEqual(address);
});

describe("secrets of where figures go", () => {
  const plan = planOf({
    remoteWrite: { url: "https://user:pa55word@metrics.example/api/v1/write", headers: { "x-scope-orgid": "t1" } },
    otlp: { url: "https://otlp.example/v1/metrics?api_key=q1w2e3", headers: { authorization: "Bearer ${TOKEN}" } },
  });

  test("are sent", () => {
    expect(plan.export.otlp?.headers).toEqual({ authorization: "Bearer s3cr3t-token" });
    expect(plan.export.remoteWrite?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from("user:pa55word").toString("base64")}`,
    });
  });

  test("are never shown", () => {
    const shown = JSON.stringify(publicPlan(plan));
    for (const secret of ["s3cr3t-token", "pa55word", "q1w2e3", Buffer.from("user:pa55word").toString("base64")]) {
      expect(shown).not.toContain(secret);
    }
    expect(plan.secrets).toEqual(expect.arrayContaining(["s3cr3t-token", "pa55word", "q1w2e3"]));
  });
});

test("where figures go does not change which test it is", () => {
  expect(planHash(planOf({ remoteWrite: "http://127.0.0.1:9090" }))).toBe(planHash(planOf(undefined)));
});

test("every fault is told at once, at its place", () => {
  expect(
    faultsOf({
      remoteWrite: "ftp://metrics",
      otlp: { url: "metrics.example", headers: { "content-length": "1" } },
      listen: "localhost",
      labels: { run: "mine" },
    }),
  ).toEqual([
    "export.remoteWrite: expected an http or https URL",
    "export.otlp.headers.content-length: Plimsoll writes `content-length` itself",
    "export.otlp.url: expected a URL",
    "export.listen: expected a port, or a host and a port",
    "export.labels.run: Plimsoll writes the label `run` itself",
  ]);
});

function faultsOf(exported: unknown): string[] {
  try {
    planOf(exported);
  } catch (error) {
    if (error instanceof PlimsollError) return error.faults.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}
