import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Fault, PlimsollError } from "../../base/index.ts";
import { parseStack, readStack, resolveStack } from "./read.ts";

function faultsOf(read: () => unknown): readonly Fault[] {
  try {
    read();
  } catch (error) {
    if (error instanceof PlimsollError) return error.faults;
    throw error;
  }
  return [];
}

const brief = (faults: readonly Fault[]) =>
  faults.map(({ code, path, line }) => `${code} ${path ?? "-"} ${line ?? "-"}`);

test("a stack of one part needs no entry, no name and no seed", () => {
  const spec = parseStack("parts: { anything: { kind: pool, preset: tiny } }", { file: "my-stack.yaml" });
  expect([spec.name, spec.seed, spec.entry]).toEqual(["my-stack", 1, "anything"]);
});

test("every fault of a stack is told at once, with its place and what to do", () => {
  const faults = faultsOf(() =>
    parseStack(
      `name: broken
seed: -1
entry: lm
parts:
  llm:
    kind: pool
    preset: tinny
    replicas: 0
    balancer: prefix-awar
    timeout: 30
    degrade: [ { do: clmp, tokens: 3 }, { do: trim } ]
  other: { kind: poool }
  third: { replicas: 2 }
speed: 3
`,
      { file: "stack.yaml" },
    ),
  );
  expect(brief(faults)).toEqual([
    "STACK_RANGE seed 2",
    "STACK_UNKNOWN_PART entry 3",
    "STACK_UNKNOWN_PRESET parts.llm.preset 7",
    "STACK_RANGE parts.llm.replicas 8",
    "STACK_UNKNOWN_VALUE parts.llm.balancer 9",
    "STACK_UNIT parts.llm.timeout 10",
    "STACK_UNKNOWN_VALUE parts.llm.degrade[0].do 11",
    "STACK_MISSING parts.llm.degrade[1].tokens 11",
    "STACK_UNREACHABLE parts.other 12",
    "STACK_UNKNOWN_KIND parts.other.kind 12",
    "STACK_MISSING parts.third 13",
    "STACK_UNREACHABLE parts.third 13",
    "STACK_UNKNOWN_FIELD speed 14",
  ]);
  for (const fault of faults) {
    expect(fault.file).toBe("stack.yaml");
    expect(fault.hint).toMatch(/^[A-Z][a-z]+ /);
    expect(fault.column).toBeGreaterThan(0);
  }
  const hints = Object.fromEntries(faults.map(({ path, hint }) => [path, hint]));
  expect(hints).toMatchObject({
    entry: "Did you mean `llm`?",
    "parts.llm.preset": expect.stringMatching(/^Did you mean `tiny`\? Use one of tiny, .*llama-3-8b-a100/),
    "parts.llm.balancer": "Did you mean `prefix-aware`?",
    "parts.other.kind": "Did you mean `pool`?",
  });
});

test("what may be written in several ways is told with all that would do", () => {
  const told = (part: string) => {
    const faults = faultsOf(() => parseStack(`parts: { llm: { ${part} } }`));
    return faults.map(({ path, message, hint }) => `${path}: ${message}. ${hint}`);
  };
  expect(told("kind: pool, preset: tiny, degrade: [ { do: shed, status: 500 } ]")).toEqual([
    "parts.llm.degrade[0].status: expected one of 429, 503. Use one of 429, 503.",
  ]);
  expect(told("kind: external, gap: 12ms, ttft: 350")).toEqual([
    "parts.llm.ttft: expected a duration with its unit. Write the unit: 350s or 350ms.",
  ]);
  expect(told("kind: station, stage: tool, service: 1ms, errors: { rate: 0.1, status: 200 }")).toEqual([
    "parts.llm.errors.status: expected a number at least 400. Write a number at least 400.",
  ]);
});

test("a part that names no part, itself, or a circle of parts is refused where it does so", () => {
  const faults = faultsOf(() =>
    parseStack(`parts:
  a: { kind: pool, preset: tiny, degrade: [ { do: shed }, { do: fallback, to: b } ] }
  b: { kind: pool, preset: tiny, degrade: [ { do: fallback, to: c } ] }
  c: { kind: pool, preset: tiny, degrade: [ { do: fallback, to: a }, { do: fallback, to: dd } ] }
  d: { kind: pool, preset: tiny, degrade: [ { do: fallback, to: d } ] }
`),
  );
  expect(brief(faults)).toEqual([
    "STACK_CYCLE parts.c.degrade[0].to 4",
    "STACK_UNKNOWN_PART parts.c.degrade[1].to 4",
    "STACK_CYCLE parts.d.degrade[0].to 5",
  ]);
  expect(faults[0]?.message).toContain("a -> b -> c -> a");
});

test("names that there are not and parts that nothing reaches are told beside the faults of their neighbours, each at its place", () => {
  const faults = faultsOf(() =>
    parseStack(`entry: app
parts:
  app:
    kind: app
    to: llm
    steps:
      - { call: llm, adds: -1 }
      - { call: docs }
      - { parallel: [ { call: llm, share: 9 } ] }
      - { parallel: [ { call: llm }, { call: search } ] }
  llm: { kind: pool, preset: tiny, degrade: [ { do: shedd }, { do: fallback, to: small } ] }
  lost: { kind: pool, preset: tiny, replicas: 0 }
  maybe: { kind: station, stage: tool, service: 1ms }
  broken: { kind: gateway, too: maybe }
`),
  );
  expect(brief(faults)).toEqual([
    "STACK_RANGE parts.app.steps[0].adds 7",
    "STACK_UNKNOWN_PART parts.app.steps[1].call 8",
    "STACK_RANGE parts.app.steps[2].parallel[0].share 9",
    "STACK_UNKNOWN_PART parts.app.steps[3].parallel[1].call 10",
    "STACK_UNKNOWN_VALUE parts.llm.degrade[0].do 11",
    "STACK_UNKNOWN_PART parts.llm.degrade[1].to 11",
    "STACK_UNREACHABLE parts.lost 12",
    "STACK_RANGE parts.lost.replicas 12",
    "STACK_UNREACHABLE parts.maybe 13",
    "STACK_UNREACHABLE parts.broken 14",
    "STACK_MISSING parts.broken.to 14",
    "STACK_UNKNOWN_FIELD parts.broken.too 14",
  ]);
});

test("a misspelt entry hides no unreachable part, and what --set misspells is called the setting's", () => {
  const parts =
    "parts: { gateway: { kind: gateway, to: llm }, llm: { kind: pool, preset: tiny }, orphan: { kind: pool, preset: tiny } }";
  expect(faultsOf(() => parseStack(`entry: gate\n${parts}`)).map(({ code, hint }) => [code, hint])).toEqual([
    ["STACK_UNKNOWN_PART", "Did you mean `gateway`?"],
    ["STACK_UNREACHABLE", "Name it in another part, or remove it."],
  ]);
  const set = ["parts.lm.replicas=2", "nothing"];
  const faults = faultsOf(() => parseStack("parts:\n  llm: { kind: pool, preset: tiny }", { set }));
  expect(faults).toMatchObject([
    { code: "STACK_SET", hint: "Write --set parts.llm.replicas=4 or --set seed=3." },
    { code: "STACK_MISSING", path: "parts.lm", message: "kind is missing (from --set)", hint: "Did you mean `llm`?" },
  ]);
  expect(faults.every(({ line }) => line === undefined)).toBe(true);
});

test("a part is not called unreachable while a faulty one that is reached may mean it", () => {
  const faults = faultsOf(() =>
    parseStack("entry: app\nparts: { app: { kind: gateway, too: llm }, llm: { kind: pool, preset: tiny } }"),
  );
  expect(faults.map(({ code }) => code)).toEqual(["STACK_MISSING", "STACK_UNKNOWN_FIELD"]);
});

test("parts that nothing reaches, and several parts that could be first, are refused", () => {
  const two = "parts: { a: { kind: pool, preset: tiny }, b: { kind: pool, preset: tiny } }";
  expect(brief(faultsOf(() => parseStack(two)))).toEqual(["STACK_ENTRY - 1"]);
  expect(brief(faultsOf(() => parseStack(`entry: a\n${two}`)))).toEqual(["STACK_UNREACHABLE parts.b 2"]);
});

test("an empty file, a stack without parts and a file that is none say what to write", async () => {
  for (const text of ["", "parts: {}", "[1, 2]", "parts: 3"]) {
    const faults = faultsOf(() => parseStack(text));
    expect(faults.length, text).toBeGreaterThan(0);
    for (const fault of faults) {
      expect(fault.code).toMatch(/^STACK_/);
      expect(fault.hint, text).toBeDefined();
      expect(`${fault.message} ${fault.hint}`).not.toMatch(/\bplan\b/);
    }
  }
  await expect(readStack("no-such-stack.yaml")).rejects.toMatchObject({ code: "STACK_FILE", exitCode: 104 });
});

test("variables stand in stacks as they do in plans, also for numbers, and a missing one is told once", () => {
  const text = "seed: ${SEED}\nparts: { llm: { kind: pool, preset: '${PRESET:-tiny}', replicas: '${N}' } }";
  const spec = parseStack(text, { env: { SEED: "7" }, vars: ["N=3"] });
  expect(spec.seed).toBe(7);
  expect(spec.source).toMatchObject({ parts: { llm: { preset: "tiny", replicas: 3 } } });
  expect(brief(faultsOf(() => parseStack(text, { env: { SEED: "7" } })))).toEqual([
    "STACK_VARIABLE parts.llm.replicas 2",
  ]);
});

test("what a stack was read from resolves to the same stack again, in another thread too", () => {
  const first = parseStack("seed: 3\nparts: { llm: { kind: pool, preset: tiny, timeout: 5s } }");
  const again = resolveStack(structuredClone(first.source));
  expect([again.entry, again.seed, [...again.parts.keys()]]).toEqual([
    first.entry,
    first.seed,
    [...first.parts.keys()],
  ]);
});

test("a pool's engine is a preset, a model on a GPU, or spelled out, and exactly one of them", () => {
  const pool = (fields: string) => () => parseStack(`parts: { llm: { kind: pool, ${fields} } }`);
  expect(faultsOf(pool("model: llama-3-8b, gpu: a100, tensorParallel: 2"))).toEqual([]);
  expect(faultsOf(pool("engine: { costs: { c0: 10, c1: 0.1 }, blocks: 100, maxModelLen: 1000 }"))).toEqual([]);
  expect(brief(faultsOf(pool("preset: tiny, model: llama-3-8b, gpu: a100")))).toEqual([
    "STACK_ENGINE parts.llm.model 1",
    "STACK_ENGINE parts.llm.gpu 1",
  ]);
  expect(brief(faultsOf(pool("model: llama-3-8b")))).toEqual(["STACK_MISSING parts.llm.gpu 1"]);
  expect(brief(faultsOf(pool("model: lama-3-8b, gpu: a100")))).toEqual(["ENGINE_UNKNOWN_HARDWARE parts.llm.model 1"]);
  expect(brief(faultsOf(pool("model: llama-3-70b, gpu: a100")))).toEqual(["ENGINE_NO_ROOM parts.llm.gpu 1"]);
  expect(faultsOf(pool("balancer: random")).map(({ code }) => code)).toEqual(["STACK_MISSING"]);
  expect(brief(faultsOf(pool("engine: { costs: { c1: 1 } }")))).toEqual([
    "STACK_MISSING parts.llm.engine.blocks 1",
    "STACK_MISSING parts.llm.engine.maxModelLen 1",
    "STACK_MISSING parts.llm.engine.costs.c0 1",
  ]);
});

test("what fields of a pool mean together is checked, too", () => {
  const faults = faultsOf(() =>
    parseStack(`parts:
  llm:
    kind: pool
    preset: tiny
    replicas: 2
    cold: 3
    answers: { median: 100, p95: 50, max: 80 }
    autoscale: { min: 3, max: 2, metric: queue, target: 1 }
    faults: [ { do: slow, replica: 3, factor: 2 } ]
    models: []
`),
  );
  expect(brief(faults)).toEqual([
    "STACK_RANGE parts.llm.answers.p95 7",
    "STACK_RANGE parts.llm.answers.max 7",
    "STACK_RANGE parts.llm.autoscale.max 8",
    "STACK_RANGE parts.llm.faults[0].replica 9",
    "STACK_RANGE parts.llm.models 10",
  ]);
});

test("a preset is served by another engine's scheduler, with other costs and with speculation, where the stack says so", () => {
  const engineOf = (fields: string) => {
    const spec = parseStack(`parts: { llm: { kind: pool, preset: llama-3-8b-a100, engine: { ${fields} } } }`);
    return spec.parts.get("llm")?.spec;
  };
  expect(engineOf("dialect: sglang")).toMatchObject({ engine: { dialect: "sglang", blockSize: 1 } });
  expect(engineOf("costs: { c0: 20 }, blocks: 99")).toMatchObject({ engine: { blocks: 99, costs: { c0: 20 } } });
  const drafted = engineOf("costs: { c0: 20 }, speculation: { tokens: 4, acceptance: 70% }");
  expect(drafted).toMatchObject({ engine: { costs: { c0: 24 }, speculation: { tokens: 4, acceptance: 0.7 } } });
});

test("a stack may be JSON, and nothing but UTF-8", async () => {
  const folder = await mkdtemp(join(tmpdir(), "stack-"));
  const file = join(folder, "small.json");
  await writeFile(file, JSON.stringify({ parts: { llm: { kind: "pool", preset: "tiny" } } }));
  expect((await readStack(file)).name).toBe("small");
  await writeFile(file, Buffer.from("parts: {}", "utf16le"));
  await expect(readStack(file)).rejects.toMatchObject({ code: "STACK_ENCODING" });
  expect((await readFile(file)).length).toBeGreaterThan(0);
});
