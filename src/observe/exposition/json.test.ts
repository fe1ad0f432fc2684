import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonSamples } from "./json.ts";
import { formatOf } from "./negotiate.ts";

const told = (json: unknown) => Object.fromEntries(jsonSamples(json).map(({ name, value }) => [name, value]));

test("the numbers of a JSON answer are named by their path", () => {
  expect(told({ queue: 3, cache: { used: 0.5, full: false, name: "a" }, list: [1, 2], none: null })).toEqual({
    queue: 3,
    "cache.used": 0.5,
    "cache.full": 0,
  });
});

test("of a list of iterations the newest counts", () => {
  expect(
    told([
      { iter: 1, active: 4 },
      { iter: 2, active: 5 },
    ]),
  ).toEqual({ iter: 2, active: 5 });
  expect(told([])).toEqual({});
});

test("whatever JSON comes, the samples are bounded", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 12 }), (json) => {
      expect(jsonSamples(json, 5).length).toBeLessThanOrEqual(5);
    }),
  );
  let deep: unknown = 1;
  for (let i = 0; i < 5000; i++) deep = { a: deep };
  expect(jsonSamples(deep)).toEqual([]);
});

test.each([
  ["application/openmetrics-text; version=1.0.0; charset=utf-8", "openmetrics"],
  ["text/plain; version=0.0.4", "prometheus"],
  ["Text/Plain", "prometheus"],
  ["", "prometheus"],
  ["application/json; charset=utf-8", "json"],
  ["application/problem+json", "json"],
  ["text/html", undefined],
])("%j is read as %s", (type, format) => {
  expect(formatOf(type)).toBe(format);
});
