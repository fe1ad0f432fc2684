import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { session } from "../../../test/helpers/stack.ts";
import { readStack } from "./read.ts";
import { stackJsonSchema } from "./schema.ts";

const FOLDER = fileURLToPath(new URL("../../../examples/stacks/", import.meta.url));
const EXAMPLES = (await readdir(FOLDER)).filter((file) => file.endsWith(".yaml"));

test.each(EXAMPLES)(
  "%s answers every caller in a light hour, and no gauge is out of its range afterwards",
  async (file) => {
    const { kernel, stack, ask } = session(await readFile(join(FOLDER, file), "utf8"));
    const outcomes = Array.from({ length: 200 }, (_, i) =>
      ask({ at: i * 2000, tokens: 100 + 20 * (i % 50), out: 60 + i, maxTokens: 512, session: `s${i % 40}` }),
    );
    kernel.run();
    const failed = outcomes.filter(({ failure }) => failure !== undefined);
    expect(failed.map(({ failure }) => failure)).toEqual([]);
    expect(outcomes.every(({ ends, endAt, at }) => ends === 1 && endAt > at)).toBe(true);
    for (const { name, value } of stack.gauges()) {
      expect(value, name).toBeGreaterThanOrEqual(0);
      if (name === "kv.used") expect(value).toBeLessThanOrEqual(1);
      if (name === "queue" || name === "running") expect(value).toBe(0);
    }
  },
);

const validate = new Ajv2020({ strict: false }).compile(stackJsonSchema());

test.each(EXAMPLES)("%s fits the published JSON Schema, and its reader", async (file) => {
  const text = await readFile(join(FOLDER, file), "utf8");
  expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  expect(validate({ parts: { llm: { kind: "pool", preset: "tiny", speed: 3 } } })).toBe(false);
  expect((await readStack(join(FOLDER, file))).parts.size).toBeGreaterThan(0);
});
