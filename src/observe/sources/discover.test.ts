import { afterEach, describe, expect, test } from "vitest";
import { closedPort, type RawServer, rawServer, type Step } from "../../../test/helpers/raw-server.ts";
import { answer, OPEN_HEAD, pathOf } from "../test/answers.ts";
import { type Discovered, discover } from "./discover.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const NOT_FOUND = answer("no", "text/plain", "404 Not Found");
const JSON_TYPE = "application/json";

async function found(pages: Readonly<Record<string, readonly Step[]>>): Promise<Discovered & { server: RawServer }> {
  const server = await rawServer((request) => pages[pathOf(request)] ?? NOT_FOUND);
  const result = await discover(new URL(server.url), { name: "p", headers: { authorization: "Bearer x" } });
  ends.push(async () => result.source?.close(), server.close);
  return { ...result, server };
}

const path = ({ source }: Discovered): string | undefined =>
  source === undefined ? undefined : new URL(source.where).pathname;

describe("a metrics page", () => {
  test("is found at /metrics, asked as the target is asked", async () => {
    const result = await found({ "/metrics": answer("a 1\n") });
    expect(path(result)).toBe("/metrics");
    expect(result.server.requests).toHaveLength(1);
    expect(result.server.requests[0]).toMatch(/\r\nauthorization: Bearer x\r\n/i);
  });

  test("is found at NIM's and at trtllm-serve's place, text before JSON", async () => {
    expect(path(await found({ "/v1/metrics": answer("a 1\n") }))).toBe("/v1/metrics");
    const json = answer('[{"numActiveRequests":3}]', JSON_TYPE);
    expect(path(await found({ "/metrics": json, "/prometheus/metrics": answer("a 1\n") }))).toBe("/prometheus/metrics");
    expect(path(await found({ "/metrics": json }))).toBe("/metrics");
  });
});

describe("a target without one", () => {
  test.each<[string, readonly Step[]]>([
    ["404", NOT_FOUND],
    ["a page of an application", answer("<html></html>", "text/html")],
    ["a word", answer("ok\n")],
    ["nothing", answer("")],
    ["JSON without a number", answer('{"error":"not found"}', JSON_TYPE)],
    ["a broken connection", ["reset"]],
  ])("that answers %s is no fault, and no event", async (_, steps) => {
    const { source, refused } = await found({ "/metrics": steps });
    expect({ source, refused }).toEqual({ source: undefined, refused: undefined });
  });

  test("that nobody listens at, or that never answers, is left at once", async () => {
    expect(await discover(new URL(`http://127.0.0.1:${await closedPort()}`), { name: "p", headers: {} })).toEqual({});
    const silent = await found({ "/metrics": ["hang"] });
    expect(silent.source).toBeUndefined();
    expect(silent.server.requests).toHaveLength(1);
  });

  test("whose page has no end is refused, and told", async () => {
    const { source, refused } = await found({ "/metrics": [{ write: OPEN_HEAD }, { flood: "a".repeat(65_536) }] });
    expect(source).toBeUndefined();
    expect(refused).toMatchObject({ code: "line-too-long" });
  });
});
