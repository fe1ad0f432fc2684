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

async function found(
  pages: Readonly<Record<string, readonly Step[]>>,
  target = "/v1/chat/completions",
): Promise<Discovered & { server: RawServer }> {
  const server = await rawServer((request) => pages[pathOf(request)] ?? NOT_FOUND);
  const result = await discover(new URL(target, server.url), { name: "p", headers: { authorization: "Bearer x" } });
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

  test.each([
    ["/llm/v1/chat/completions", "/llm/metrics"],
    ["/llm/v1/chat/completions", "/llm/v1/metrics"],
    ["/llm/v1/chat/completions", "/metrics"],
    ["/api/chat", "/api/chat/metrics"],
    ["/api/chat", "/metrics"],
    ["/", "/metrics"],
  ])("of a target at %s is found at %s", async (target, page) => {
    expect(path(await found({ [page]: answer("a 1\n") }, target))).toBe(page);
  });

  test("is that of the API's own path before that of the gateway at the root", async () => {
    const pages = { "/metrics": answer("gateway 1\n"), "/llm/metrics": answer("engine 1\n") };
    expect(path(await found(pages, "/llm/v1"))).toBe("/llm/metrics");
  });

  test("is found where the server sends one on from it, within its own origin", async () => {
    const on = answer("", "text/plain", "307 Temporary Redirect\r\nlocation: /metrics/");
    const result = await found({ "/metrics": on, "/metrics/": answer("a 1\n") });
    expect(path(result)).toBe("/metrics");
    const away = answer("", "text/plain", `302 Found\r\nlocation: ${result.server.url}/metrics/`);
    expect(path(await found({ "/metrics": away }))).toBeUndefined();
    expect(result.server.requests).toHaveLength(2);
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

  test.each(["401 Unauthorized", "403 Forbidden"])(
    "that answers %s to its own headers is told, with what to do",
    async (status) => {
      const { source, refused } = await found({ "/metrics": answer("no", "text/plain", status) });
      expect(source).toBeUndefined();
      expect(refused).toMatchObject({
        code: "status",
        why: expect.stringMatching(/answers 40[13] .*observe\.prometheus/),
      });
    },
  );

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
