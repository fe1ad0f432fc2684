import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { PlimsollError } from "../../base/index.ts";
import { parseStack, resolveStack } from "./read.ts";

const FOLDER = new URL("../../../examples/stacks/", import.meta.url);
const files = (await readdir(fileURLToPath(FOLDER))).filter((file) => file.endsWith(".yaml"));
const TEXTS = await Promise.all(files.map((file) => readFile(new URL(file, FOLDER), "utf8")));

/** Every place of plain data, the root left out. */
function places(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...places(inner, [...path, key])]);
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((item, i) => (String(i) === key ? replaced(item, rest, by) : item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, k === key ? replaced(v, rest, by) : v]));
}

/** Reads, or is refused in the product's own words. */
function readsOrTells(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(PlimsollError);
    if (!(error instanceof PlimsollError)) return;
    expect(error.exitCode).toBe(104);
    expect(error.faults.length).toBeGreaterThan(0);
    for (const { code, message, hint } of error.faults) {
      expect(code).toMatch(/^(STACK|ENGINE)_[A-Z_]+$/);
      expect(hint, `${code} ${message}`).toMatch(/^[A-Z]\S* .*[.?]$/s);
    }
  }
}

test("a stack with anything in place of any value is read, or refused with faults that say what to do", () => {
  const stack = fc.constantFrom(...TEXTS.map((text): unknown => parse(text)));
  const mutant = stack.chain((plain) =>
    fc.record({
      plain: fc.constant(plain),
      place: fc.constantFrom(...places(plain)),
      by: fc.oneof(
        fc.anything({ maxDepth: 2 }),
        fc.constantFrom<unknown>(
          null,
          0,
          -1,
          1e300,
          Number.NaN,
          "",
          "5",
          "5s",
          "x",
          [],
          {},
          [{}],
          { kind: "pool" },
          true,
        ),
      ),
    }),
  );
  fc.assert(
    fc.property(mutant, ({ plain, place, by }) =>
      readsOrTells(() => resolveStack(replaced(plain, place, by), { env: {} })),
    ),
    { numRuns: 200 },
  );
});

test("a stack whose text is torn or has anything written into it is read, or refused the same way", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...TEXTS),
      fc.nat(5000),
      fc.nat(60),
      fc.string({ maxLength: 12 }),
      (text, at, cut, put) => {
        const from = at % text.length;
        readsOrTells(() => parseStack(text.slice(0, from) + put + text.slice(from + cut), { env: {} }));
      },
    ),
    { numRuns: 150 },
  );
});
