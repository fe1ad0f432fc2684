import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeString, KIND, MAX_DEPTH, type PathStep, parsePath, Skimmer } from "./index.ts";

/** What JSON.parse and plain indexing find at a path. */
function lookup(value: unknown, steps: readonly PathStep[]): unknown {
  let at = value;
  for (const step of steps) {
    if (typeof step === "number") {
      if (!Array.isArray(at)) return undefined;
      at = at[step];
    } else {
      if (typeof at !== "object" || at === null || Array.isArray(at) || !Object.hasOwn(at, step)) return undefined;
      at = Object.entries(at).find(([key]) => key === step)?.[1];
    }
  }
  return at;
}

/** The value that a slot's span stands for. */
function found(skimmer: Skimmer, slot: number, bytes: Buffer): unknown {
  const kind = skimmer.kinds[slot];
  const [start = 0, end = 0] = [skimmer.starts[slot], skimmer.ends[slot]];
  if (kind === KIND.absent) return undefined;
  if (kind === KIND.string || kind === KIND.escaped) return decodeString(bytes, start, end, kind === KIND.escaped);
  return JSON.parse(bytes.toString("utf8", start, end));
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

const KEYS = ["a", "b", "delta", "content", "é", "x y", "__proto__", 'q"', "\n"];
const key = fc.constantFrom(...KEYS);
const step: fc.Arbitrary<PathStep> = fc.oneof(key, fc.nat(2));
const paths = fc.array(fc.array(step, { maxLength: 3 }), { minLength: 1, maxLength: 5 });

/** JSON texts with the keys above, duplicates among them, odd white space and escapes anywhere. */
const text: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => {
  const space = fc.constantFrom("", "", "", " ", "\n", "\t\r\n");
  const escapeSome = (word: string, how: number): string =>
    how === 0
      ? JSON.stringify(word)
      : `"${[...word].map((c) => (c.length === 1 ? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}` : c)).join("")}"`;
  const quoted = (words: fc.Arbitrary<string>) =>
    fc.tuple(words, fc.nat(3)).map(([word, how]) => escapeSome(word, how));
  const member = fc.tuple(quoted(key), space, space, tie("value")).map(([k, a, b, v]) => `${k}${a}:${b}${v}`);
  const list = (items: fc.Arbitrary<string>, [open, close]: readonly [string, string]) =>
    fc
      .tuple(fc.array(items, { maxLength: 4 }), space, space)
      .map(([all, a, b]) => open + a + all.join(`${a},${b}`) + b + close);
  return {
    value: fc.oneof(
      { maxDepth: 4, depthSize: "small" },
      quoted(fc.string({ unit: "grapheme", maxLength: 6 })),
      fc.constantFrom("null", "true", "false", "0", "-0", "12.5e-3", "1E+2", "9007199254740993"),
      list(member, ["{", "}"]),
      list(tie("value"), ["[", "]"]),
    ),
  };
}).value;

function skimmerOf(wanted: readonly (readonly PathStep[])[]): Skimmer {
  return new Skimmer(
    wanted.map((steps, slot) => ({ slot, steps })),
    wanted.length,
  );
}

describe("the skimmer", () => {
  test("finds at every path what JSON.parse finds there, whatever the keys, duplicates, escapes and white space", () => {
    fc.assert(
      fc.property(text, paths, fc.constantFrom("", " ", "junk"), (json, wanted, around) => {
        const bytes = Buffer.from(around + json + around);
        const skimmer = skimmerOf(wanted);
        const start = Buffer.byteLength(around);
        expect(skimmer.skim(bytes, start, bytes.length - start)).toBe(true);
        const value: unknown = JSON.parse(json);
        wanted.forEach((steps, slot) => {
          expect(found(skimmer, slot, bytes)).toEqual(lookup(value, steps));
        });
      }),
      { numRuns: 1000 },
    );
  });

  test("accepts exactly what JSON.parse accepts, also after bytes were cut, changed and doubled", () => {
    const broken = fc.tuple(
      text,
      fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.constantFrom(...'{}[]",:\\u0eE+-.tfn1 \n\u0001/')), { maxLength: 3 }),
    );
    fc.assert(
      fc.property(broken, ([json, edits]) => {
        let edited = json;
        for (const [where, how, char] of edits) {
          const at = where % (edited.length + 1);
          edited = edited.slice(0, at) + (how === 0 ? "" : char) + edited.slice(at + (how === 1 ? 0 : 1));
        }
        const bytes = Buffer.from(edited);
        expect(skimmerOf([["a"]]).skim(bytes, 0, bytes.length)).toBe(parse(bytes.toString()) !== undefined);
      }),
      { numRuns: 1200 },
    );
  });

  test("reads any bytes at all without throwing, and never past the end it was given", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), (raw, cut) => {
        const bytes = Buffer.from(raw);
        const end = Math.min(cut, bytes.length);
        const skimmer = skimmerOf([[], ["a"], [0]]);
        const ok = skimmer.skim(bytes, 0, end);
        expect(ok).toBe(skimmer.skim(Buffer.from(bytes.subarray(0, end)), 0, end));
      }),
      { numRuns: 1000 },
    );
  });

  test("calls a text malformed that nests deeper than its bound, instead of overflowing the stack", () => {
    const skimmer = skimmerOf([["a"]]);
    const nested = (depth: number): Buffer => Buffer.from("[".repeat(depth) + "]".repeat(depth));
    expect(skimmer.skim(nested(MAX_DEPTH), 0, 2 * MAX_DEPTH)).toBe(true);
    expect(skimmer.skim(nested(MAX_DEPTH + 1), 0, 2 * MAX_DEPTH + 2)).toBe(false);
    expect(skimmer.skim(nested(1_000_000), 0, 2_000_000)).toBe(false);
  });

  test("lets the last of duplicate keys void everything that an earlier one held", () => {
    const skimmer = skimmerOf([["a", "b"]]);
    const bytes = Buffer.from('{"a":{"b":1},"a":{"c":2}}');
    expect(skimmer.skim(bytes, 0, bytes.length)).toBe(true);
    expect(skimmer.kinds[0]).toBe(KIND.absent);
  });
});

describe("a JSON path", () => {
  test.each([
    ["$", []],
    ["$.usage", ["usage"]],
    ["$.choices[0].delta.content", ["choices", 0, "delta", "content"]],
    ["$['odd name'][\"it's\"][12]", ["odd name", "it's", 12]],
    ["$.x-y_z", ["x-y_z"]],
  ])("%s is read", (path, steps) => {
    expect(parsePath(path)).toEqual(steps);
  });

  test.each(["", "delta", "$.", "$..a", "$.a[*]", "$[", "$.a[-1]", "$.a b"])("%j is refused with a hint", (path) => {
    expect(() => parsePath(path)).toThrow(expect.objectContaining({ code: "PROTOCOL_BAD_PATH", exitCode: 104 }));
  });
});
