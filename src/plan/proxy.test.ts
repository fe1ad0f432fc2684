import { describe, expect, test } from "vitest";
import { isLoopback, resolveProxy } from "./proxy.ts";

const PROXY = "http://proxy.corp:3128/";
const at = (url: string, env: Record<string, string>) => resolveProxy(new URL(url), env);

describe("a proxy from the environment", () => {
  test("serves http and https by their own variables, upper case first", () => {
    const env = { HTTP_PROXY: "proxy.corp:3128", http_proxy: "http://other:1", https_proxy: "http://secure:2" };
    expect(at("http://api.example.com/", env)).toEqual({ proxy: PROXY });
    expect(at("https://api.example.com/", env)).toEqual({ proxy: "http://secure:2/" });
    expect(at("https://api.example.com/", { HTTP_PROXY: PROXY })).toEqual({});
  });

  test("is never used for loopback", () => {
    for (const host of ["localhost", "127.0.0.1", "127.9.9.9", "[::1]", "[::ffff:127.0.0.1]"]) {
      expect(at(`http://${host}:8000/`, { HTTP_PROXY: PROXY })).toEqual({});
    }
    expect(isLoopback("128.0.0.1")).toBe(false);
  });

  test.each([
    ["*", "http://api.example.com/", true],
    ["example.com", "http://example.com/", true],
    ["example.com", "http://api.example.com/", true],
    ["example.com", "http://notexample.com/", false],
    [".example.com", "http://api.example.com/", true],
    [".example.com", "http://example.com/", false],
    ["*.example.com", "http://api.example.com/", true],
    ["EXAMPLE.com", "http://Example.COM/", true],
    ["example.com:8080", "http://example.com:8080/", true],
    ["example.com:8080", "http://example.com/", false],
    ["example.com:80", "http://example.com/", true],
    ["10.0.0.0/8", "http://10.1.2.3/", true],
    ["10.0.0.0/8", "http://11.1.2.3/", false],
    ["10.0.0.0/99", "http://10.1.2.3/", false],
    ["fd00::/8", "http://[fd12::1]/", true],
    ["10.1.2.3", "http://10.1.2.3:99/", true],
    ["10.1.2.3:80", "http://10.1.2.3:99/", false],
    ["[fd12:0::1]:80", "http://[fd12::1]/", true],
    ["fd12::1", "http://[fd12:0:0::1]/", true],
    [" a.b , example.com ", "http://example.com/", true],
    ["", "http://example.com/", false],
  ])("NO_PROXY=%s for %s bypasses: %s", (list, url, bypassed) => {
    expect(at(url, { HTTP_PROXY: PROXY, NO_PROXY: list })).toEqual(bypassed ? {} : { proxy: PROXY });
    expect(at(url, { HTTP_PROXY: PROXY, no_proxy: list })).toEqual(bypassed ? {} : { proxy: PROXY });
  });

  test("of a kind that is not supported is a problem, not a direct connection", () => {
    expect(at("http://a.b/", { HTTP_PROXY: "socks5://p:1" })).toMatchObject({ variable: "HTTP_PROXY" });
    expect(at("http://a.b/", { HTTP_PROXY: "http://" })).toMatchObject({ problem: "is no URL" });
  });
});
