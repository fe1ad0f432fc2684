import fc from "fast-check";
import { expect, test } from "vitest";
import { formatPath, parsePath, valueAt } from "./path.ts";

test("a path is written as people write it", () => {
  expect(formatPath(["stages", 2, "to"])).toBe("stages[2].to");
  expect(formatPath(["target", "headers", "x y"])).toBe('target.headers["x y"]');
  expect(parsePath("target.headers.x-api-key")).toEqual(["target", "headers", "x-api-key"]);
  for (const text of ["", ".a", "a..b", "a[", "a[x]", "a b"]) expect(parsePath(text)).toBeUndefined();
});

test("every path that is written can be read back", () => {
  const step = fc.oneof(fc.string({ minLength: 1 }), fc.integer({ min: 0, max: 999_999 }));
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (path) => {
      expect(parsePath(formatPath(path))).toEqual(path);
    }),
  );
});

test("a value is found through own properties only", () => {
  expect(valueAt({ a: [{ b: 1 }] }, ["a", 0, "b"])).toBe(1);
  expect(valueAt({}, ["constructor", "name"])).toBeUndefined();
  expect(valueAt(null, ["a"])).toBeUndefined();
});
