import { expect, test } from "vitest";
import { editDistance, nearest } from "./did-you-mean.ts";

test.each([
  ["modle", "model", 1],
  ["", "abc", 3],
  ["stedy", "steady", 1],
  ["kitten", "sitting", 3],
  ["same", "same", 0],
])("the distance of %j and %j is %d", (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

test("a near name is suggested, whatever its case and hyphens; a far one is not", () => {
  const known = ["first-token", "connect", "idle", "total"];
  expect(nearest("firstToken", known)).toBe("first-token");
  expect(nearest("conect", known)).toBe("connect");
  expect(nearest("first", known)).toBe("first-token");
  expect(nearest("con", ["connect", "console"])).toBeUndefined();
  expect(nearest("banana", known)).toBeUndefined();
  expect(nearest("x".repeat(100_000), known)).toBeUndefined();
});
