import { expect, test } from "vitest";
import { parseYaml } from "./yaml.ts";

const told = (text: string) =>
  parseYaml(text).problems.map(({ place, message }) => `${typeof place === "object" ? place.line : "-"} ${message}`);

test("a brace that nothing closes is told where it opens, once", () => {
  const text =
    "parts:\n  one: { kind: pool, name: '}' }\n  llm: { kind: pool, list: [ 1, 2 ]\n  other: { kind: gateway }\n";
  expect([...new Set(told(text))]).toEqual(["3 a bracket or brace that nothing closes"]);
});

test("JSON is read as YAML, with places", () => {
  const { raw, locate, problems } = parseYaml('{\n  "a": [1,\n    {"b": true}]\n}');
  expect(raw).toEqual({ a: [1, { b: true }] });
  expect(problems).toEqual([]);
  expect(locate(["a", 1, "b"], false)).toEqual({ line: 3, column: 11 });
  expect(locate(["a", 1, "b"], true)).toEqual({ line: 3, column: 6 });
  expect(locate(["a", 1, "missing"], false)).toEqual({ line: 3, column: 5 });
});

test("a place is found through an alias", () => {
  const { locate } = parseYaml("a: &x\n  b: 1\nc: *x\n");
  expect(locate(["c", "b"], false)).toEqual({ line: 2, column: 6 });
});

test("several faults of syntax are told at once, each at its line", () => {
  expect(told("a: b: c\nd: 1\ne: 'x\n")).toHaveLength(2);
  expect(told("a: 1\na: 2\nb: 1\nb: 2")).toEqual([
    "2 this key is already in the same mapping",
    "4 this key is already in the same mapping",
  ]);
  expect(told("a:\n\t- b")).toEqual(["2 a tab as indentation"]);
  expect(told("a: 1\n---\nb: 2")).toEqual(["2 more than one document in the file"]);
});

test("YAML is data: tags and merges do nothing but fail or stay text", () => {
  expect(told("a: !foo 1\nb: !!binary abc\nc: !!js/function x")).toEqual([
    "1 tags are not allowed: a plan is plain data",
    "2 tags are not allowed: a plan is plain data",
    "3 tags are not allowed: a plan is plain data",
  ]);
  expect(parseYaml("<<: { a: 1 }").raw).toEqual({ "<<": { a: 1 } });
  expect(parseYaml("a: 2001-01-01\nb: yes").raw).toEqual({ a: "2001-01-01", b: "yes" });
});

test("aliases that multiply are refused in bounded time", () => {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 10; i++) lines.push(`a${i}: &a${i} [${`*a${i - 1}, `.repeat(10)}]`);
  expect(told(lines.join("\n"))).toEqual(["- aliases that repeat too much"]);
  expect(told("a: *nope")).toEqual(["1 an alias that points at nothing"]);
});

test("any depth of nesting is answered, never with a crash", () => {
  const steps = Array.from({ length: 3000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n");
  for (const text of ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(50_000), "? ".repeat(50_000), steps]) {
    expect(told(text)).toEqual(["- nested too deeply"]);
  }
  expect(told(`a: ["${"[".repeat(500)}"]\nb: |\n${" ".repeat(900)}- - x\n`)).toEqual([]);
});

test("a fault of syntax quotes nothing of the text", () => {
  for (const text of [
    'key: "sk-12345678',
    "key: {a: sk-12345678]",
    "key: [sk-12345678: }",
    "@sk-12345678",
    "key: x\nsk-12345678",
  ]) {
    const problems = parseYaml(text).problems;
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain("sk-1234");
  }
});
