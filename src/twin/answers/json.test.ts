import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { composeAnswer } from "./compose.ts";
import { promptOf } from "./prompt.ts";
import { OPTIONS } from "./test/options.ts";

const PROMPT = promptOf([{ role: "user", content: "Describe an order of the garden shop as JSON." }]);
const FORMATS: Readonly<Record<string, RegExp>> = {
  date: /^\d{4}-\d\d-\d\d$/,
  time: /^\d\d:\d\d:\d\d/,
  "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  email: /^[^@\s]+@[^@\s]+\.[a-z]+$/,
  uri: /^https?:\/\/\S+$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  ipv4: /^(?:\d{1,3}\.){3}\d{1,3}$/,
  hostname: /^[a-z0-9.-]+$/,
};
const ajv = new Ajv({ strict: false, formats: FORMATS, allErrors: true });

function compose(json: unknown, seed = 7): unknown {
  const { tokens } = composeAnswer(PROMPT, { ...OPTIONS, seed, json });
  return JSON.parse(tokens.join(""));
}

/** What is wrong with the answer to a schema; empty where nothing is. */
function faultsOf(schema: object, seed: number): string {
  const validate = ajv.compile(schema);
  const value = compose(schema, seed);
  return validate(value) ? "" : `${JSON.stringify(value)}: ${ajv.errorsText(validate.errors)}`;
}

const STRING = fc.oneof(
  fc.constant({ type: "string" }),
  fc.record({ type: fc.constant("string"), minLength: fc.nat(40), maxLength: fc.integer({ min: 40, max: 80 }) }),
  fc.record({ type: fc.constant("string"), format: fc.constantFrom(...Object.keys(FORMATS)) }),
  fc.record({ type: fc.constant("string"), enum: fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 4 }) }),
  fc.record({
    type: fc.constant("string"),
    pattern: fc.constantFrom(
      "^[A-Z]{3}-\\d{4}$",
      "^(?:red|green|blue)$",
      "^\\+?[0-9]{6,12}$",
      "^a+b?c*$",
      "^[^x-z]{2}$",
      "^v\\d+\\.\\d+(\\.\\d+)?$",
    ),
  }),
);
const NUMBER = fc.oneof(
  fc.record({
    type: fc.constantFrom("integer", "number"),
    minimum: fc.integer({ min: -1000, max: 0 }),
    maximum: fc.integer({ min: 0, max: 1000 }),
  }),
  fc.record({
    type: fc.constantFrom("integer", "number"),
    exclusiveMinimum: fc.constantFrom(-3, 0, 2.5),
    exclusiveMaximum: fc.constantFrom(5, 100),
  }),
  fc.record({ type: fc.constant("integer"), multipleOf: fc.constantFrom(1, 3, 10), minimum: fc.constant(5) }),
  fc.record({ type: fc.constant("number"), minimum: fc.constant(0), maximum: fc.constantFrom(0.001, 0.5, 1) }),
  fc.record({ type: fc.constantFrom("integer", "number"), maximum: fc.integer({ min: -50, max: 50 }) }),
);
/** Ajv compares constants by calling their `valueOf` and `toString`, so it cannot judge objects that have such keys. */
const CONSTANT = fc.jsonValue().filter((value) => !/"(valueOf|toString)":/.test(JSON.stringify(value)));

const LEAF = fc.oneof(
  STRING,
  NUMBER,
  fc.constant({ type: "boolean" }),
  fc.constant({ type: "null" }),
  fc.record({ const: CONSTANT }),
);

const { schema: SCHEMA } = fc.letrec<{ schema: object; object: object }>((tie) => ({
  schema: fc.oneof(
    { depthSize: "small", maxDepth: 4 },
    LEAF,
    tie("object"),
    fc.record({
      type: fc.constant("array"),
      items: tie("schema"),
      minItems: fc.nat(3),
      maxItems: fc.integer({ min: 3, max: 5 }),
    }),
    fc.record({ type: fc.constant(["string", "null"]) }),
    fc.record({ anyOf: fc.array(tie("schema"), { minLength: 1, maxLength: 3 }) }),
    fc.record({
      type: fc.constant("array"),
      prefixItems: fc.array(tie("schema"), { minLength: 1, maxLength: 3 }),
      minItems: fc.constant(1),
    }),
  ),
  object: fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), tie("schema"), { maxKeys: 4 }).chain((properties) =>
    fc.record({
      type: fc.constant("object"),
      properties: fc.constant(properties),
      required: fc.subarray(Object.keys(properties)),
      additionalProperties: fc.constant(false),
    }),
  ),
}));

describe("an answer in JSON", () => {
  it("satisfies the schema it was asked for, whatever the schema", () => {
    fc.assert(
      fc.property(SCHEMA, fc.nat(50), (schema, seed) => {
        expect(faultsOf(schema, seed)).toBe("");
      }),
      { numRuns: 250, interruptAfterTimeLimit: 15_000 },
    );
  });

  it("satisfies a schema with definitions, references to itself and combinations", () => {
    const schema = {
      $defs: {
        item: {
          type: "object",
          properties: {
            sku: { type: "string", pattern: "^[A-Z]{2}\\d{3}$" },
            parts: { type: "array", items: { $ref: "#/$defs/item" } },
          },
          required: ["sku", "parts"],
          additionalProperties: false,
        },
        "a/b": { enum: ["x", "y"] },
      },
      type: "object",
      properties: {
        root: { $ref: "#/$defs/item" },
        pointer: { $ref: "#/$defs/a~1b" },
        both: {
          allOf: [
            { type: "integer", minimum: 3 },
            { minimum: 5, maximum: 9 },
          ],
        },
        either: {
          oneOf: [
            { type: "string", maxLength: 3 },
            { type: "integer", minimum: 5 },
          ],
        },
        set: { type: "array", items: { enum: ["a", "b", "c", "d"] }, minItems: 3, uniqueItems: true },
      },
      required: ["root", "pointer", "both", "either", "set"],
    };
    for (let seed = 0; seed < 100; seed++) expect(faultsOf(schema, seed)).toBe("");
  });

  it("is an object with an answer as long as the style says where any object will do", () => {
    const value = compose(true);
    expect(Object.keys(value as object)).toEqual(["answer"]);
    expect(JSON.stringify(value).length).toBeGreaterThan(100);
  });

  it("takes bounded work for a schema without bounds", () => {
    const endless = {
      $defs: {
        node: {
          type: "object",
          properties: { a: { $ref: "#/$defs/node" }, b: { $ref: "#/$defs/node" } },
          required: ["a", "b"],
        },
      },
      $ref: "#/$defs/node",
    };
    expect(JSON.stringify(compose(endless)).length).toBeLessThan(1_000_000);
    expect(
      JSON.stringify(compose({ type: "array", minItems: 1e9, items: { type: "array", minItems: 1e9 } })).length,
    ).toBeLessThan(1_000_000);
    expect(JSON.stringify(compose({ type: "string", minLength: 1e9 })).length).toBeLessThan(1_000_000);
    expect(compose({ type: "string", pattern: `${"(a*)*".repeat(5)}$` })).toEqual(expect.any(String));
    expect(compose({ $ref: "#" })).toEqual(expect.anything());
  });
});
