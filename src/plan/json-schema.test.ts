import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { PROTOCOLS } from "../base/index.ts";
import { planJsonSchema } from "./json-schema.ts";
import { isMapping } from "./path.ts";
import { planTemplate } from "./template.ts";
import { parseYaml } from "./yaml.ts";

const schema = planJsonSchema();
const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);

test("the published schema is current (vitest -u writes it anew)", async () => {
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot("../../schemas/plan.schema.json");
});

test("editors find a title and a description on every field", () => {
  const bare: string[] = [];
  const walk = (node: unknown, path: string): void => {
    if (!isMapping(node)) return;
    const properties = isMapping(node["properties"]) ? node["properties"] : {};
    for (const [name, field] of Object.entries(properties)) {
      if (isMapping(field) && (!field["title"] || !field["description"])) bare.push(`${path}.${name}`);
      walk(field, `${path}.${name}`);
    }
    for (const key of ["anyOf", "oneOf"]) {
      const branches = node[key];
      if (Array.isArray(branches)) for (const branch of branches) walk(branch, `${path}|`);
    }
    walk(node["items"], `${path}[]`);
  };
  walk(schema, "plan");
  expect(bare).toEqual([]);
});

test.each(PROTOCOLS)("editors accept the template of %s", (protocol) => {
  validate(parseYaml(planTemplate(protocol)).raw);
  expect(validate.errors).toBeNull();
});

const target = { url: "http://h/v1" };

test.each([
  [
    {
      target,
      stages: [
        { steady: "30s", at: "2x" },
        { ramp: "${FOR:-1m}", to: "20 users" },
      ],
    },
  ],
  [{ target, guards: { allFailedFor: 0 }, generator: { texts: "2.5%" } }],
  [
    {
      target: { ...target, timeouts: { connect: "1h30m" }, maxAnswer: "64KiB" },
      prices: { input: "$0.15/M", output: "$3/1M" },
    },
  ],
])("editors accept %j", (plan) => {
  validate(plan);
  expect(validate.errors).toBeNull();
});

test.each([
  [{}],
  [{ target, stages: [{ steady: 30 }] }],
  [{ target, stages: [{ steady: "30s", rest: "5s" }] }],
  [{ target, stages: [{ at: "1x" }] }],
  [{ target, stages: [{ steady: "30s", at: "2" }] }],
  [{ target: { ...target, modle: "x" } }],
  [{ target, guards: { allFailedFor: 5 } }],
  [{ target, generator: { texts: "200%" } }],
  [{ target, prices: { input: "$0.15" } }],
])("editors mark %j", (plan) => {
  expect(validate(plan)).toBe(false);
});
