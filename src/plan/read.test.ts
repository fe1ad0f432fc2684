import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fault, PlimsollError, PROTOCOLS } from "../base/index.ts";
import { readPlan } from "./read.ts";
import type { ReadOptions } from "./resolve.ts";
import { planTemplate, planToYaml } from "./template.ts";

const FIXTURES = fileURLToPath(new URL("./fixtures/", import.meta.url));
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-plan-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, name), text);
  return name;
}

async function faults(file: string, options: ReadOptions = {}): Promise<readonly Fault[]> {
  try {
    await readPlan(file, { env: {}, cwd: folder, ...options });
  } catch (error) {
    if (error instanceof PlimsollError) return error.faults;
    throw error;
  }
  return [];
}

/** One block a fault, as a person would scan them. */
function tell(list: readonly Fault[]): string {
  return list
    .map(({ line, column, code, path, message, received, hint }) => {
      const what = received === undefined ? message : `${message}; received ${received}`;
      return `${line ?? "-"}:${column ?? "-"} ${code} ${path ?? "-"}\n  ${what}\n  ${hint ?? "-"}`;
    })
    .join("\n")
    .replaceAll(FIXTURES, "<plans>/");
}

const PLAN = 'target: { url: "http://127.0.0.1:8000/v1", model: m }\n';

test("every fault of a plan is told at once, with its place, what was received, and what to do", async () => {
  const list = await faults("ten-faults.yaml", { cwd: FIXTURES });
  await expect(tell(list)).toMatchFileSnapshot("fixtures/ten-faults.txt");
  for (const fault of list) {
    expect(fault.file).toBe("ten-faults.yaml");
    expect(fault.line).toBeGreaterThan(0);
    expect(fault.hint).toMatch(/^[A-Z]\S+ .*[.?]$/);
    expect(fault.code).toMatch(/^PLAN_[A-Z_]+$/);
  }
});

test("of a patience that could be one law or two fields, the fault is that of the form that was meant", async () => {
  const told = async (patience: string) => {
    const personas = `workload: { personas: [{ name: a, patience: ${patience} }] }`;
    const list = await faults(await write("patience.yaml", `${PLAN}${personas}\nstages: [{ steady: 1s, at: 1/s }]\n`));
    return list.map(({ path, hint }) => [path?.replace("workload.personas[0].", ""), hint]);
  };
  expect(await told("{ median: 3 }")).toEqual([["patience.median", "Write the unit: 3s or 3ms."]]);
  expect(await told("{ median: -3s }")).toEqual([["patience.median", "Write a duration such as 30s or 5m."]]);
  expect(await told("{ firstToken: 3, stal: 2s }")).toEqual([
    ["patience.firstToken", "Write the unit: 3s or 3ms."],
    ["patience.stal", "Did you mean `stall`?"],
  ]);
  expect(await told("{ mediann: 3s }")).toEqual([["patience.mediann", "Did you mean `median`?"]]);
  expect(await told("{ stall: 2s }")).toEqual([]);
});

test("JSON files have places too", async () => {
  const file = await write("plan.json", '{\n  "target": {\n    "url": "http://h/v1",\n    "modle": "m"\n  }\n}\n');
  expect(await faults(file)).toMatchObject([
    { path: "target.modle", line: 4, column: 5, hint: "Did you mean `model`?" },
  ]);
});

test("faults of syntax and of meaning come together where the file can be read", async () => {
  const file = await write("twice.yaml", `${PLAN}seed: 1\nseed: two\n`);
  expect(await faults(file)).toMatchObject([
    { code: "PLAN_DUPLICATE_KEY", line: 3, column: 1 },
    { code: "PLAN_TYPE", path: "seed", line: 3, column: 7 },
  ]);
  expect(await faults(await write("broken.yaml", `${PLAN}a: b: c\nd: [1\n`))).toMatchObject([
    { code: "PLAN_SYNTAX", line: 2 },
    { code: "PLAN_SYNTAX", line: 3, message: "a bracket or brace that nothing closes" },
  ]);
});

test("a file that is no plan is told before anything is read", async () => {
  expect(await faults("nothing.yaml")).toMatchObject([
    { code: "PLAN_FILE", message: "there is no such file", received: "nothing.yaml" },
  ]);
  expect(await faults(".")).toMatchObject([{ code: "PLAN_FILE", message: "this is no file" }]);
  expect(await faults(await write("plan.toml", ""))).toMatchObject([{ code: "PLAN_FILE", received: ".toml" }]);
  expect(await faults(await write("empty.yaml", ""))).toMatchObject([{ code: "PLAN_EMPTY" }]);
  expect(await faults(await write("utf16.yaml", Buffer.from(PLAN, "utf16le")))).toMatchObject([
    { code: "PLAN_ENCODING" },
  ]);
  expect(await faults(await write("latin1.yaml", Buffer.from("name: caf\u00e9", "latin1")))).toMatchObject([
    { code: "PLAN_ENCODING" },
  ]);
  expect(await faults(await write("list.yaml", "- 1\n"))).toMatchObject([{ code: "PLAN_TYPE" }]);
});

describe("files that a plan names", () => {
  test("are found from the plan's own folder", async () => {
    await write("prompts.jsonl", '{"prompt": "hello"}\n');
    await write("lengths.csv", '\uFEFFTIMESTAMP,"Context, tokens",GeneratedTokens\r\n1,2,3\r\n');
    const file = await write(
      "files.yaml",
      `${PLAN}workload:\n  personas:\n    - name: a\n      prompts: ./prompts.jsonl\n      maxTokens: { file: lengths.csv, column: GeneratedTokens }\n    - name: b\n      prompts: { file: lengths.csv, field: "Context, tokens" }\n    - name: c\n      prompts: { synthetic: { tokens: { file: lengths.csv, column: TIMESTAMP } } }\n`,
    );
    const { plan } = await readPlan(join(folder, file), { env: {}, cwd: "/" });
    expect(plan.workload.personas).toMatchObject([
      {
        prompts: { kind: "file", file: join(folder, "prompts.jsonl"), format: "jsonl" },
        maxTokens: { kind: "empirical", file: join(folder, "lengths.csv") },
      },
      { prompts: { format: "csv", field: "Context, tokens" } },
      { prompts: { kind: "synthetic", tokens: { file: join(folder, "lengths.csv"), column: "TIMESTAMP" } } },
    ]);
  });

  test("must exist, and have the column that is asked for", async () => {
    await write("data.csv", "prompt,Tokens\nx,1\n");
    const file = await write(
      "bad-files.yaml",
      `${PLAN}workload:\n  personas:\n    - { name: a, prompts: { file: data.csv, field: promt }, maxTokens: { file: data.csv, column: tokenz } }\n    - { name: b, prompts: gone.txt }\n    - { name: c, prompts: { file: data.bin } }\n    - { name: d, prompts: { file: data.csv, format: text, field: x } }\n    - { name: e, prompts: . }\n`,
    );
    expect(
      (await faults(file)).map(({ line, path, message, hint }) => [
        line,
        path,
        message,
        hint?.replaceAll(folder, "<here>"),
      ]),
    ).toEqual([
      [4, "workload.personas[0].prompts.field", "the file has no column `promt`", "Did you mean `prompt`?"],
      [4, "workload.personas[0].maxTokens.column", "the file has no column `tokenz`", "Did you mean `Tokens`?"],
      [
        5,
        "workload.personas[1].prompts",
        "there is no such file",
        "Check the path: it was looked for at <here>/gone.txt.",
      ],
      [
        6,
        "workload.personas[2].prompts.file",
        "the file's ending does not tell its format",
        "Add `format:` with jsonl, csv, parquet or text.",
      ],
      [7, "workload.personas[3].prompts.field", "a text file has no fields", "Remove field."],
      [
        8,
        "workload.personas[4].prompts",
        "expected a built-in set of prompts, a path to a .jsonl, .csv, .parquet or .txt file, or a folder with / at its end",
        expect.stringContaining("Use one of mixed,"),
      ],
    ]);
  });
});

describe("a plan in TypeScript", () => {
  const source = (body: string) => `import { definePlan } from "plimsoll";\nconst model: string = "m";\n${body}\n`;

  test("is its default export, or its export named plan", async () => {
    const body =
      'definePlan({ target: { url: "http://127.0.0.1:8000/v1", model }, stages: [{ steady: "10s", at: "2/s" }] });';
    for (const [name, text] of [
      ["a.ts", `export default ${body}`],
      ["b.mts", `export const plan = ${body}`],
    ] as const) {
      const { plan } = await readPlan(await write(name, source(text)), { env: {}, cwd: folder });
      expect(plan).toMatchObject({ name: name[0], target: { model: "m" }, stages: [{ duration: 10_000 }] });
    }
    const { plan } = await readPlan(
      await write("c.mjs", `export default { target: { url: "http://h/v1", model: "\${M}" } };`),
      { env: { M: "x" }, cwd: folder },
    );
    expect(plan.target.model).toBe("x");
  });

  test("is read anew when it has changed", async () => {
    const text = (seed: number) =>
      source(`export default definePlan({ seed: ${seed}, target: { url: "http://h/v1", model } });`);
    for (const seed of [1, 2]) {
      const { plan } = await readPlan(await write("again.ts", text(seed)), { env: {}, cwd: folder });
      expect(plan.seed).toBe(seed);
    }
  });

  test("that is broken, or exports nothing, is told", async () => {
    expect(await faults(await write("throws.ts", 'throw new Error("no way");'))).toMatchObject([
      { code: "PLAN_MODULE", message: expect.stringContaining("no way") },
    ]);
    expect(await faults(await write("syntax.ts", "export default {"))).toMatchObject([{ code: "PLAN_MODULE" }]);
    expect(await faults(await write("none.ts", "export const other = 1;"))).toMatchObject([
      { code: "PLAN_MODULE", message: "the file exports no plan" },
    ]);
    expect(await faults(await write("func.ts", "export default () => 1;"))).toMatchObject([{ code: "PLAN_TYPE" }]);
  });
});

describe("a plan that Plimsoll writes", () => {
  test.each(PROTOCOLS)("from the template of %s is read back without a fault or a warning", async (protocol) => {
    const template = planTemplate(protocol);
    expect(template.split("\n")[0]).toBe(
      "# yaml-language-server: $schema=node_modules/plimsoll/schemas/plan.schema.json",
    );
    const { plan, warnings } = await readPlan(await write(`${protocol}.yaml`, template), { env: {}, cwd: folder });
    expect(plan.target.protocol).toBe(protocol);
    expect(warnings).toEqual([]);
  });

  test.each(PROTOCOLS)("from the template of %s stays a plan when every comment is taken up", async (protocol) => {
    const template = planTemplate(protocol).replace(/^(\s*)# (?!yaml-language-server)(?=[\w-]+: |- \{)/gm, "$1");
    await write("prompts.jsonl", '{"prompt": "hello"}\n');
    const { plan } = await readPlan(await write("full.yaml", template), {
      env: { API_KEY: "secret-key" },
      cwd: folder,
    });
    expect(plan.prices).toBeDefined();
    expect(Object.values(plan.target.headers).join()).toMatch(/^(Bearer )?secret-key$/);
    expect(plan.workload.personas).toHaveLength(3);
  });

  test("from an object is read back to the same plan", async () => {
    const input = {
      name: "saved: {x}",
      target: { url: "http://127.0.0.1:8000/v1", model: "a: b #c" },
      stages: [{ steady: "10s", at: "2/s" }],
    };
    const { plan } = await readPlan(await write("saved.yaml", planToYaml(input)), { env: {}, cwd: folder });
    expect(plan).toMatchObject({ name: input.name, target: { model: "a: b #c" }, stages: [{ load: [{ value: 2 }] }] });
  });
});
