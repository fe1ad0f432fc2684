import fc from "fast-check";
import { expect, test } from "vitest";
import { PlimsollError } from "../base/index.ts";
import { planHash, publicPlan } from "./public.ts";
import { type ResolveOptions, resolvePlan } from "./resolve.ts";
import { redactUrl, secretsOfUrl } from "./secrets.ts";
import { parseYaml } from "./yaml.ts";

const secret = fc.stringMatching(/^sk-[A-Za-z0-9+/=_.~-]{8,40}$/);

/** Everything that a reader of the plan's result or of its faults could see. */
function visible(input: unknown, options: ResolveOptions): string {
  try {
    const { plan, warnings, defaults } = resolvePlan(input, options);
    return JSON.stringify([publicPlan(plan), warnings, defaults, planHash(plan)]);
  } catch (error) {
    if (error instanceof PlimsollError) return JSON.stringify([error.faults, error.message, error.stack]);
    throw error;
  }
}

const PLACES: readonly ((value: string) => unknown)[] = [
  (value) => ({ headers: { authorization: `Bearer ${value}` } }),
  (value) => ({ headers: { "X-Api-Key": value } }),
  (value) => ({ headers: { "x-custom": "${CUSTOM}" }, parameters: { note: value } }),
  (value) => ({ url: `https://me:${encodeURIComponent(value)}@example.com/v1` }),
  (value) => ({ url: `https://example.com/v1?api_key=${encodeURIComponent(value)}&x=1` }),
  (value) => ({ parameters: { nested: { api_key: value } } }),
  () => ({ model: "${MY_TOKEN}" }),
  () => ({ url: "http://${MY_TOKEN}:x" }),
];
/** Faults beside the secret, in it, and around it. */
const HARMS: readonly ((target: Record<string, unknown>, value: string) => unknown)[] = [
  (target) => ({ target }),
  (target) => ({ target: { ...target, modle: "x" }, seed: "many" }),
  (target) => ({ target: { ...target, protocol: "openai-chatt" } }),
  (target, value) => ({ target: { ...target, headers: { authorization: `${value}\n` } } }),
  (target, value) => ({ target: { ...target, headers: `authorization: ${value}` } }),
  (target, value) => ({ target: { ...target, headers: { authorization: [value] } } }),
  (target, value) => ({ target: { ...target, headers: { "x-api-key": value }, model: { a: value } } }),
  (target, value) => ({ target: { ...target, apiKey: value } }),
];

test("no secret shows in a fault, a warning, or the plan that is written down", () => {
  fc.assert(
    fc.property(secret, fc.constantFrom(...PLACES), fc.constantFrom(...HARMS), (value, place, harm) => {
      const target = { url: "https://example.com/v1", model: "m", ...Object(place(value)) };
      const env = { MY_TOKEN: value, CUSTOM: value };
      expect(visible(harm(target, value), { env })).not.toContain(value);
    }),
    { numRuns: 400 },
  );
});

test("a secret that a long value is cut inside of does not show in part", () => {
  const value = `sk-${"0123456789".repeat(20)}`;
  for (const lead of [0, 60, 70, 75]) {
    const input = { target: { url: `${"x".repeat(lead)}://h/v1`, model: "m" }, seed: `${"y".repeat(lead)}\${MY_KEY}` };
    expect(visible(input, { env: { MY_KEY: value } })).not.toContain("0123456");
  }
});

test("a short secret that is the whole value does not show either", () => {
  expect(
    visible({ target: { url: "http://h/v1", model: "m" }, seed: "${MY_KEY}" }, { env: { MY_KEY: "q7w" } }),
  ).not.toContain("q7w");
  expect(
    visible({ target: { url: "http://h/v1", model: "m", headers: { cookie: "q7w" } } }, { env: {} }),
  ).not.toContain("q7w");
});

test("a broken YAML file shows no secret", () => {
  fc.assert(
    fc.property(secret, fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), (value, before, after) => {
      const { problems } = parseYaml(`target:\n  headers:\n    authorization: ${before}"${value}${after}\n`);
      expect(JSON.stringify(problems)).not.toContain(value);
    }),
  );
});

test("secrets of a plan are kept for the redactor, and only there", () => {
  const { plan } = resolvePlan(
    {
      target: {
        url: "https://u:pass-word@h/v1?sig=abc%2Bdef",
        model: "m",
        headers: { authorization: "Bearer ${K}", "x-tenant": "${TENANT}" },
      },
    },
    { env: { K: "key-0123", TENANT: "tenant-9", HTTPS_PROXY: "http://p:proxy-pass@proxy:1" } },
  );
  for (const value of ["Bearer key-0123", "key-0123", "tenant-9", "pass-word", "abc+def", "proxy-pass"])
    expect(plan.secrets).toContain(value);
  expect(publicPlan(plan)).not.toHaveProperty("secrets");
  expect(publicPlan(plan).target).toMatchObject({
    url: "https://h/v1/chat/completions?sig=***",
    headers: { authorization: "***", "x-tenant": "***" },
    proxy: "http://***@proxy:1/",
  });
});

test("a URL is redacted as text, whether or not it parses", () => {
  expect(redactUrl("ht!tp//x")).toBe("ht!tp//x");
  expect(redactUrl("http://a:b@c:99999/?token=t&x=y")).toBe("http://***@c:99999/?token=***&x=y");
  expect(redactUrl("http://h/?access%5Ftoken=t")).toBe("http://h/?access%5Ftoken=***");
  expect(secretsOfUrl("http://user@h/?key=%zz")).toEqual(expect.arrayContaining(["user", "%zz"]));
  expect(redactUrl("http://h/?q=a&monkey=b")).toBe("http://h/?q=a&monkey=b");
});

test("the hash tells plans apart by what they ask for, not by keys, folders or machines", () => {
  const hash = (input: object, options: ResolveOptions = {}) =>
    planHash(
      resolvePlan(
        { target: { url: "http://h/v1", model: "m", headers: { authorization: "${KEY:-none}" } }, ...input },
        { env: {}, ...options },
      ).plan,
    );
  expect(hash({})).toMatch(/^[0-9a-f]{12}$/);
  const same = [
    hash({}, { env: { KEY: "other-key" } }),
    hash({ runs: "/elsewhere" }),
    hash({ generator: { workers: 3 } }),
    hash({}, { env: { HTTP_PROXY: "http://p:1" } }),
  ];
  for (const other of same) expect(other).toBe(hash({}));
  for (const input of [{ seed: 2 }, { slo: ["ttft.p95 < 1s"] }, { stages: [{ steady: "31s", at: "1/s" }] }])
    expect(hash(input)).not.toBe(hash({}));
});
